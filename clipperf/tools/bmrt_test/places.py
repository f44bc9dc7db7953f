"""What the processes of a case measured, each by itself, in the case's words; and what they did together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from clipperf.measure.row_warning import RowWarning
from clipperf.tools.base import Captured, Report, ToolCase
from clipperf.tools.bmrt_test import options, row_warnings
from clipperf.tools.bmrt_test.command import has_stdbuf
from clipperf.tools.bmrt_test.failures import check_ended, failed, no_figures
from clipperf.tools.bmrt_test.log import Run, Turn, read_runs
from clipperf.tools.bmrt_test.reports import Circumstances, counted_turns, report_of, usable_turns
from clipperf.tools.bmrt_test.spoken import flags_in
from clipperf.tools.overlap import Span
from clipperf.tools.together import Place, together
from clipperf.tools.zero_inputs import zero_inputs

_BUSY = 0.9
"""Share of the time from first to last in which the device executed; below it, its power is that of waiting too."""

_TOLERANCE = 0.98
"""Lines are stamped as they come, and executions cannot have taken longer than there is between them."""

_REAL_DATA = "Measure real data with --runner sail, or know that these figures are of zeros."


def reports_of_case(case: ToolCase, captured: Sequence[Captured]) -> list[Report]:
    """A report of each place; raises CaseFailed where one did not measure what was asked."""
    return together([_place(case, one) for one in captured])


def by_stage(run: Run) -> dict[tuple[str, int], list[Turn]]:
    """The turns of each net and stage, in the order in which they were first seen."""
    found: dict[tuple[str, int], list[Turn]] = {}
    for turn in run.turns:
        found.setdefault((turn.net, turn.stage), []).append(turn)
    return found


def batch_of(run: Run, turns: Iterable[Turn]) -> int | None:
    """The batch size of a net and stage as the program told it; None where it did not, or several."""
    found = set()
    for turn in turns:
        told = [net for net in run.nets if net.name == turn.net]
        # Two files may each have a net of that name, and one file no two.
        found.add(told[0].batch(turn.stage, turn.elements) if len(told) == 1 else None)
    return found.pop() if len(found) == 1 else None


def _place(case: ToolCase, one: Captured) -> Place:
    check_ended(one)
    runs = read_runs(one.lines)
    if not runs:
        raise no_figures(one)
    run, asked = runs[-1], flags_in(list(one.command.argv))
    loops, launches = asked.number("loopnum") or 1, options.launches(case.options)
    if run.loops is not None and run.loops != loops:
        raise failed(one, "flag-ignored", f"it was given --loopnum {loops} and says that it took {run.loops}.")
    turns, warnings = _chosen(case, one, run, launches)
    told = {turn.loop for turn in turns}
    if len(turns) != loops or told not in ({None}, set(range(loops))):
        raise failed(one, "wrong-number", f"it was to tell {loops} loops and told {len(turns)}.")
    about = Circumstances(
        batch_size=case.batch_size,
        launches=launches,
        groups=options.groups(case.options),
        warmup_loops=one.command.warmup_requests // launches,
        device=one.command.device,
        model=case.model,
    )
    report = report_of(run, turns, about)
    report = replace(
        report,
        # That of ``--version`` stands, which rows of cases that failed have as well.
        runner_version="",
        warnings=(*report.warnings, *warnings, *_constant()),
    )
    return _timed(report, counted_turns(turns, about.warmup_loops), turns)


def _chosen(case: ToolCase, one: Captured, run: Run, launches: int) -> tuple[list[Turn], list[RowWarning]]:
    """The turns of the net and stage that the case is about; raises CaseFailed where that is none or cannot be told."""
    stages = {key: usable_turns(turns, launches) for key, turns in by_stage(run).items()}
    stages = {key: turns for key, turns in stages.items() if turns}
    if not stages:
        raise no_figures(one)
    batches = {key: batch_of(run, turns) for key, turns in stages.items()}
    fitting = [key for key, batch in batches.items() if batch == case.batch_size]
    if len(stages) == 1 and None in batches.values():
        return stages.popitem()[1], [row_warnings.batch_unconfirmed(case.batch_size)]
    if not fitting:
        listed = ", ".join(f"{net} stage {stage} batch {batches[net, stage]}" for net, stage in stages)
        raise failed(
            one,
            "wrong-batch-size",
            f"the case has --batch {case.batch_size}, and what ran was {listed}. Write {{batch}} into --model where "
            "the files of several sizes differ, or give --option shapes={batch}x3x224x224 to a dynamic model.",
        )
    if len(fitting) > 1:
        listed = ", ".join(f"{net} stage {stage}" for net, stage in fitting)
        raise failed(
            one,
            "several-nets",
            f"the bmodel has several nets or stages of batch {case.batch_size}: {listed}. Say which, with --option "
            "net_idx=N and --option stage_idx=N.",
        )
    (net, stage) = fitting[0]
    others = [row_warnings.others_in_turn(f"{net}, stage {stage}", len(stages))] if len(stages) > 1 else []
    return stages[net, stage], others


def _constant() -> list[RowWarning]:
    """What is so of every measurement with this program here."""
    found = [zero_inputs("bmrt_test", _REAL_DATA)]
    return found if has_stdbuf() else [*found, row_warnings.output_held()]


def _timed(report: Report, kept: Sequence[Turn], turns: Sequence[Turn]) -> Place:
    """With the instants at which clipperf saw its lines, where they came one by one."""
    before = turns[len(turns) - len(kept) - 1]
    stamps = [turn.at_ns for turn in (before, *kept) if turn.at_ns is not None]
    busy_s = sum(turn.calculate_us or 0.0 for turn in kept) / 1e6
    span = Span(stamps[0] / 1e9, stamps[-1] / 1e9) if len(stamps) == len(kept) + 1 else None
    if span is None or span.length_s < _TOLERANCE * busy_s or busy_s == 0:
        return Place(report)
    if busy_s >= _BUSY * span.length_s:
        report = replace(report, window_ns=(stamps[0], stamps[-1]))
    ends_s = np.asarray(stamps[1:]) / 1e9 if report.durations_ms else None
    return Place(report, span, ends_s)
