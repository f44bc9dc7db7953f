"""What to measure next: a pure function of the rows so far, so that a search can be gone on with after a kill.

First a few cases all over the grid, looked at briefly. Then, as often as it moves, what lies beside the best; then
those that may be the best are measured again and longer, until one is left or nothing that is left matters. No case is
dropped for good: everything is judged anew with every row, and a case whose interval lay below the best comes back when
the measurements turn out to differ more than they seemed to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clipperf.analysis.goal import Goal, Standing, standings
from clipperf.results.axes import Row
from clipperf.search.tune_space import Space

MOST_TIMES = 3
"""How often the search measures a case; the answer is measured again anyway."""

_CONTENDERS = 4
_LEADERS = 2
_CLOSE = 0.02


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
    ranked = rank(known)
    if not ranked:
        return None
    best = ranked[0]
    if fresh := [each for each in space.beside(best.case_id) if each not in known]:
        return _step(known, fresh, "beside the best so far")
    contenders = [each for each in ranked if not each.missed and may_be_best(each, best)] or [best]
    for times in range(1, MOST_TIMES):
        if len(contenders) == 1 and times > 1:
            break
        most = _CONTENDERS if times == 1 else _LEADERS
        again = [each.case_id for each in contenders[:most] if len(each.rows) == times]
        if again:
            return _step(known, again, "again and longer, as they may be the best")
        leaders = [each for each in contenders[:_LEADERS] if best.score - each.score < _CLOSE]
        beside = (other for each in leaders for other in space.beside(each.case_id))
        if fresh := [each for each in dict.fromkeys(beside) if each not in known]:
            return _step(known, fresh, "beside those that are nearly as good")
        if fresh := [each for each in space.across(best.case_id) if each not in known]:
            return _step(known, fresh, "a step away on two axes at once")
    return None


def rank(known: Mapping[str, Standing]) -> list[Standing]:
    """The cases that have figures, best first: those within all constraints by estimate before the others, and those
    that miss one for certain last, by how far they are off."""
    told = [each for each in known.values() if each.estimate is not None]
    return sorted(told, key=_order)


def may_be_best(one: Standing, best: Standing) -> bool:
    """Whether its interval does not lie below that of the best."""
    return one is best or not one.surely_below(best)


def _order(one: Standing) -> tuple[bool, float, float]:
    return bool(one.missed), one.excess, -one.score


def _step(known: Mapping[str, Standing], case_ids: Sequence[str], why: str) -> Step:
    shots = (Shot(each, len(known[each].rows) if each in known else 0) for each in case_ids)
    return Step(tuple(shots), why)


def finalists(space: Space, goal: Goal, rows: Sequence[Row]) -> list[str]:
    """The ids of the best, the runner-up and the default configuration, as far as they differ and have figures."""
    known = standings(goal, rows)
    best = [each.case_id for each in rank(known)[:2]]
    default = space.cases[0].case_id
    return list(dict.fromkeys([*best, *([default] if known[default].estimate is not None else [])]))
