"""How dependence of the middle carries over to the tail, for values that depend as normal ones do."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

_INTERVALS = 64
_WEIGHTS = np.array([1.0, *([4.0, 2.0] * (_INTERVALS // 2 - 1)), 4.0, 1.0]) / (3.0 * _INTERVALS)
_GRID = np.linspace(0.0, 1.0, _INTERVALS + 1)
_NEGLIGIBLE = 1e-3


def indicator_correlation(correlation: np.ndarray, share: float) -> np.ndarray:
    """Correlation of 1{X ≤ q} and 1{Y ≤ q}, q the ``share`` quantile, for jointly normal X and Y; values from 0 to 1.

    Simpson's rule over the angle in the formula of Plackett (Biometrika 41, 1954), exact for share 0.5.
    """
    quantile = NormalDist().inv_cdf(share)
    angle = np.arcsin(correlation)
    density = np.exp(-(quantile**2) / (1.0 + np.sin(np.outer(angle, _GRID))))
    found: np.ndarray = angle * (density @ _WEIGHTS) / (2.0 * math.pi * share * (1.0 - share))
    return found


def tail_inefficiency(inefficiency: float, share: float) -> float:
    """How many dependent requests tell as much about a percentile as one independent request, at least 1.

    ``inefficiency`` is the same for the mean of the ranks. Dependence is taken to be of first order with that
    inefficiency, and to fade towards the tail as between normal values.
    """
    correlation = (inefficiency - 1.0) / (inefficiency + 1.0)
    if correlation <= 0.0:
        return 1.0
    lags = 1 + int(math.log(_NEGLIGIBLE) / math.log(correlation))
    at_lag = correlation ** np.arange(1, lags + 1)
    return 1.0 + 2.0 * float(indicator_correlation(at_lag, share).sum())
