"""The instants at which an open loop's requests are due."""

from __future__ import annotations

import numpy as np


def arrival_offsets_ns(arrival: str, rate_per_s: float, duration_s: float, seed: int) -> np.ndarray:
    """Sorted int64 ns after the start, as many as ``rate_per_s`` × ``duration_s``.

    ``poisson`` has independent exponential gaps, as requests of many independent users have; ``constant`` equal ones.
    The same seed gives the same instants, so that two runners can be judged under the very same traffic.
    """
    number = max(1, round(rate_per_s * duration_s))
    if arrival == "constant":
        gaps_s = np.full(number, 1.0 / rate_per_s)
    else:
        gaps_s = np.random.default_rng(seed).exponential(1.0 / rate_per_s, number)
    offsets: np.ndarray = np.cumsum(gaps_s * 1e9).astype(np.int64)
    return offsets
