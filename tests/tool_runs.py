"""Cases of vendors' tools, run as a sweep runs them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from clipperf.sweeping.tool_processes import run_together
from clipperf.tools.base import Captured, Length, Report, Tool, ToolCase


def run_case(
    tool: Tool, case: ToolCase, length: Length, folder: Path, timeout_s: float = 60.0
) -> tuple[Sequence[Report], Sequence[Captured]]:
    """What was reported and captured; the tool's own files lie in a folder of that one."""
    tool.check_options(case.options)
    tool.check_case(case)
    own = folder / "case"
    own.mkdir()
    captured = run_together(tool.commands(case, length, own), timeout_s, folder / "case.log")
    return tool.parse(case, captured), captured
