"""What the tests of ais_bench share: running a case as a sweep does, and reading what the stand-in's device did."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from clipperf.tools.base import Captured, Report, ToolCase

PROGRAM = Path(__file__).parents[2] / "standins" / "ais_bench_program.py"
CAPTURED = Path(__file__).parent / "captured"
Run = Callable[..., tuple[Sequence[Report], Sequence[Captured]]]


def with_options(case: ToolCase, **options: Any) -> ToolCase:
    """The same case with these options as well."""
    return replace(case, options={**case.options, **options})


def write_model(path: Path, **content: Any) -> Path:
    """A model as the stand-in reads it, with a mode that ais_bench takes under any umask."""
    path.write_text(json.dumps(content), encoding="utf-8")
    path.chmod(0o640)
    return path


def executions(folder: Path) -> dict[int, list[np.ndarray]]:
    """Begin and end of every execution in s, by device: one array for each process."""
    found: dict[int, list[np.ndarray]] = {}
    for path in sorted(folder.glob("ledger-*.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        found.setdefault(told["device"], []).append(np.asarray(told["executions_ns"]) / 1e9)
    return found


def codes(report: Report) -> set[str]:
    """What a report says against itself, but for the zeros that it was measured with."""
    return {warning.code for warning in report.warnings} - {"zero-inputs"}
