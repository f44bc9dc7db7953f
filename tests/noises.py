"""Service times of a known law, as shares of their mean, and the percentiles that they truly have."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from scipy.optimize import brentq
from scipy.signal import lfilter

Draw = Callable[[np.random.Generator, int, int], np.ndarray]
NORMAL = NormalDist()


@dataclass(frozen=True)
class Noise:
    """``draw`` gives service times of mean 1, shape (runs, requests); ``quantile`` is that of one service time.

    ``correlation`` is that of neighbours, of normal values.
    """

    name: str
    draw: Draw
    quantile: Callable[[float], float]
    correlation: float = 0.0

    def __str__(self) -> str:
        return self.name


def series(random: np.random.Generator, runs: int, requests: int, correlation: float) -> np.ndarray:
    """Standard normal values, each run an autoregressive process of first order from its steady state on."""
    shocks = random.standard_normal((runs, requests))
    shocks[:, 1:] *= math.sqrt(1.0 - correlation**2)
    return lfilter([1.0], [1.0, -correlation], shocks, axis=1) if correlation else shocks


def normal(deviation: float, correlation: float = 0.0) -> Noise:
    """Normal, each request like the one before by ``correlation``."""
    name = f"autocorrelated {correlation:g}" if correlation else "independent"
    return Noise(
        f"{name}, {100 * deviation:g} %",
        lambda random, runs, requests: 1.0 + deviation * series(random, runs, requests, correlation),
        lambda share: 1.0 + deviation * NORMAL.inv_cdf(share),
        correlation,
    )


def lognormal(deviation: float) -> Noise:
    """Skewed and independent."""
    return Noise(
        f"lognormal, {100 * deviation:g} %",
        lambda random, runs, requests: np.exp(deviation * series(random, runs, requests, 0.0) - deviation**2 / 2),
        lambda share: math.exp(deviation * NORMAL.inv_cdf(share) - deviation**2 / 2),
    )


def two_modes(slow_share: float, slower: float, stay: float | None = None) -> Noise:
    """A share of requests takes ``slower`` times as long, each mode with 1 % of deviation.

    Independently, or in stretches of 1/(1 - ``stay``) slow requests on average.
    """
    fast = 1.0 / (1.0 - slow_share + slow_share * slower)
    deviation = 0.01 * fast

    def draw(random: np.random.Generator, runs: int, requests: int) -> np.ndarray:
        is_slow = random.random((runs, requests)) < slow_share
        if stay is not None:
            chance = random.random((runs, requests))
            begins = (1.0 - stay) * slow_share / (1.0 - slow_share)
            for place in range(1, requests):
                is_slow[:, place] = chance[:, place] < np.where(is_slow[:, place - 1], stay, begins)
        return fast * np.where(is_slow, slower, 1.0) + deviation * random.standard_normal((runs, requests))

    def share_below(value: float) -> float:
        modes = NormalDist(fast, deviation), NormalDist(fast * slower, deviation)
        return (1.0 - slow_share) * modes[0].cdf(value) + slow_share * modes[1].cdf(value)

    name = "bimodal" if stay is None else "bimodal in stretches"
    return Noise(name, draw, lambda share: brentq(lambda value: share_below(value) - share, 0.0, 2.0 * slower))


def heavy_tail() -> Noise:
    """A floor of nine tenths, and lognormal with σ = 1 above it: every moment exists, the skewness is 6.2."""
    return Noise(
        "heavy tail (lognormal, σ = 1)",
        lambda random, runs, requests: 0.9 + 0.1 * np.exp(series(random, runs, requests, 0.0) - 0.5),
        lambda share: 0.9 + 0.1 * math.exp(NORMAL.inv_cdf(share) - 0.5),
    )


def pareto_tail(shape: float = 2.5) -> Noise:
    """The same floor, and Lomax above it: the variance is finite, the third moment is not."""
    unit = 0.1 * (shape - 1.0)
    return Noise(
        f"heavy tail (Pareto, shape {shape:g})",
        lambda random, runs, requests: 0.9 + unit * random.pareto(shape, (runs, requests)),
        lambda share: 0.9 + unit * ((1.0 - share) ** (-1.0 / shape) - 1.0),
    )


NOISES = (
    normal(0.02),
    normal(0.10),
    lognormal(0.10),
    normal(0.02, 0.5),
    normal(0.05, 0.5),
    normal(0.02, 0.9),
    normal(0.03, 0.9),
    two_modes(0.15, 1.3),
    heavy_tail(),
)
"""What the intervals are held to."""

HARDER = (pareto_tail(), two_modes(0.15, 1.3, stay=0.9))
"""What they are tried on besides."""
