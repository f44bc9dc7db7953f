"""Means of consecutive values, so many values each that the means no longer depend on each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOST_BATCHES = 256
"""Batching starts from 256 to 511 means: enough for any t quantile, few enough to cost nothing."""

FEWEST_BATCHES = 20
"""Batches are not made larger below 20 of them; the dependence then left is corrected for instead."""

_DEPENDENT = 1.28
"""A lag-one correlation above 1.28/√batches has a chance of 10 % among independent means."""

_MOST_CORRELATION = 0.97
_ROUNDING = 1e-12
"""Of the values: what varies less only shows how numbers are rounded."""


@dataclass(frozen=True)
class BatchMeans:
    """Means of equal numbers of consecutive values, and the correlation of neighbouring means that is left, 0 to 1."""

    means: np.ndarray
    correlation: float

    @property
    def effective(self) -> float:
        """The number of independent means that would tell as much about the long-run mean."""
        return float(self.means.size) * (1.0 - self.correlation) / (1.0 + self.correlation)

    @property
    def variance(self) -> float:
        """Of their overall mean."""
        return float(self.means.var(ddof=1)) / self.effective


def means_of(values: np.ndarray, size: int) -> np.ndarray:
    """Means of ``size`` consecutive values; what does not fill one is left out in front, nearest to the warm-up."""
    number = int(values.size) // size
    means: np.ndarray = values[int(values.size) - number * size :].reshape(number, size).mean(axis=1)
    return means


def neighbour_correlation(values: np.ndarray) -> float:
    """The lag-one correlation, corrected for its bias in short series: (1 + 3r)/n (Kendall, Biometrika 41, 1954).

    Never negative: an alternating series would make an interval narrower, which a short series cannot vouch for.
    """
    centred = values - values.mean()
    total = float(centred @ centred)
    if total <= values.size * (_ROUNDING * float(np.abs(values).max())) ** 2:
        return 0.0
    found = float(centred[1:] @ centred[:-1]) / total
    return min(max(found + (1.0 + 3.0 * found) / values.size, 0.0), _MOST_CORRELATION)


def independent_batches(values: np.ndarray) -> BatchMeans:
    """Batch means that hardly depend on each other: the batch is doubled until neighbours are uncorrelated.

    The correlation that is left, or that could not be removed with at least 20 batches, is taken to be of first order
    and goes into ``effective`` (Law, Simulation Modeling and Analysis, ch. 9; Tafazzoli et al., "Skart", IIE
    Transactions 43, 2011). ``values`` are at least two numbers in the order of time.
    """
    size = max(1, int(values.size) // MOST_BATCHES)
    while True:
        means = means_of(values, size)
        correlation = neighbour_correlation(means)
        if correlation < _DEPENDENT / means.size**0.5 or means.size < 2 * FEWEST_BATCHES:
            return BatchMeans(means, correlation)
        size *= 2
