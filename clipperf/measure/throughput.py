"""The confidence interval of a rate, from batch means of the time between completions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clipperf.measure.student import t_quantile

MOST_BATCHES = 32
FEWEST_BATCHES = 5
"""Under five batches the t quantile is so large that the interval says nothing."""


@dataclass(frozen=True)
class Rate:
    """Requests per second over a window, with its interval; the bounds are None under FEWEST_BATCHES batches."""

    per_s: float
    low: float | None
    high: float | None

    @property
    def relative_half_width(self) -> float | None:
        """Half the interval ÷ the rate."""
        return None if self.low is None or self.high is None else (self.high - self.low) / 2.0 / self.per_s


def rate_of(completed_ns: np.ndarray, open_ns: int, slots: int, confidence: float = 0.95) -> Rate:
    """Requests per second of sorted completions after ``open_ns``, the last of which closes the window.

    The rate is counted: requests ÷ wall time. The interval comes from the durations of up to 32 batches of consecutive
    requests: within a batch neighbouring requests may depend on each other, the batches hardly do (Law, Simulation
    Modeling and Analysis, ch. 9). A batch is a multiple of ``slots``, since slots in lockstep complete in clusters.
    """
    number = int(completed_ns.size)
    length_s = float(completed_ns[-1] - open_ns) * 1e-9
    per_s = number / length_s
    size = slots * max(1, number // slots // MOST_BATCHES)
    batches = number // size
    if batches < FEWEST_BATCHES:
        return Rate(per_s, None, None)
    # What does not fill a batch is left out at the front, nearest to the warm-up.
    ends = (
        completed_ns[number - batches * size - 1 :: size]
        if number > batches * size
        else np.concatenate([[open_ns], completed_ns[size - 1 :: size]])
    )
    durations_s = np.diff(ends) * 1e-9
    mean_s = float(durations_s.mean())
    half = t_quantile((1.0 + confidence) / 2.0, batches - 1) * float(durations_s.std(ddof=1)) / batches**0.5
    share = min(half / mean_s, 0.999)
    return Rate(per_s, per_s / (1.0 + share), per_s / (1.0 - share))
