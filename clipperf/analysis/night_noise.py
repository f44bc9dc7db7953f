"""How much a series varies from night to night where nothing changes."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_NORMAL_MAD = 1.4826
_NORMAL_QN = 2.2219
_SMALL_QN = {2: 0.399, 3: 0.994, 4: 0.512, 5: 0.844, 6: 0.611, 7: 0.857, 8: 0.669, 9: 0.872}
LEAST = 0.002
"""Less is not believed of any machine: a device without noise would make a regression of a rounded digit."""


def rough_noise(values: NDArray[np.float64]) -> float:
    """Standard deviation from the differences between neighbours, which a few steps and bad nights leave alone."""
    differences = np.diff(values)
    return max(LEAST, _NORMAL_MAD * float(np.median(np.abs(differences))) / math.sqrt(2))


def noise_about(levels: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """Standard deviation of the values about their levels, bad nights hardly counting.

    It is Qn of Rousseeuw and Croux (JASA 88, 1993) with their factors for few values: 82 % as exact as the ordinary
    standard deviation for normal noise, and half of all nights may be bad.
    """
    residuals = values - levels
    count = len(residuals)
    first, second = np.triu_indices(count, 1)
    half = count // 2 + 1
    pairs = np.sort(np.abs(residuals[first] - residuals[second]))
    middle = float(pairs[math.comb(half, 2) - 1])
    return max(LEAST, _NORMAL_QN * _for_few(count) * middle)


def _for_few(count: int) -> float:
    if count in _SMALL_QN:
        return _SMALL_QN[count]
    return count / (count + (1.4 if count % 2 else 3.8))
