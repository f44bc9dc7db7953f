"""Cases and blocks for tests of VastStreamX's profilers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from clipperf.tools.base import Captured, Report, ToolCase

Programs = Callable[[str], Path]
Run = Callable[..., tuple[Report, Captured]]
ORDER = ("avg", "min", "max", "p50", "p90", "p95", "p99")


def with_options(case: ToolCase, **options: Any) -> ToolCase:
    """The same case with these options as well."""
    return replace(case, options={**case.options, **options})


def entries(ledger: Path) -> list[dict[str, Any]]:
    """What the stand-in did, run by run."""
    return [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()]


def codes(report: Report) -> list[str]:
    """The codes of its warnings."""
    return [warning.code for warning in report.warnings]


def block(
    qps: str = "192.84",
    latencies: tuple[int, ...] = (15466, 7760, 17841, 15492, 15521, 15533, 15556),
    instances: int = 1,
    devices: str = "[ 0 ]",
    sizes: tuple[str, ...] = ("queue size: 1", "batch size: 1"),
) -> str:
    """A block as the profilers print it, with a line feed before and after it."""
    figures = "".join(f"    {name} latency: {us}\n" for name, us in zip(ORDER, latencies, strict=False))
    settings = "".join(f"  {line}\n" for line in (f"devices: {devices}", *sizes))
    return f"\n- number of instances: {instances}\n{settings}  throughput (qps): {qps}\n  latency (us):\n{figures}\n"
