"""What ``clipperf tune`` found, in plain sentences, and what a reader has to know of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from clipperf.analysis.compare_ratio import Logarithm
from clipperf.analysis.objective import MET, MISSED, Constraint
from clipperf.analysis.operating_points import Figure
from clipperf.analysis.quantity import Quantity
from clipperf.analysis.tune_answer import TuneAnswer
from clipperf.analysis.tune_final import Final
from clipperf.report.notes import case_names
from clipperf.report.number import figure
from clipperf.report.ratio_text import interval_text
from clipperf.results.frame import frame_of

_MINUTE_S = 60
_DEFAULT, _RUNNER_UP = "default", "runner-up"


def tune_sentences(answer: TuneAnswer) -> list[str]:
    """The answer with its interval, against what it was measured in turn, and what the search took."""
    return [*_found(answer), _cost(answer)]


def names(answer: TuneAnswer, case_ids: Sequence[str]) -> str:
    """The cases by what tells the measured ones apart."""
    known = list(answer.known)
    rows = [each.rows[0] for each in answer.known.values()]
    return case_names(frame_of(rows), [known.index(case_id) for case_id in case_ids])


def titles(answer: TuneAnswer) -> dict[str, str]:
    """The cases that were measured again, each as what it turned out to be."""
    chosen = None if answer.chosen is None else answer.chosen.case_id
    found: dict[str, str] = {}
    for case_id in answer.finals:
        is_default = case_id == answer.grid.default
        others = len(found) - (chosen in found) - (answer.grid.default in found.keys() - {chosen})
        if case_id == chosen:
            words = ["best"]
        elif is_default:
            words = []
        else:
            words = [f"{'candidate' if chosen is None else _RUNNER_UP}{f' {others + 1}' if others else ''}"]
        found[case_id] = ", ".join([*words, *([_DEFAULT] if is_default else [])])
    return found


def of_quantity(quantity: Quantity, value: Figure) -> str:
    """A figure with its unit and its interval, as far as it is known."""
    unit = {"samples/s": " qps", "": ""}.get(quantity.unit, f" {quantity.unit}")
    name = "" if quantity.name == "qps" else f"{quantity.name} "
    return f"{name}{figure(value.value)}{unit} ({_bounds(value)})"


def _found(answer: TuneAnswer) -> Iterator[str]:
    goal, chosen = answer.goal, answer.chosen
    if not answer.finals:
        yield "No point gave figures that could be told, so there is none to choose."
        return
    if chosen is None:
        texts = " and ".join(constraint.text for constraint in goal.constraints)
        yield f"No point is shown to hold {texts}."
        for final in answer.finals.values():
            told = "; ".join(_held(final, constraint) for constraint in goal.constraints)
            yield f"{names(answer, [final.case_id])}: {of_quantity(goal.quantity, final.figure)}; {told}."
        return
    held = "".join(f"; {_held(chosen, constraint)}" for constraint in goal.constraints)
    yield f"Best is {names(answer, [chosen.case_id])} with {of_quantity(goal.quantity, chosen.figure)}{held}."
    for case_id, title in titles(answer).items():
        if case_id != chosen.case_id and case_id in answer.ratios:
            yield _against(answer, case_id, title)
    if answer.sides.get(chosen.case_id) == _DEFAULT and not goal.constraints:
        yield "Measured again, the default configuration was better than what the search had found."


def _against(answer: TuneAnswer, case_id: str, title: str) -> str:
    ratio, final = answer.ratios[case_id], answer.finals[case_id]
    name = answer.goal.quantity.name
    told = f"That is {math.exp(ratio.middle):.3f} × the {name} of the {title}, {names(answer, [case_id])}"
    outside = [constraint.text for constraint in answer.goal.constraints if final.verdict(constraint) != MET]
    apart = "" if _is_apart(ratio) else ", so the two cannot be told apart"
    beside = f", which is not shown to hold {' and '.join(outside)}" if outside else ""
    return f"{told} ({interval_text(ratio)}){apart}{beside}."


def _is_apart(ratio: Logarithm) -> bool:
    return ratio.low > 0 or ratio.high < 0


def _held(final: Final, constraint: Constraint) -> str:
    found, verdict = final.judged[constraint], final.verdict(constraint)
    if found is None:
        return f"{constraint.text} not known"
    worse = found.low if constraint.quantity.more_is_better else found.high
    unit = f" {constraint.quantity.unit}" if constraint.quantity.unit else ""
    if verdict == MET:
        side = "at least" if constraint.quantity.more_is_better else "at most"
        return f"{constraint.text} is met ({side} {figure(worse)}{unit})"
    word = "missed" if verdict == MISSED else "not known"
    return f"{constraint.text} is {word} ({figure(found.value)}{unit}, {_bounds(found)})"


def _bounds(value: Figure) -> str:
    if value.low == value.high:
        return "no interval"
    if math.isinf(value.high):
        return f"at least {figure(value.low)}" if value.low > 0 else "no interval"
    return f"{figure(value.low)} … {figure(value.high)}"


def _cost(answer: TuneAnswer) -> str:
    grid = answer.grid
    took = f"It measured {len(answer.known)} of {grid.cases} points, in {answer.measurements} measurements of "
    took += f"{_time(answer.spent_s)} together"
    if answer.share is not None:
        took += f", about {100 * answer.share:.0f} % of what the whole grid would take"
        took += f" with at least {grid.requests} requests of every point" if grid.requests else ""
    cut = f" The search was ended by {grid.cut_by} before it was done." if grid.cut_by else ""
    return f"{took}.{cut}"


def _time(seconds: float) -> str:
    if seconds < _MINUTE_S:
        return f"{figure(seconds, 2)} s"
    minutes, rest = divmod(round(seconds), _MINUTE_S)
    return f"{minutes}:{rest:02} min"
