"""The table of the points that a search measured: what each gave, and what became of it."""

from __future__ import annotations

from clipperf.analysis.goal import Standing
from clipperf.analysis.objective import MET
from clipperf.analysis.tune_answer import TuneAnswer
from clipperf.report.grid import Column, Style, grid_text, name_columns
from clipperf.report.number import DASH, align_points, figure
from clipperf.report.tune_sentences import titles
from clipperf.results.frame import frame_of


def points_text(answer: TuneAnswer, style: Style) -> str:
    """A row for each measured point, the best of the search first; figures are those of the search."""
    known, goal = list(answer.known.values()), answer.goal
    unit = f" {goal.quantity.unit}" if goal.quantity.name != "qps" and goal.quantity.unit else ""
    figures = [None if each.estimate is None else each.estimate.figure for each in known]
    columns = [
        *name_columns(frame_of([{**each.rows[0], "repeat": 0} for each in known])),
        Column("times", [str(len(each.rows)) for each in known]),
        Column(
            f"{goal.quantity.name}{unit}",
            align_points([DASH if found is None else figure(found.value) for found in figures]),
        ),
        Column(
            "± %",
            align_points(
                [
                    DASH if found is None else figure(100 * (found.high - found.low) / 2 / found.value, 2)
                    for found in figures
                ]
            ),
        ),
    ]
    for constraint in goal.constraints:
        values = [each.judged[constraint] for each in known]
        told = f" {constraint.quantity.unit}" if constraint.quantity.unit else ""
        cells = align_points([DASH if value is None else figure(value.value) for value in values])
        columns.append(Column(f"{constraint.name}{told}", cells))
    columns.append(Column("what became of it", [fate(answer, each) for each in known], "left"))
    return grid_text(columns, style)


def fate(answer: TuneAnswer, one: Standing) -> str:
    """Why a measured point is the answer or is not, in a few words."""
    title = titles(answer).get(one.case_id)
    if title is not None:
        return title
    if one.lost:
        return f"no figures: {one.lost}" if one.estimate is None else f"measured too briefly: {one.lost}"
    if one.missed:
        return f"dropped: misses {', '.join(constraint.text for constraint in one.missed)}"
    able = [each for each in answer.known.values() if each.estimate is not None and not each.missed and not each.lost]
    if able and one.surely_below(able[0]):
        return "dropped: its interval is worse than that of the best"
    unknown = [constraint.text for constraint in one.judged if one.verdict(constraint) != MET]
    if unknown and one.excess > 0:
        return f"passed over: beyond {', '.join(unknown)} by estimate"
    return "passed over: worse by estimate, not shown to be"
