"""What to measure next: a pure function of the rows so far, so that a search can be gone on with after a kill.

First a few cases all over the grid, looked at briefly. Then, as often as it moves, what lies beside the best; then
those that may be the best are measured again and longer, until one is left or nothing that is left matters. No case is
dropped for good: everything is judged anew with every row, and a case whose interval lay below the best comes back when
the measurements turn out to differ more than they seemed to.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clipperf.analysis.goal import Goal, Standing, ranked_by, standings
from clipperf.results.axes import Row
from clipperf.search.tune_space import Space

MOST_TIMES = 6
"""How often the search measures a case; the answer is measured again anyway."""

_RIVALS = 3
"""So many that may be better than the best are measured with it for the second time, and one at a time from then on."""

_CLOSE, _CLOSEST = 0.1, 3
"""What is nearly as good as the best has better ones beside it about as likely as the best has; of so many at most."""

_AT_THE_EDGE = 4
"""Under a limit, what lies beside so many of the next ones is looked at too."""

_UNDER_LIMITS = 0.4
"""Of the grid is looked at under a limit, whose edge parts it into places that no way leads between."""

_TOP, _UNLUCKY = 5, 0.15
"""Of the first so many none that is this near to the best is left after a glance: it may have met a bad moment."""

_EQUALS, _APART = 0.05, 4
"""Of the first few, those that are this near to the best are measured so often, in rounds that lie apart in time."""

_MATTERS = 0.02
"""A rival that is better by less at most is left alone."""


@dataclass(frozen=True)
class Shot:
    """One measurement; ``repeat`` is how often the case was measured before, and says how long it is to be."""

    case_id: str
    repeat: int


@dataclass(frozen=True)
class Step:
    """Measurements that may be made in any order before the next choice; ``why`` tells the user."""

    shots: tuple[Shot, ...]
    why: str


def next_step(space: Space, goal: Goal, rows: Sequence[Row]) -> Step | None:
    """What to measure next; None where the search is over. ``rows`` are those of the search, in any order."""
    known = standings(goal, rows)
    if fresh := [each for each in space.coarse if each not in known]:
        return _step(known, fresh, f"{len(fresh)} points all over the grid")
    ranked = ranked_by(known)
    if not ranked:
        return None
    best, *others = ranked
    if fresh := [each for each in space.beside(best.case_id) if each not in known]:
        return _step(known, fresh, "beside the best so far")
    if doubted := _doubted(best, others):
        return _step(known, doubted, "what a glance could not tell, again")
    rivals = [each for each in others if not each.missed and len(each.rows) < MOST_TIMES and _may_matter(each, best)]
    rivals.sort(key=lambda each: -each.highest)
    if len(best.rows) == 1:
        # Also where nothing may be better: how much two measurements differ is learnt from those that are made twice.
        once = [each for each in others if each not in rivals and not each.missed and len(each.rows) == 1]
        again = [each.case_id for each in (best, *[*rivals, *once][:_RIVALS])]
        return _step(known, again, "the best and what may be better, longer")
    close = _close(goal, best, others)
    near = [*space.across(best.case_id), *(beside for each in close for beside in space.beside(each.case_id))]
    if fresh := [each for each in dict.fromkeys(near) if each not in known]:
        return _step(known, fresh, "a step away on two axes, and beside what is nearly as good")
    unseen = math.ceil(_UNDER_LIMITS * len(space.cases)) - len(known)
    if goal.constraints and unseen > 0:
        return _step(known, space.farthest(known, min(unseen, len(space.coarse))), "more points all over the grid")
    if rivals and len(best.rows) < MOST_TIMES:
        return _step(known, [best.case_id, rivals[0].case_id], "the best and what may be better, once more")
    thin = [each for each in others[:_TOP] if len(each.rows) == 1 and best.score - each.score < _UNLUCKY]
    if thin and not any(each.missed for each in thin):
        return _step(known, [each.case_id for each in thin], "what a glance may have done wrong, longer")
    # Repeats that follow each other share the state of the machine, and agree better than the machine stays the same.
    equals = [each for each in others if not each.missed and best.score - each.score < _EQUALS][:_TOP]
    seldom = [each for each in (best, *equals) if equals and len(each.rows) < _APART]
    if seldom:
        fewest = min(len(each.rows) for each in seldom)
        again = [each.case_id for each in seldom if len(each.rows) == fewest]
        return _step(known, again, "close rivals again, apart in time")
    return None


def is_climbing(space: Space, goal: Goal, rows: Sequence[Row]) -> bool:
    """Whether something beside the best so far was never looked at, or in vain."""
    known = standings(goal, rows)
    ranked = ranked_by(known)
    if not ranked:
        return False
    return any(each not in known for each in space.beside(ranked[0].case_id)) or bool(_doubted(ranked[0], ranked[1:]))


def _doubted(best: Standing, others: Sequence[Standing]) -> list[str]:
    """Those whose only figures contradict themselves, and that may be better than the best."""
    return [
        each.case_id
        for each in others
        if each.lost and not each.missed and len(each.rows) == 1 and each.highest > best.score
    ]


def _close(goal: Goal, best: Standing, others: Sequence[Standing]) -> list[Standing]:
    """Those that better ones may stand beside; at the edge of what a limit allows the best is reached in many ways."""
    if goal.constraints:
        return [each for each in others[:_AT_THE_EDGE] if not each.excess]
    return [each for each in others[:_CLOSEST] if best.score - each.score < _CLOSE]


def _may_matter(one: Standing, best: Standing) -> bool:
    """Whether it may be better than the best seems to be by more than matters, or as good where the best is unsure."""
    return not one.surely_below(best) and one.highest > best.score + _MATTERS


def _step(known: Mapping[str, Standing], case_ids: Sequence[str], why: str) -> Step:
    shots = (Shot(each, len(known[each].rows) if each in known else 0) for each in case_ids)
    return Step(tuple(shots), why)
