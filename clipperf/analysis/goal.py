"""What a search is for: a figure to make best, under constraints, and where each measured case stands by its rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist

from clipperf.analysis.objective import MET, MISSED, UNKNOWN, Constraint
from clipperf.analysis.operating_points import Figure, point_of, sort_rows
from clipperf.analysis.pooled import UNTOLD, Estimate, longest, pooled, worst
from clipperf.analysis.quantity import Quantity
from clipperf.results.axes import Row
from clipperf.results.schema import MEASURED

_NORMAL = NormalDist()
ALIKE = 0.005
"""What is as good within half a percent is as good; of such the cheapest is taken."""


@dataclass(frozen=True)
class Goal:
    """The quantity that is sought, and what has to hold besides."""

    quantity: Quantity
    constraints: tuple[Constraint, ...] = ()

    def __str__(self) -> str:
        return " ".join([self.quantity.name, *(constraint.text for constraint in self.constraints)])

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """All that the rows have to tell, each once."""
        return tuple(dict.fromkeys((self.quantity, *(constraint.quantity for constraint in self.constraints))))


@dataclass(frozen=True)
class Standing:
    """A measured case: all its rows, what they say together, and the figure that each constraint is judged by.

    ``estimate`` is None where no row tells the quantity; ``lost`` then says why. Where all rows that tell it contradict
    themselves, as those of short windows sometimes do, ``lost`` says that too, and the estimate is a loose one.
    ``errors`` are the standard errors, as shares, of what is judged.
    """

    case_id: str
    rows: tuple[Row, ...]
    estimate: Estimate | None
    judged: Mapping[Constraint, Figure | None]
    more_is_better: bool
    lost: str = ""
    errors: Mapping[Constraint, float] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """The logarithm of the quantity, turned so that more is better."""
        assert self.estimate is not None
        return self.estimate.middle if self.more_is_better else -self.estimate.middle

    @property
    def cost(self) -> tuple[int, int, int]:
        """What it takes, the smaller the cheaper: loaded copies, requests in flight, samples in flight."""
        return point_of(self.rows[0]).cost

    @property
    def highest(self) -> float:
        """The better end of the interval of the score."""
        assert self.estimate is not None
        figure = self.estimate.figure
        return math.log(figure.high) if self.more_is_better else -math.log(figure.low)

    def surely_below(self, other: Standing) -> bool:
        """Whether the interval of this one lies on the worse side of that of the other."""
        assert self.estimate is not None
        assert other.estimate is not None
        mine, best = self.estimate.figure, other.estimate.figure
        return best.is_above(mine) if self.more_is_better else mine.is_above(best)

    def verdict(self, constraint: Constraint) -> str:
        """By the interval; not known where no row tells the figure."""
        figure = self.judged[constraint]
        return UNKNOWN if figure is None else constraint.judge(figure)

    @property
    def missed(self) -> tuple[Constraint, ...]:
        """The constraints that it misses for certain."""
        return tuple(constraint for constraint in self.judged if self.verdict(constraint) == MISSED)

    @property
    def is_met(self) -> bool:
        """Whether every constraint is met for certain."""
        return all(self.verdict(constraint) == MET for constraint in self.judged)

    @property
    def excess(self) -> float:
        """By how much the estimates are beyond their limits, as logarithms added up; 0 where they are all within."""
        beyond = 0.0
        for constraint in self.judged:
            beyond += max(0.0, self._beyond(constraint))
        return beyond

    @property
    def chance(self) -> float:
        """About how likely it is that every constraint holds, from 0 to 1."""
        chances = (_NORMAL.cdf(-self._beyond(one) / self.errors.get(one, UNTOLD)) for one in self.judged)
        return math.prod(chances)

    def _beyond(self, constraint: Constraint) -> float:
        """By how much the estimate is beyond the limit, as a logarithm; 0 where nothing tells it."""
        figure = self.judged[constraint]
        if figure is None or not 0 < figure.value < math.inf:
            return 0.0
        ratio = math.log(figure.value / constraint.limit)
        return -ratio if constraint.quantity.more_is_better else ratio


def standings(goal: Goal, rows: Iterable[Row]) -> dict[str, Standing]:
    """Every measured case by its id, in the order of its first row."""
    rows_of: dict[str, list[Row]] = {}
    for row in rows:
        rows_of.setdefault(row["case_id"], []).append(row)
    told = {case: sort_rows(of_case) for case, of_case in rows_of.items()}
    believed = {case: [point.row for point in found.points] for case, found in told.items()}
    counting = {
        case: of_case or [row for row, _ in told[case].left_out if row["status"] in MEASURED]
        for case, of_case in believed.items()
    }
    estimates = {quantity: pooled(quantity, counting) for quantity in goal.quantities}
    found = {}
    for case, of_case in rows_of.items():
        sought = estimates[goal.quantity].get(case)
        lost = ""
        if sought is None or not believed[case]:
            lost = told[case].left_out[-1][1] if told[case].left_out else f"no {goal.quantity.name}"
        if sought is not None and lost:
            sought = replace(sought, error=max(sought.error, UNTOLD))
        judged = {
            constraint: _judged(constraint.quantity, counting[case], estimates[constraint.quantity].get(case))
            for constraint in goal.constraints
        }
        errors = {
            constraint: estimates[constraint.quantity][case].error
            for constraint in goal.constraints
            if case in estimates[constraint.quantity]
        }
        found[case] = Standing(case, tuple(of_case), sought, judged, goal.quantity.more_is_better, lost, errors)
    return found


def ranked_by(known: Mapping[str, Standing]) -> list[Standing]:
    """The cases that have figures, best first: those within all constraints by estimate before the others, and those
    that miss one for certain last, by how far they are off.
    """
    left = sorted((each for each in known.values() if each.estimate is not None), key=_order)
    ranked: list[Standing] = []
    while left:
        first = left[0]
        alike = [each for each in left if _order(each)[:3] == _order(first)[:3] and each.score >= first.score - ALIKE]
        ranked.append(min(alike, key=lambda each: (each.cost, -each.score)))
        left.remove(ranked[-1])
    return ranked


def _order(one: Standing) -> tuple[bool, bool, float, float]:
    return bool(one.missed), bool(one.lost), one.excess, -one.score


def _judged(quantity: Quantity, rows: Sequence[Row], estimate: Estimate | None) -> Figure | None:
    """A percentile by one row and an extreme by the worst, since pooling either would make another figure."""
    if quantity.is_extreme:
        return worst(quantity, rows)
    if quantity.percentile is not None:
        return longest(quantity, rows)
    return None if estimate is None else estimate.figure
