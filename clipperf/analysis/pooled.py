"""What all measurements of a case so far say of one figure, some of them short, no two on quite the same machine."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, median

from clipperf.analysis.operating_points import Figure
from clipperf.analysis.quantity import Quantity
from clipperf.results.axes import Row

_Z = NormalDist().inv_cdf(0.975)
_BETWEEN = 0.03
_WEIGHT = 3.0
"""Before any case was measured twice, two measurements are taken to differ by 3 %, as if three pairs had said so."""

_TOO_LOOSE = 2.0
"""A figure that is known this many times worse than that says nothing about it."""

UNTOLD = 0.2
"""The standard error, as a share, of a figure without an interval: a handful of requests."""


@dataclass(frozen=True)
class Estimate:
    """The natural logarithm of a figure and its standard error."""

    middle: float
    error: float

    @property
    def figure(self) -> Figure:
        """The figure with its 95 % interval."""
        half = _Z * self.error
        return Figure(*(math.exp(log) for log in (self.middle, self.middle - half, self.middle + half)))


def pooled(quantity: Quantity, rows_of: Mapping[str, Sequence[Row]]) -> dict[str, Estimate]:
    """By case id, the estimate of the quantity from the measured rows of each case; cases that do not tell it are left
    out.

    Each measurement counts by its precision. Beside what its own window shows, two measurements of a case differ since
    each had fresh workers and met the machine in another state; how much is learnt from all cases that were measured
    more than once, together, so that a case measured once is not believed to the width of its window.
    """
    single = {case: list(_logs(quantity, rows)) for case, rows in rows_of.items()}
    between = _between(single.values())
    return {case: _mean(logs, between) for case, logs in single.items() if logs}


def worst(quantity: Quantity, rows: Iterable[Row]) -> Figure | None:
    """An extreme reading over several windows: the worst that any of them has; None where none tells it."""
    values = [found.value for row in rows if (found := quantity.of(row)) is not None]
    if not values:
        return None
    value = min(values) if quantity.more_is_better else max(values)
    return Figure(value, value, value)


def longest(quantity: Quantity, rows: Iterable[Row]) -> Figure | None:
    """A percentile by the measurement of most requests, as percentiles must not be averaged; None where none has it."""
    told = [row for row in rows if quantity.of(row) is not None]
    return quantity.of(max(told, key=lambda row: row.get("requests") or 0)) if told else None


def _logs(quantity: Quantity, rows: Sequence[Row]) -> Iterable[Estimate]:
    for row in rows:
        figure = quantity.of(row)
        if figure is None or not figure.value > 0:
            continue
        middle = math.log(figure.value)
        # A percentile of few requests has a lower bound alone; it is taken to be as far above.
        sides = [abs(math.log(bound) - middle) for bound in (figure.low, figure.high) if 0 < bound < math.inf]
        yield Estimate(middle, max(sides) / _Z if sides else UNTOLD)


def _between(cases: Collection[Sequence[Estimate]]) -> float:
    """The variance between measurements of a case that their own intervals do not explain.

    A machine that is restless within windows is taken to be as restless between them, until it shows otherwise.
    """
    inside = [one.error for logs in cases for one in logs if one.error < UNTOLD]
    before = max(_BETWEEN, median(inside) if inside else 0.0)
    total, weight = _WEIGHT * before**2, _WEIGHT
    for logs in cases:
        for one, other in itertools.pairwise(logs):
            if max(one.error, other.error) > _TOO_LOOSE * before:
                continue
            # Never below nothing, or a pair of loose figures that agree would outweigh others.
            total += max(0.0, (one.middle - other.middle) ** 2 - one.error**2 - other.error**2) / 2
            weight += 1
    return total / weight


def _mean(logs: Sequence[Estimate], between: float) -> Estimate:
    weights = [1 / (one.error**2 + between) for one in logs]
    middle = sum(weight * one.middle for weight, one in zip(weights, logs, strict=True)) / sum(weights)
    return Estimate(middle, sum(weights) ** -0.5)
