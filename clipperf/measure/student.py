"""Student's t distribution for whole degrees of freedom, in closed form."""

from __future__ import annotations

import math
from functools import lru_cache


def t_cdf(t: float, freedom: int) -> float:
    """P(T ≤ t), by the finite series of Abramowitz and Stegun, 26.7.3 and 26.7.4."""
    theta = math.atan2(t, math.sqrt(freedom))
    sine, cosine_squared = math.sin(theta), math.cos(theta) ** 2
    if freedom % 2:
        term, total = math.cos(theta), 0.0
        for k in range(1, (freedom - 1) // 2 + 1):
            total += term
            term *= cosine_squared * (2 * k) / (2 * k + 1)
        between = 2.0 / math.pi * (theta + sine * total)
    else:
        term, total = 1.0, 0.0
        for k in range(1, freedom // 2 + 1):
            total += term
            term *= cosine_squared * (2 * k - 1) / (2 * k)
        between = sine * total
    return 0.5 + between / 2.0


@lru_cache(maxsize=1024)
def t_quantile(probability: float, freedom: int) -> float:
    """The t with P(T ≤ t) = ``probability`` (0.5 to 1, both excluded), by bisection to double precision."""
    low, high = 0.0, 1.0
    while t_cdf(high, freedom) < probability:
        low, high = high, 2.0 * high
    while low < (middle := (low + high) / 2.0) < high:
        if t_cdf(middle, freedom) < probability:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0
