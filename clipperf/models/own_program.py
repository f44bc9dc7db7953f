"""Programs of clipperf's own that make model files, each in a process of its own.

They hold a model several times over in memory, and their libraries write to the standard streams as they like: neither
belongs into the command that measures.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import clipperf

_SAID_LINES = 3


class ProgramFailed(Exception):
    """The program ended without having done its work; the message is what it said last."""


def run_program(module: str, order: Mapping[str, Any], work: Path) -> None:
    """Runs ``python -m module`` on an order, which it finds as a JSON file in the folder ``work``.

    Raises ProgramFailed.
    """
    order_file = work / "order.json"
    order_file.write_text(json.dumps(order), encoding="utf-8")
    home = str(Path(clipperf.__file__).parents[1])
    told = subprocess.run(
        # Not the folder in which the user stands, which may hold modules of the same names as the libraries'.
        [sys.executable, "-P", "-m", module, str(order_file)],
        # Libraries walk sets of names, whose order would otherwise differ from run to run.
        env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": _joined(home, os.environ.get("PYTHONPATH"))},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if told.returncode:
        lines = [line.strip() for line in told.stderr.splitlines() if line.strip()][-_SAID_LINES:]
        raise ProgramFailed(" | ".join(lines) or f"it ended with {told.returncode} and said nothing")


def _joined(*paths: str | None) -> str:
    return os.pathsep.join(filter(None, paths))
