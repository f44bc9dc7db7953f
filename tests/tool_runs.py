"""Cases of vendors' tools, run as a sweep runs them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from clipperf.errors import UsageError
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


def runs_of(tool: Tool, length: Length, folder: Path) -> Callable[..., tuple[Sequence[Report], Sequence[Captured]]]:
    """``run_case`` for a tool, so long unless a test says otherwise."""

    def run(
        case: ToolCase, length: Length = length, timeout_s: float = 60.0
    ) -> tuple[Sequence[Report], Sequence[Captured]]:
        return run_case(tool, case, length, folder, timeout_s)

    return run


def read_any(tool: Tool, text: str) -> list[Report]:
    """What is in a text; nothing where the tool says that there is nothing."""
    try:
        return list(tool.read_log("any.log", text))
    except UsageError:
        return []
