"""The confidence interval of a mean over values that depend on each other and may be skewed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clipperf.measure.batch_means import independent_batches, means_of, neighbour_correlation
from clipperf.measure.student import t_quantile

FEWEST_VALUES = 5
"""Under five values the t quantile is so large that the interval says nothing."""

MOST_CELLS = 1024
"""Longer series are first averaged down to at most so many cells: an interval costs the same for 10⁶ values."""

_FEWEST_FREEDOM = 2


@dataclass(frozen=True)
class MeanInterval:
    """A mean and its bounds, in the unit of the values; ``effective`` is the number of independent ones it is worth.

    ``effective`` supposes dependence of first order, the only form that a short series shows.
    """

    mean: float
    low: float
    high: float
    effective: float

    @property
    def relative_half_width(self) -> float:
        """Half the interval ÷ the mean."""
        return (self.high - self.low) / 2.0 / self.mean


def cells_of(values: np.ndarray) -> np.ndarray:
    """At most 1,024 means of consecutive values, each of equally many."""
    return means_of(values, -(-int(values.size) // MOST_CELLS))


def mean_interval(values: np.ndarray, confidence: float = 0.95) -> MeanInterval | None:
    """The mean of ``values``, numbers in the order of time, with its interval; None for fewer than five.

    Two estimates of the variance of the mean meet. Batch means see dependence of any form, but few are left where it
    is long; a process of first order has the whole series to itself, but sees its own form alone. Where the second is
    larger, their average is taken. So a nominal 95 % hold 93.5 to 96.5 % of the time for the noises of
    tests/benchmarks/coverage.md, where batch means alone fall to 92 %.
    """
    if values.size < FEWEST_VALUES:
        return None
    cells = cells_of(values)
    batches = independent_batches(cells)
    correlation = neighbour_correlation(cells)
    independent_share = (1.0 - correlation) / (1.0 + correlation)
    by_batches = batches.variance
    by_first_order = float(cells.var(ddof=1)) / cells.size / independent_share
    variance = (by_batches + max(by_batches, by_first_order)) / 2.0
    freedom = max(_FEWEST_FREEDOM, round((batches.means.size - 1) * batches.effective / batches.means.size))
    t = t_quantile((1.0 + confidence) / 2.0, freedom)
    below, above = _skewed(t, batches.means, batches.effective)
    mean, error = float(cells.mean()), variance**0.5
    return MeanInterval(mean, mean - below * error, mean + above * error, independent_share * values.size)


def _skewed(t: float, means: np.ndarray, effective: float) -> tuple[float, float]:
    """The multiples of the standard error below and above the mean, t on both sides where the means are symmetric.

    A long tail is missed more often than met, and the mean is then low together with its standard error: the bound on
    the tail's side moves out by Willink's form of Hall's transformation (Communications in Statistics: Simulation and
    Computation 34, 2005). The other bound would move in by it; it stays, since the skewness too is met too seldom.
    """
    centred = means - means.mean()
    variance = float((centred**2).mean())
    if variance <= 0.0:
        return t, t
    beta = float((centred**3).mean()) / variance**1.5 / 6.0 / effective**0.5
    if abs(beta) < 1e-3:
        return t, t

    def transformed(quantile: float) -> float:
        return float((np.cbrt(1.0 + 6.0 * beta * (quantile - beta)) - 1.0) / (2.0 * beta))

    return max(t, transformed(t)), max(t, -transformed(-t))
