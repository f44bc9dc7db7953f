"""The rate of a window and its confidence interval, from the time between completions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clipperf.measure.mean_interval import MOST_CELLS, mean_interval

WIDEST = 1.0
"""Half of the widest interval that is given, as a share of the rate."""


@dataclass(frozen=True)
class Rate:
    """Requests per second over a window, with its interval; the bounds are None where they cannot be told.

    ``effective`` is the number of independent requests that would tell as much.
    """

    per_s: float
    low: float | None
    high: float | None
    effective: float = 0.0

    @property
    def relative_half_width(self) -> float | None:
        """Half the interval ÷ the rate."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2.0 / self.per_s


def cycle_durations_s(completed_ns: np.ndarray, open_ns: int, slots: int, most: int = MOST_CELLS) -> np.ndarray:
    """The time in s that each of at most ``most`` equal numbers of consecutive completions took.

    The number is a multiple of ``slots``, since slots in lockstep complete in clusters; what does not fill one is left
    out in front, nearest to the warm-up. Costs the same for any number of completions.
    """
    cycles = int(completed_ns.size) // slots
    size = slots * max(1, -(-cycles // most))
    number = int(completed_ns.size) // size
    if not number:
        return np.empty(0)
    first = int(completed_ns.size) - number * size
    begin = completed_ns[first - 1] if first else open_ns
    ends = completed_ns[first + size - 1 :: size]
    durations: np.ndarray = np.diff(ends, prepend=begin) * 1e-9
    return durations


def rate_of(completed_ns: np.ndarray, open_ns: int, slots: int, confidence: float = 0.95) -> Rate:
    """Requests per second of sorted completions after ``open_ns``, the last of which closes the window.

    The rate is counted: requests ÷ wall time. The interval is that of the mean time between completions, turned over;
    see ``mean_interval`` for what it allows for. There is none under five cycles of all slots, and none where half of
    it would be the rate itself or more: a handful of uneven cycles says of the mean time little more than that it is
    not negative, the turned interval then ends at thousands of times the rate or nowhere, and where is decided by the
    quantile of so few, not by the device. A bound that is printed is believed; an empty one says what is so.
    """
    number = int(completed_ns.size)
    per_s = number / (float(completed_ns[-1] - open_ns) * 1e-9)
    durations_s = cycle_durations_s(completed_ns, open_ns, slots)
    found = mean_interval(durations_s, confidence)
    if found is None:
        return Rate(per_s, None, None)
    effective = found.effective / durations_s.size * number
    if found.low <= 0.0:
        return Rate(per_s, None, None, effective)
    low, high = per_s * found.mean / found.high, per_s * found.mean / found.low
    if high - low >= 2.0 * WIDEST * per_s:
        return Rate(per_s, None, None, effective)
    return Rate(per_s, low, high, effective)
