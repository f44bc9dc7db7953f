"""How dependence of the middle carries over to the tail, for values that depend as normal ones do."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

import numpy as np

_STEPS = 512
_NEGLIGIBLE = 1e-3


def indicator_correlation(correlation: np.ndarray, share: float) -> np.ndarray:
    """Correlation of 1{X ≤ q} and 1{Y ≤ q}, q the ``share`` quantile, where X and Y are jointly normal; from 0 to 1."""
    angles, table = _table(share)
    found: np.ndarray = np.interp(np.arcsin(correlation), angles, table)
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


@lru_cache(maxsize=64)
def _table(share: float) -> tuple[np.ndarray, np.ndarray]:
    """The correlation of the indicators over the arcsine of that of the values.

    Trapezoids over the angle in the formula of Plackett (Biometrika 41, 1954); a straight line for share 0.5.
    """
    quantile = NormalDist().inv_cdf(share)
    angles = np.linspace(0.0, math.pi / 2.0, _STEPS + 1)
    density = np.exp(-(quantile**2) / (1.0 + np.sin(angles))) / (2.0 * math.pi * share * (1.0 - share))
    strips = (density[1:] + density[:-1]) / 2.0 * angles[1]
    return angles, np.concatenate([[0.0], np.cumsum(strips)])
