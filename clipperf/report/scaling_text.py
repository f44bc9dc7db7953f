"""What further instances or devices bring, in sentences under the table, and why it is not more."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from clipperf.analysis.scaling import AXES, WELL, Axis, Line, Step, efficiencies, lines_along
from clipperf.analysis.scaling_reasons import Reason, untold
from clipperf.report.grid import Column
from clipperf.report.notes import note_text
from clipperf.report.number import DASH, align_points, figure
from clipperf.results.axes import differing
from clipperf.results.frame import records

_MOST_LINES = 6
_MOST_NAMES = 3
_NOT_KNOWN = "not known"


def scaling_columns(rows: pd.DataFrame) -> list[Column]:
    """A column of efficiencies for each axis that a frame has; it names the axis where there are both."""
    told = {axis: efficiencies(rows, axis) for axis in AXES}
    known = [axis for axis in AXES if told[axis].notna().any()]
    return [
        Column(
            "efficiency" if len(known) == 1 else f"efficiency ({axis.column})",
            align_points([DASH if pd.isna(value) else figure(value, 3) for value in told[axis]]),
        )
        for axis in known
    ]


def scaling_text(frame: pd.DataFrame) -> str:
    """A note for each axis along which a frame has several numbers of copies; empty where it has none."""
    rows = frame.reset_index(drop=True)
    notes = [_along(lines, axis) if (lines := lines_along(rows, axis)) else _why_none(rows, axis) for axis in AXES]
    return "\n\n".join(note for note in notes if note)


def reasons_told(lines: Sequence[Line]) -> list[tuple[str, str, Reason]]:
    """Each reason of the lines once, as its name, the steps that it holds for, and what the worst of them says.

    Where the rows of steps that fall short tell of no reason, that is told likewise.
    """
    short = [(line, step) for line in lines for step in line.steps if step.falls_short]
    short.sort(key=lambda found: found[1].efficiency.value)
    by_code: dict[str, list[tuple[Line, Step, Reason]]] = {}
    for line, step in short:
        for reason in step.reasons or (_not_known(step),):
            by_code.setdefault(reason.code, []).append((line, step, reason))
    told = [(code, _steps_named(of_code, lines), of_code[0][2]) for code, of_code in by_code.items()]
    return sorted(told, key=lambda found: found[0] == _NOT_KNOWN)


def _along(lines: Sequence[Line], axis: Axis) -> str:
    told = [_sentence(line) for line in lines[:_MOST_LINES]]
    if len(lines) > _MOST_LINES:
        told.append(f"… and {len(lines) - _MOST_LINES} more, in the table and in scaling.png.")
    for code, steps, reason in reasons_told(lines):
        told.append(f"{code} ({steps}): {reason.sentence}")
        told.append(f"→ {reason.remedy}")
    fewest = " or ".join(map(str, sorted({line.fewest for line in lines})))
    per = "n × qps of 1" if fewest == "1" else f"n ÷ {fewest} × qps of {fewest}"
    return note_text(f"scaling over {axis.column}", f"efficiency = qps of n ÷ ({per}), everything else equal", told)


def _sentence(line: Line) -> str:
    most = line.steps[-1]
    times = most.copies / line.fewest
    said = (
        f"{words_of(most.copies, line.axis)} bring {figure(most.efficiency.value * times, 3)} × the qps of "
        f"{line.fewest}: efficiency {figure(most.efficiency.value, 3)}{_interval(most)}."
    )
    well = [step.copies for step in line.steps if step.copies > line.fewest and step.efficiency.value >= WELL]
    if most.efficiency.value < WELL and well:
        said += f" Up to {words_of(max(well), line.axis)} it is {WELL:g} or more."
    return f"{line.label}: {said}" if line.label else said


def words_of(count: int, axis: Axis) -> str:
    """``1 instance``, ``4 devices``."""
    return f"{count} {axis.one if count == 1 else axis.column}"


def _interval(step: Step) -> str:
    low, high = step.efficiency.low, step.efficiency.high
    return f" ({figure(low, 3)} … {figure(high, 3)})" if low > 0 and high < math.inf else " (interval not known)"


def _steps_named(found: Sequence[tuple[Line, Step, Reason]], lines: Sequence[Line]) -> str:
    """``2 and 4 instances``, and of which lines where it is not of all that have as many."""
    names: dict[str, list[str]] = {}
    for copies in sorted({step.copies for _, step, _ in found}):
        labels = list(dict.fromkeys(line.label for line, step, _ in found if step.copies == copies))
        having = {line.label for line in lines if any(step.copies == copies for step in line.steps)}
        more = f", and {len(labels) - _MOST_NAMES} more" if len(labels) > _MOST_NAMES else ""
        of = "" if set(labels) == having else f" at {', '.join(labels[:_MOST_NAMES])}{more}"
        names.setdefault(of, []).append(str(copies))
    axis = lines[0].axis
    return "; ".join(
        f"{' and '.join(counts)} {axis.one if counts == ['1'] else axis.column}{of}"
        for of, counts in sorted(names.items())
    )


def _not_known(step: Step) -> Reason:
    lacking = untold(step.base, step.row)
    told = f"; they lack {', '.join(lacking)}" if lacking else ""
    return Reason(
        _NOT_KNOWN,
        f"Nothing in the rows says why{told}.",
        "Measure again with --repeat 3; where the devices have a monitor, let it be found (clipperf doctor).",
    )


def _why_none(rows: pd.DataFrame, axis: Axis) -> str:
    counted = rows[rows["qps"].notna() & (rows["loop"] == "closed")]
    numbers = counted[axis.column].dropna()
    if numbers.nunique() < 2:
        return ""
    fewest, most = (records(counted.loc[numbers.index[numbers == end]]) for end in (numbers.min(), numbers.max()))
    others = [name for name in differing(fewest, most) if name not in (axis.column, axis.folded)]
    if not others:
        return ""
    return note_text(
        f"scaling over {axis.column}",
        "not told",
        [f"No two cases differ in {axis.column} alone: {', '.join(others)} differ as well."],
    )
