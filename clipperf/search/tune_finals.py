"""Which cases are measured again in turn once the search is over: the best, the runner-up and the default one.

Where something has to hold besides and none of them is shown to hold it, the next that may do so follow. A pure
function of the rows, like the chooser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from clipperf.analysis.goal import Goal, ranked_by, standings
from clipperf.results.axes import Row
from clipperf.search.tune_space import Space

BEST, RUNNER_UP, DEFAULT, NEXT = "best", "runner-up", "default", "next"
FIRST_ROUND = 3
"""Cases of the first round, at most."""

_MORE_ROUNDS = 2
_OF_A_ROUND = 2


def next_round(
    space: Space,
    goal: Goal,
    rows: Sequence[Row],
    again: Mapping[str, int],
    is_met: Callable[[str], bool],
    pairs: int,
) -> dict[str, str]:
    """The cases to be measured ``pairs`` times in turn, each with the name of its side; none where that is done.

    ``rows`` are those of the search, ``again`` says how often each case was measured since, and ``is_met`` whether a
    case that was is shown to hold every constraint.
    """
    for sides in _rounds(space, goal, rows):
        if any(again.get(case_id, 0) < pairs for case_id in sides):
            return sides
        if any(is_met(case_id) for case_id in sides):
            break
    return {}


def _rounds(space: Space, goal: Goal, rows: Sequence[Row]) -> list[dict[str, str]]:
    known = standings(goal, rows)
    able = [each for each in ranked_by(known) if not each.lost]
    first: dict[str, list[str]] = {}
    for name, standing in zip((BEST, RUNNER_UP), able, strict=False):
        first.setdefault(standing.case_id, []).append(name)
    default = known.get(space.cases[0].case_id)
    if default is not None and default.estimate is not None:
        first.setdefault(default.case_id, []).append(DEFAULT)
    rounds = [{case_id: ", ".join(names) for case_id, names in first.items()}] if first else []
    if goal.constraints:
        left = [each.case_id for each in able if each.case_id not in first and not each.missed]
        for number in range(_MORE_ROUNDS):
            some = left[number * _OF_A_ROUND : (number + 1) * _OF_A_ROUND]
            rounds += [dict.fromkeys(some, NEXT)] if some else []
    return rounds
