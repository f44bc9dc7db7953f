"""Nearest-rank percentiles with their two-sided order-statistic intervals."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Mapping

import numpy as np

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Percentile:
    """A percentile and its interval, in the unit of the values; a bound is None where the data can give none."""

    value: float
    low: float | None
    high: float | None


def nearest_rank(sorted_values: np.ndarray, share: float) -> float:
    """The smallest value with at least ``share`` (0 to 1) of the values at or below it: rank ceil(n·p)."""
    # The product is rounded first: 0.95 * 20 is 19.000000000000004 in binary and would take the 20th value.
    rank = math.ceil(round(sorted_values.size * share, 9))
    return float(sorted_values[max(rank, 1) - 1])


def percentiles(
    sorted_values: np.ndarray, inefficiencies: Mapping[float, float], confidence: float = CONFIDENCE
) -> dict[float, Percentile]:
    """The nearest-rank percentiles of sorted values by share, each with its interval of at least ``confidence``.

    The mapping says of each share how many of the values tell as much as an independent one (see ``clustering``). No
    quantile is below that of a smaller share, so what bounds one from below bounds all higher ones, and what bounds
    one from above all lower ones: slow requests that come together take bounds from p99 that p95 still has. The
    innermost of these ranks is taken. It holds as surely as for the share it comes from, since P(value of rank r > p99)
    ≤ P(value of rank r > p95), and the ranks follow from numbers alone: none is chosen because its value came out
    well.
    """
    number, shares = int(sorted_values.size), sorted(inefficiencies)
    ranks = [dependent_ranks(number, share, inefficiencies[share], confidence) for share in shares]
    lows = list(itertools.accumulate((low or 0 for low, _ in ranks), max))
    highs = list(itertools.accumulate((high or number + 1 for _, high in reversed(ranks)), min))[::-1]
    return {
        share: Percentile(
            nearest_rank(sorted_values, share),
            float(sorted_values[low - 1]) if low else None,
            float(sorted_values[high - 1]) if high <= number else None,
        )
        for share, low, high in zip(shares, lows, highs)
    }


def dependent_ranks(
    n: int, share: float, inefficiency: float, confidence: float = CONFIDENCE
) -> tuple[int | None, int | None]:
    """``interval_ranks`` of the independent requests that n are worth, at the same shares of n; those of n for 1."""
    if inefficiency <= 1.0:
        return interval_ranks(n, share, confidence)
    worth = max(1, round(n / inefficiency))
    low, high = interval_ranks(worth, share, confidence)
    # Rank r of w values stands for the share (r - 1/2)/w of them.
    each = n / worth
    return (
        None if low is None else max(1, round((low - 0.5) * each + 0.5)),
        None if high is None else min(n, round((high - 0.5) * each + 0.5)),
    )


@lru_cache(maxsize=1024)
def interval_ranks(n: int, share: float, confidence: float = CONFIDENCE) -> tuple[int | None, int | None]:
    """Ranks (from 1) of the order statistics that bracket the quantile; None where n is too small for that side.

    The number B of values below the quantile is binomial(n, share). The lower rank is the largest l with
    P(B < l) ≤ α/2, the upper the smallest u with P(B ≥ u) ≤ α/2 (Hahn and Meeker, Statistical Intervals, ch. 5).
    p90, p95 and p99 have an upper rank from n = 36, 72 and 368 on.
    """
    if n == 0:
        return None, None
    first, cumulative = _binomial_cdf(n, share)
    tail = (1.0 - confidence) / 2.0
    # cumulative[i] = P(B <= first + i); P(B < l) = P(B <= l - 1).
    below = int(np.searchsorted(cumulative, tail, side="right"))
    low = first + below
    above = int(np.searchsorted(cumulative, 1.0 - tail, side="left"))
    high = first + above + 1
    return (low if low >= 1 else None), (high if high <= n else None)


def _binomial_cdf(n: int, p: float) -> tuple[int, np.ndarray]:
    """P(B ≤ k) for k from ``first`` on, over ± 10 standard deviations, outside which less than 1e-22 lies."""
    reach = int(10 * math.sqrt(n * p * (1 - p))) + 10
    mode = min(int((n + 1) * p), n)
    first, last = max(0, mode - reach), min(n, mode + reach)
    k = np.arange(first, last + 1, dtype=np.float64)
    steps = np.log(n - k[:-1]) - np.log(k[:-1] + 1) + math.log(p) - math.log1p(-p)
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    mass = np.exp(logs - logs.max())
    return first, np.cumsum(mass) / mass.sum()
