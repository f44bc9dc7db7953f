"""Logs of bmrt_test that were taken elsewhere, and notes that hold pieces of them among other text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any

from clipperf.errors import UsageError
from clipperf.measure.row_warning import RowWarning
from clipperf.tools.base import Line, Report, lines_of
from clipperf.tools.bmrt_test import row_warnings
from clipperf.tools.bmrt_test.failures import error_words
from clipperf.tools.bmrt_test.log import Run, Turn, is_own, read_runs
from clipperf.tools.bmrt_test.model_name import batch_in, precision_in
from clipperf.tools.bmrt_test.places import batch_of, by_stage
from clipperf.tools.bmrt_test.printed import is_whole
from clipperf.tools.bmrt_test.reports import Circumstances, launches_of, report_of, usable_turns
from clipperf.tools.bmrt_test.shapes import as_option
from clipperf.tools.bmrt_test.spoken import Spoken
from clipperf.tools.headings import SEPARATOR, above_lines, labels
from clipperf.tools.zero_inputs import zero_inputs

_NOTHING = Spoken({})
_REAL_DATA = "Measure real data with a runner of clipperf's, or know that these figures are of zeros."
_CORES = re.compile(r"[0-9]{1,3}(?:,[0-9]{1,3})*(?::[0-9]{1,3}(?:,[0-9]{1,3})*)*")


@dataclass(frozen=True)
class _Found:
    """One net and stage of a run, with the launches of a loop where they are known."""

    run: Run
    turns: Sequence[Turn]
    launches: int | None
    of: int


def read_stored(name: str, text: str) -> Sequence[Report]:
    """A report of every net and stage of every run; raises UsageError where there is none."""
    lines = lines_of(text)
    if lines and not is_whole(lines[-1].text):
        # Without its end the last figure may be half of one.
        lines = lines[:-1]
    runs = read_runs(lines)
    found = [one for run in runs for one in _of_run(run)]
    texts = [line.text for line in lines]
    if not found:
        raise UsageError(f"{name}: {_why_none(texts)}")
    told = _labels(lines, found)
    reports = [_report(one, label) for one, label in zip(found, told, strict=True)]
    if errors := error_words(texts):
        reports[-1] = replace(reports[-1], warnings=(*reports[-1].warnings, row_warnings.runs_failed(errors)))
    return reports


def _of_run(run: Run) -> Iterator[_Found]:
    spoken = run.command or _NOTHING
    stages = by_stage(run)
    for turns in stages.values():
        launches = spoken.number("calculate_times") or (1 if run.command is not None else launches_of(turns))
        if launches is None and not _has_averages(turns):
            launches = 1
        if usable := usable_turns(turns, launches):
            has_totals = usable[0].calculate_us is not None
            yield _Found(run, usable, launches if has_totals else None, len(stages))


def _has_averages(turns: Sequence[Turn]) -> bool:
    return any(turn.launch is not None and turn.launch.total_us for turn in turns)


def _report(one: _Found, label: str) -> Report:
    run, turns, spoken = one.run, one.turns, one.run.command or _NOTHING
    model = run.model or spoken.flags.get("bmodel", "")
    batch_size, warnings = _batch(one, model)
    if not _has_averages(turns) and run.command is None:
        warnings.append(row_warnings.launches_assumed())
    if run.loops is not None or "bmodel" in spoken.flags:
        # A folder with recorded data is the other way to start it; that loads compilation.bmodel.
        is_recorded = "context_dir" in spoken.flags or PurePath(model).name == "compilation.bmodel"
        warnings += [] if is_recorded else [zero_inputs("bmrt_test", _REAL_DATA)]
    loops = run.loops or spoken.number("loopnum")
    if loops is not None and len(turns) < loops:
        warnings.append(row_warnings.cut_off(len(turns), loops))
    about = Circumstances(
        batch_size=batch_size,
        launches=one.launches,
        groups=_groups(turns, run.command),
        device=spoken.flags.get("devid", ""),
        model=model,
        precision=precision_in(model),
        label=label,
        options=_options(one, batch_size, label),
    )
    report = report_of(run, turns, about)
    return replace(report, warnings=(*report.warnings, *warnings))


def _batch(one: _Found, model: str) -> tuple[int | None, list[RowWarning]]:
    told = batch_of(one.run, one.turns) or (one.run.command or _NOTHING).batch
    if told is not None:
        return told, []
    named = batch_in(model) or batch_in(one.turns[0].net)
    if named is None:
        return None, []
    return named, [row_warnings.batch_by_name(named, PurePath(model).name if batch_in(model) else one.turns[0].net)]


def _groups(turns: Sequence[Turn], command: Spoken | None) -> int | None:
    if command is not None:
        return command.groups
    return None if any(turn.launch is not None and turn.launch.has_groups for turn in turns) else 1


def _options(one: _Found, batch_size: int | None, label: str) -> dict[str, Any]:
    """What tells rows apart, in the words of ``--option``."""
    flags = (one.run.command or _NOTHING).flags
    found: dict[str, Any] = {"label": label} if label else {}
    if one.launches is not None and one.launches > 1:
        found["calculate_times"] = one.launches
    if _CORES.fullmatch(flags.get("core_list", "")):
        found["core_list"] = flags["core_list"].replace(",", "+")
    found |= {
        key: shapes for key in ("shapes", "output_shapes") if (shapes := as_option(flags.get(key, ""), batch_size))
    }
    turn = one.turns[0]
    if one.of > 1:
        found |= {"net": turn.net} if turn.index is None else {"net_idx": turn.index}
        found["stage_idx"] = turn.stage
    return found


def _labels(lines: Sequence[Line], found: Sequence[_Found]) -> list[str]:
    """What stands above each run, its number where that does not tell them apart, and its net."""
    runs = list({id(one.run): one.run for one in found}.values())
    texts = [line.text for line in lines]
    taken = [range(run.begin, run.end) for run in runs]
    taken += [range(number, number + 1) for number, text in enumerate(texts) if is_own(text)]
    above = labels(above_lines(texts, [run.begin for run in runs], taken))
    numbered = len(set(above)) < len(above)
    of_run = {
        id(run): [label] if not numbered else [*([label] if label else []), f"run {number}"]
        for number, (run, label) in enumerate(zip(runs, above, strict=True), 1)
    }
    return [SEPARATOR.join(part for part in (*of_run[id(one.run)], *_stage_label(one)) if part) for one in found]


def _stage_label(one: _Found) -> list[str]:
    turn = one.turns[0]
    return [f"{turn.net} stage {turn.stage}".strip()] if one.of > 1 else []


def _why_none(texts: Sequence[str]) -> str:
    if errors := error_words(texts):
        return f"the run that it is the log of failed, and measured nothing: {errors}"
    return (
        "there is no time of bmrt_test in it: no finished line with calculate time(s), nor one with launch total time. "
        "It prints them to standard output: keep them with | tee FILE."
    )
