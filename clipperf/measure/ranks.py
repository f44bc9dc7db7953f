"""The rank of each value among all."""

from __future__ import annotations

import numpy as np


def ranks_of(values: np.ndarray) -> np.ndarray:
    """Float64 ranks from 1, equal values sharing the mean of theirs; statistics of them do not mind a long tail."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: np.ndarray = (np.cumsum(count) - (count - 1) / 2.0)[place.ravel()]
    return ranks
