"""Where a series of nights changes its level: PELT with absolute deviations, by ruptures.

Absolute deviations about a median let an isolated bad night pass, where squares would put a segment round it (Killick,
Fearnhead and Eckley, JASA 107, 2012, for PELT; Bai, Econometrica 63, 1995, for absolute deviations).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from ruptures import Pelt
from ruptures.base import BaseCost

SHORTEST = 3
"""Nights that a level has to last: one bad night is none, nor are two."""

_PENALTY = 1.5


def change_points(values: NDArray[np.float64], noise: float) -> list[int]:
    """The index at which each new level begins, in order; empty where there is one level.

    ``noise`` is the standard deviation of a single value about its level, in the unit of ``values``. A change point has
    to lower the sum of absolute deviations by 1.5 ln n of it.
    """
    if len(values) < 2 * SHORTEST:
        return []
    scaled = (values / noise).reshape(-1, 1)
    search = Pelt(custom_cost=_AbsoluteDeviations(), min_size=SHORTEST, jump=1).fit(scaled)
    return [int(end) for end in search.predict(pen=_PENALTY * math.log(len(values)))[:-1]]


class _AbsoluteDeviations(BaseCost):  # type: ignore[misc]
    """The cost ``l1`` of ruptures with the cost of every segment worked out at once, ten times as fast."""

    model = "absolute deviations"
    min_size = SHORTEST

    def fit(self, signal: NDArray[np.float64]) -> _AbsoluteDeviations:
        """Sorted, the upper half of a segment less its lower half is the sum of deviations from its median."""
        self.signal = signal
        nights = len(signal)
        costs = np.zeros((nights + 1, nights + 1))
        for length in range(1, nights + 1):
            windows = np.sort(sliding_window_view(signal[:, 0], length), axis=1)
            half, starts = length // 2, np.arange(nights - length + 1)
            costs[starts, starts + length] = windows[:, length - half :].sum(axis=1) - windows[:, :half].sum(axis=1)
        self._costs: list[list[Any]] = costs.tolist()
        return self

    def error(self, start: int, end: int) -> float:
        """The sum of absolute deviations of the nights from ``start`` to before ``end``."""
        return float(self._costs[start][end])
