"""What ``clipperf modes`` found, in plain sentences, and what a reader has to know of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from clipperf.analysis.modes import MAX_THROUGHPUT, MIN_LATENCY, OBJECTIVE, Found
from clipperf.analysis.modes_answer import Answer
from clipperf.analysis.objective import MET, MISSED, Objective
from clipperf.analysis.operating_points import NOT_KNOWN, Figure, Point
from clipperf.report.notes import case_names, note_text
from clipperf.report.number import figure
from clipperf.results.axes import Row
from clipperf.results.frame import frame_of
from clipperf.results.schema import MEASURED

_LOOSE = 2
"""A ratio whose interval is wider than this factor is no price to name."""
_MORE = "→ Measure longer windows (--duration 60), or keep other work off the machine."


def modes_sentences(answer: Answer) -> list[str]:
    """The answer: the price of the throughput, then what holds under the objective."""
    found = answer.found
    if not found.choices:
        return ["No row of the grid is an operating point, so there is none to choose."]
    return [_price(answer), *([_under(answer, answer.objective)] if answer.objective is not None else [])]


def modes_notes(answer: Answer) -> list[str]:
    """Points that the grid could not tell from the chosen, and measured rows that are no points, with the reason."""
    found = answer.found
    notes = []
    for mode, choice in found.choices.items():
        if choice.rivals:
            line = f"They seem worse, but are known so loosely that they may be as good as what was taken for {mode}."
            notes.append(note_text("not told apart", _names(found, choice.rivals), [line, _MORE]))
    if found.under is not None and found.under.maybe and answer.objective is not None:
        line = f"The interval of the percentile does not say whether they meet {answer.objective.text}."
        remedy = "→ Measure more requests with --iterations or --duration: without an upper bound none is met."
        notes.append(note_text("objective not known", _names(found, found.under.maybe), [line, remedy]))
    # Rows without figures are told with their errors under every table.
    doubted = [(row, reason) for row, reason in found.grid.left_out if row["status"] in MEASURED]
    for reason in dict.fromkeys(reason for _, reason in doubted):
        rows = [row for row, why in doubted if why == reason]
        notes.append(
            note_text("no operating point", _names_of_rows(found, rows), [f"{reason[:1].upper()}{reason[1:]}."])
        )
    return notes


def _price(answer: Answer) -> str:
    lost = [mode for mode in (MAX_THROUGHPUT, MIN_LATENCY) if mode not in answer.blocks]
    if lost:
        return f"No second measurement of {' and '.join(lost)} gave figures, so nothing is told of it."
    if answer.is_one_point:
        point = _names(answer.found, [answer.found.choices[MAX_THROUGHPUT].point])
        return f"One point is both max-throughput and min-latency: {point}."
    qps = answer.ratios["qps"].ratio
    p99, p50 = (answer.ratios[f"latency_{name}_ms"].ratio for name in ("p99", "p50"))
    if qps is None or p50 is None:
        return "The second measurements could not be compared; see the remarks of the rows."
    is_known = p99 is not None and p99.high - p99.low < math.log(_LOOSE)
    name, latency = ("p99", p99) if is_known and p99 is not None else ("p50", p50)
    sentence = f"Max-throughput has {_times(qps.middle)} the throughput for {_times(latency.middle)} the {name}."
    return sentence if is_known else f"{sentence} (The ratio of p99 is not known to a factor of {_LOOSE}.)"


def _under(answer: Answer, objective: Objective) -> str:
    found = answer.found
    assert found.under is not None
    if found.under.choice is None:
        nearest = found.under.nearest
        latency = nearest.latency_ms.get(objective.percentile, NOT_KNOWN)
        missing = "is shown to meet it" if found.under.maybe else "meets it"
        told = f"{_names(found, [nearest])} with {_bounds(objective, latency)}"
        return f"{objective.text}: no point {missing}; nearest is {told}."
    name = _names(found, [found.under.choice.point])
    block = answer.blocks.get(OBJECTIVE)
    if block is None:
        return f"{objective.text}: {name} met it in the grid, but measuring it again gave no figures."
    latency = block.latency_ms.get(objective.percentile, NOT_KNOWN)
    told = f"{name}, {figure(block.qps.value)} qps with {_bounds(objective, latency)}"
    if answer.verdict == MET:
        return f"{objective.text}: best is {told}, in a closed loop."
    outcome = "missed it" if answer.verdict == MISSED else "left it open"
    return f"{objective.text}: {told} met it in the grid and {outcome} when measured again."


def _bounds(objective: Objective, latency: Figure) -> str:
    if not math.isfinite(latency.value):
        return f"no {objective.name}"
    bound = f"at most {figure(latency.high)} ms" if math.isfinite(latency.high) else "no upper bound"
    return f"{objective.name} {figure(latency.value)} ms ({bound})"


def _times(logarithm: float) -> str:
    return f"{figure(math.exp(logarithm), 3)} ×"


def _names(found: Found, points: Sequence[Point]) -> str:
    return _names_of_rows(found, [point.row for point in points])


def _names_of_rows(found: Found, rows: Sequence[Row]) -> str:
    known = list(_rows(found))
    ids = [row["case_id"] for row in known]
    return case_names(frame_of(known), [ids.index(row["case_id"]) for row in rows])


def _rows(found: Found) -> Iterator[Row]:
    yield from (point.row for point in found.grid.points)
    yield from (row for row, _ in found.grid.left_out)
