"""What a search is for: a figure to make best, under constraints, and where each measured case stands by its rows."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from clipperf.analysis.objective import MET, MISSED, UNKNOWN, Constraint
from clipperf.analysis.operating_points import Figure, sort_rows
from clipperf.analysis.pooled import Estimate, longest, pooled, worst
from clipperf.analysis.quantity import Quantity
from clipperf.results.axes import Row


@dataclass(frozen=True)
class Goal:
    """The quantity that is sought, and what has to hold besides."""

    quantity: Quantity
    constraints: tuple[Constraint, ...] = ()

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """All that the rows have to tell, each once."""
        return tuple(dict.fromkeys((self.quantity, *(constraint.quantity for constraint in self.constraints))))


@dataclass(frozen=True)
class Standing:
    """A measured case: all its rows, what they say together, and the figure that each constraint is judged by.

    ``estimate`` is None where no row is an operating point that tells the quantity; ``lost`` then says why.
    """

    case_id: str
    rows: tuple[Row, ...]
    estimate: Estimate | None
    judged: Mapping[Constraint, Figure | None]
    more_is_better: bool
    lost: str = ""

    @property
    def score(self) -> float:
        """The logarithm of the quantity, turned so that more is better."""
        assert self.estimate is not None
        return self.estimate.middle if self.more_is_better else -self.estimate.middle

    def surely_below(self, other: Standing) -> bool:
        """Whether the interval of this one lies on the worse side of that of the other."""
        assert self.estimate is not None and other.estimate is not None
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
        for constraint, figure in self.judged.items():
            if figure is None or not 0 < figure.value < math.inf:
                continue
            ratio = math.log(figure.value / constraint.limit)
            beyond += max(0.0, -ratio if constraint.quantity.more_is_better else ratio)
        return beyond


def standings(goal: Goal, rows: Iterable[Row]) -> dict[str, Standing]:
    """Every measured case by its id, in the order of its first row."""
    rows_of: dict[str, list[Row]] = {}
    for row in rows:
        rows_of.setdefault(row["case_id"], []).append(row)
    told = {case: sort_rows(of_case) for case, of_case in rows_of.items()}
    believed = {case: [point.row for point in found.points] for case, found in told.items()}
    estimates = {quantity: pooled(quantity, believed) for quantity in goal.quantities if not _is_single(quantity)}
    sought = estimates.get(goal.quantity) or pooled(goal.quantity, believed)
    return {
        case: Standing(
            case,
            tuple(of_case),
            sought.get(case),
            {
                constraint: _judged(constraint.quantity, believed[case], estimates, case)
                for constraint in goal.constraints
            },
            goal.quantity.more_is_better,
            "" if case in sought else told[case].left_out[-1][1] if told[case].left_out else f"no {goal.quantity.name}",
        )
        for case, of_case in rows_of.items()
    }


def _is_single(quantity: Quantity) -> bool:
    """Whether a constraint on it is judged by one row: pooling a percentile or an extreme would make another figure."""
    return quantity.is_extreme or quantity.percentile is not None


def _judged(
    quantity: Quantity, rows: Sequence[Row], estimates: Mapping[Quantity, Mapping[str, Estimate]], case: str
) -> Figure | None:
    if quantity.is_extreme:
        return worst(quantity, rows)
    if quantity.percentile is not None:
        return longest(quantity, rows)
    found = estimates[quantity].get(case)
    return None if found is None else found.figure
