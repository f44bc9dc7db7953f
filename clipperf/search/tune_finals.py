"""Which cases are measured again in turn once the search is over: the best, the runner-up and the default one.

Where something has to hold besides and neither of the first two is shown to hold it, they are measured for longer, and
then the next that may hold it follow. A pure function of the rows, like the chooser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from clipperf.analysis.goal import Goal, ranked_by, standings
from clipperf.analysis.objective import MET, MISSED
from clipperf.results.axes import Row
from clipperf.search.tune_space import Space

BEST, RUNNER_UP, DEFAULT, NEXT = "best", "runner-up", "default", "next"
FIRST_ROUND = 3
"""Cases of the first round, at most."""

_MORE = (2, 4)
"""How many times as often the first two are measured, where that many times do not tell what has to hold."""

_NEXT_ROUNDS = 2
_OF_A_ROUND = 2


@dataclass(frozen=True)
class Round:
    """``sides`` are the cases with the names of their sides; ``pairs`` is how often each is measured in all."""

    sides: Mapping[str, str]
    pairs: int


def next_round(
    space: Space,
    goal: Goal,
    rows: Sequence[Row],
    again: Mapping[str, int],
    verdict: Callable[[str], str],
    pairs: int,
) -> Round | None:
    """The cases to be measured in turn; None where that is done.

    ``rows`` are those of the search, ``again`` says how often each case was measured since, and ``verdict`` whether a
    case that was is shown to hold every constraint, or to miss one.
    """
    for found in _rounds(space, goal, rows, verdict, pairs):
        if any(again.get(case_id, 0) < found.pairs for case_id in found.sides):
            return found
    return None


def _rounds(
    space: Space, goal: Goal, rows: Sequence[Row], verdict: Callable[[str], str], pairs: int
) -> Iterator[Round]:
    """One after the other for as long as they are needed; ``verdict`` is asked when the one before is done."""
    known = standings(goal, rows)
    able = [each.case_id for each in ranked_by(known) if not each.lost]
    first: dict[str, list[str]] = {}
    for name, case_id in zip((BEST, RUNNER_UP), able, strict=False):
        first.setdefault(case_id, []).append(name)
    better = list(first)
    default = known.get(space.cases[0].case_id)
    if default is not None and default.estimate is not None:
        first.setdefault(default.case_id, []).append(DEFAULT)
    sides = {case_id: ", ".join(names) for case_id, names in first.items()}
    if not sides:
        return
    yield Round(sides, pairs)
    if not goal.constraints:
        return
    for times in _MORE:
        if any(verdict(case_id) == MET for case_id in better):
            return
        open_ = {case_id: sides[case_id] for case_id in better if verdict(case_id) != MISSED}
        if open_:
            yield Round(open_, times * pairs)
    left = [case_id for case_id in able if case_id not in sides and not known[case_id].missed]
    for number in range(_NEXT_ROUNDS):
        if any(verdict(case_id) == MET for case_id in better):
            return
        better = left[number * _OF_A_ROUND : (number + 1) * _OF_A_ROUND]
        if better:
            yield Round(dict.fromkeys(better, NEXT), _MORE[0] * pairs)
