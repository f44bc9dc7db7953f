"""Whether service times have two modes, so that no single figure of the middle is typical."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clipperf.measure.outliers import binomial_tail

FEWEST_REQUESTS = 50
SMALLEST_SHARE = 0.05
APART = 0.05
"""Modes closer than 5 % of the faster one are told by no one who reads the table."""

_TRIMMED = 0.01
_CHANCE = 0.001
_PLACES = (0.375, 0.5, 0.625)
_STEPS = 8
"""Between modes that are fewer steps of the clock apart there may be a gap where no time can lie."""


@dataclass(frozen=True)
class Modes:
    """Where the two modes lie, and the share of requests that belong to the slower one."""

    fast_ns: float
    slow_ns: float
    slow_share: float


def find_modes(service_ns: np.ndarray) -> Modes | None:
    """The two modes of service times, None where there is one, or under 50 requests.

    A density of one mode is nowhere lower between two places than at both. The two places are the medians of the two
    groups that Otsu's criterion finds (IEEE Transactions on Systems, Man and Cybernetics 9, 1979), without the
    outermost percent. Fewer than half as many requests between them as around the emptier of them, in intervals of a
    quarter of their distance, and too few for chance, are two modes; a long tail, which only falls, never is.
    """
    values = np.sort(service_ns).astype(np.float64)
    number = int(values.size)
    if number < FEWEST_REQUESTS:
        return None
    trimmed = int(_TRIMMED * number)
    values = values[trimmed : number - trimmed]
    fast_number = _best_cut(values)
    fast, slow = float(np.median(values[:fast_number])), float(np.median(values[fast_number:]))
    if slow < (1.0 + APART) * fast or slow - fast < _STEPS * _smallest_step(values):
        return None
    half_width = (slow - fast) / 8.0

    def around(place: float) -> int:
        low, high = np.searchsorted(values, (place - half_width, place + half_width))
        return int(high - low)

    peak = min(around(fast), around(slow))
    valley = min(around(fast + share * (slow - fast)) for share in _PLACES)
    if 2 * valley >= peak or binomial_tail(peak, peak + valley, 0.5) >= _CHANCE:
        return None
    return Modes(fast, slow, 1.0 - fast_number / values.size)


def _smallest_step(values: np.ndarray) -> float:
    steps = np.diff(values)
    return float(steps[steps > 0.0].min(initial=np.inf))


def _best_cut(values: np.ndarray) -> int:
    """How many of the sorted values are in the fast group when the two groups' means lie furthest apart."""
    number = int(values.size)
    least = max(1, int(SMALLEST_SHARE * number))
    fast = np.arange(least, number - least + 1)
    total = np.cumsum(values - values.mean())[fast - 1]
    return int(fast[np.argmax(total**2 / (fast * (number - fast)))])
