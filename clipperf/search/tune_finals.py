"""Which cases are measured again in turn once the search is over: the best, the runner-up and the default one.

Where something has to hold besides, only the best is measured for as many requests as bound a percentile. Where that
does not show it to hold, it is measured for longer, and then a few others follow, the surest of them last. A pure
function of the rows, like the chooser.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from clipperf.analysis.goal import Goal, Standing, ranked_by, standings
from clipperf.analysis.objective import MET, UNKNOWN
from clipperf.results.axes import Row
from clipperf.search.tune_lengths import BOUNDED_REQUESTS
from clipperf.search.tune_space import Space

BEST, RUNNER_UP, DEFAULT, NEXT = "best", "runner-up", "default", "next"
FIRST_ROUND = 3
"""Cases of the first round, at most."""

_MORE = 2
"""How many times as often a case is measured where the requests depend on each other, so that each tells less."""

_FURTHER = 3
"""Cases that follow where the best is not shown to hold what it has to."""

_LIKELY = 0.1
"""One that holds the limits with less chance than that is not tried."""


@dataclass(frozen=True)
class Round:
    """``sides`` are the cases with the names of their sides; ``pairs`` is how often each is measured in all.

    ``requests`` are those that each measurement of a case takes at least, where a percentile is to be bounded.
    """

    sides: Mapping[str, str]
    pairs: int
    requests: Mapping[str, int] = field(default_factory=dict)


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
    able = [each for each in ranked_by(known) if not each.lost]
    first: dict[str, list[str]] = {}
    for name, each in zip((BEST, RUNNER_UP), able, strict=False):
        first.setdefault(each.case_id, []).append(name)
    default = known.get(space.cases[0].case_id)
    if default is not None and default.estimate is not None:
        first.setdefault(default.case_id, []).append(DEFAULT)
    sides = {case_id: ", ".join(names) for case_id, names in first.items()}
    if not sides:
        return
    bounding = bounding_requests(goal, pairs)
    sought = list(sides) if goal.quantity.percentile else list(sides)[:1] if _limits_tail(goal) else []
    yield Round(sides, pairs, dict.fromkeys(sought, bounding))
    if not goal.constraints:
        return
    times = _MORE if _limits_tail(goal) else 1
    for case_id in [next(iter(sides)), *_further(able)]:
        # One measurement is enough to see most of those that miss the limit.
        for number in (1, pairs, times * pairs):
            if case_id in sides and number < times * pairs:
                continue
            if verdict(case_id) == UNKNOWN:
                yield Round({case_id: sides.get(case_id, NEXT)}, number, {case_id: bounding} if times > 1 else {})
        if verdict(case_id) == MET:
            return


def bounding_requests(goal: Goal, pairs: int) -> int:
    """What each of the ``pairs`` measurements of a case takes where a percentile is asked for, otherwise 0."""
    asks_tail = any(quantity.percentile for quantity in goal.quantities)
    return math.ceil(BOUNDED_REQUESTS / pairs) if asks_tail else 0


def _limits_tail(goal: Goal) -> bool:
    return any(constraint.quantity.percentile for constraint in goal.constraints)


def _further(able: Sequence[Standing]) -> list[str]:
    """The next by rank that may hold every constraint, and at last the surest that is left."""
    left = [each for each in able[1:] if not each.missed and each.chance >= _LIKELY]
    chosen = left[: _FURTHER - 1]
    rest = left[_FURTHER - 1 :]
    if rest:
        chosen.append(max(rest, key=lambda each: (round(each.chance, 2), each.score)))
    return [each.case_id for each in chosen]
