"""Logs, notes and READMEs that hold blocks among other text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from clipperf.errors import UsageError
from clipperf.measure.row_warning import RowWarning
from clipperf.tools.base import Report, lines_of
from clipperf.tools.headings import Above, above_lines, labels
from clipperf.tools.vsx_prof import row_warnings
from clipperf.tools.vsx_prof.blocks import Block, read_blocks
from clipperf.tools.vsx_prof.failures import words_of
from clipperf.tools.vsx_prof.options import of_command
from clipperf.tools.vsx_prof.queue_size import Family
from clipperf.tools.vsx_prof.reports import Circumstances, report_of
from clipperf.tools.vsx_prof.spoken import PROGRAM, Spoken, command_of, commands_in

_ASYNC = re.compile(r"async", re.IGNORECASE)
_FIGURE = re.compile(r"(?:latency|throughput \(qps\)|size|instances|devices?)\s*[:：]", re.IGNORECASE)
_MOST_LISTED = 10


def read_stored(name: str, text: str) -> Sequence[Report]:
    """A report of every block, labelled by what stands above it; raises UsageError where there is none."""
    lines = [line.text for line in lines_of(text.replace("\r\n", "\n"))]
    is_open = bool(_FIGURE.search(lines[-1]))
    if is_open:
        # Without its line feed the last figure may be half of one.
        lines[-1] = ""
    found = read_blocks(lines)
    if not found.whole:
        raise UsageError(f"{name}: {_nothing(lines, found.broken)}")
    above = above_lines(
        lines, [block.begin for block in found.whole], [range(block.begin, block.end) for block in found.whole]
    )
    settings = [(block.instances, block.devices, block.queue_size, block.batch_size) for block in found.whole]
    told, commands = labels(above, settings), commands_in(lines)
    reports = [_report(block, one, label, commands) for block, one, label in zip(found.whole, above, told, strict=True)]
    reports[-1] = _with(reports[-1], _of_text(found.broken, is_open and found.whole[-1].end >= len(lines) - 1))
    if len(reports) == 1:
        return reports
    return [replace(one, label=one.label or f"block {number}") for number, one in enumerate(reports, 1)]


def _report(block: Block, above: Above, label: str, commands: Sequence[Spoken]) -> Report:
    programs = [found["program"] for words in above.words if (found := PROGRAM.search(words))]
    command = command_of(block, programs, commands)
    program = command.program if command else next(iter(programs), "")
    is_async = block.is_swapped or _ASYNC.search(f"{program} {label}") is not None
    options: dict[str, Any] = {"label": label} if label else {}
    options |= {"program": program} if program else {}
    model = ""
    warnings: tuple[RowWarning, ...] = ()
    if command is not None:
        model = command.flags.get("model_prefix", "")
        options |= of_command(command.flags)
        warnings = (row_warnings.from_command(command.program, command.line + 1),) if model else ()
    family = Family(is_async, block.is_python is True)
    return _with(report_of(block, Circumstances(family, program, model, label, None, options)), warnings)


def _of_text(broken: Sequence[int], is_open: bool) -> tuple[RowWarning, ...]:
    left_out = (row_warnings.blocks_left_out(_listed(broken)),) if broken else ()
    return (*left_out, row_warnings.last_line_open()) if is_open else left_out


def _with(report: Report, warnings: tuple[RowWarning, ...]) -> Report:
    return replace(report, warnings=(*report.warnings, *warnings))


def _nothing(lines: Sequence[str], broken: Sequence[int]) -> str:
    if broken:
        return (
            f"its blocks, which begin at line {_listed(broken)}, are not whole or contradict themselves; give the file "
            "as the profiler wrote it."
        )
    words = words_of(lines)
    if words:
        return f"the run that it is the log of failed, and measured nothing: {words}"
    return (
        "it has no block of VastStreamX's profilers, with number of instances, throughput (qps) and latency (us); give "
        "their standard output, or a text that holds it."
    )


def _listed(numbers: Sequence[int]) -> str:
    shown = ", ".join(str(number + 1) for number in numbers[:_MOST_LISTED])
    return shown if len(numbers) <= _MOST_LISTED else f"{shown} and {len(numbers) - _MOST_LISTED} more"
