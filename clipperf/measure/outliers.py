"""Requests far slower than the others, and whether they come together."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

FAR_OUT = 3.0
"""Interquartile ranges beyond the third quartile (Tukey, Exploratory Data Analysis, ch. 2): one in 10⁶ if normal."""

MATERIAL = 1.1
"""And at least a tenth slower than the median: on a device without noise every microsecond is far out."""

FEWEST_REQUESTS = 20
_CLOSE = 0.05
_CLOSE_SHARE = 1.0 / 3.0
_CHANCE = 0.001


@dataclass(frozen=True)
class Outliers:
    """``number`` requests took over ``limit_ns``; ``in_bursts`` of them lie in ``bursts`` groups close together."""

    number: int
    limit_ns: float
    bursts: int
    in_bursts: int

    @property
    def come_in_bursts(self) -> bool:
        """Whether they lie together more than chance would have it."""
        return self.bursts > 0


def find_outliers(service_ns: np.ndarray) -> Outliers | None:
    """The far-out slow requests among service times in the order of time; None under 20 requests.

    Two are close when no more requests lie between them than separate the closest twentieth of outliers strewn at
    random. They come in bursts when a third or more are close to the one before, so many that chance has under one in
    a thousand (the binomial tail's bound by Hoeffding, Journal of the American Statistical Association 58, 1963).
    """
    number = int(service_ns.size)
    if number < FEWEST_REQUESTS:
        return None
    first, middle, third = np.percentile(service_ns, (25, 50, 75))
    limit_ns = max(float(third + FAR_OUT * (third - first)), MATERIAL * float(middle))
    places = np.flatnonzero(service_ns > limit_ns)
    found = int(places.size)
    if found < 2:
        return Outliers(found, limit_ns, 0, 0)
    density = found / number
    reach = max(1, round(-math.log1p(-_CLOSE) / -math.log1p(-density)))
    is_close = np.diff(places) <= reach
    close = int(is_close.sum())
    chance = binomial_tail(close, found - 1, 1.0 - (1.0 - density) ** reach)
    if close < _CLOSE_SHARE * (found - 1) or chance >= _CHANCE:
        return Outliers(found, limit_ns, 0, 0)
    bursts = int(is_close[0]) + int((is_close[1:] & ~is_close[:-1]).sum())
    return Outliers(found, limit_ns, bursts, close + bursts)


def binomial_tail(hits: int, trials: int, probability: float) -> float:
    """An upper bound of P(X ≥ hits) for binomial X; 1 where no more hits than expected."""
    share = hits / trials
    if share <= probability:
        return 1.0
    miss = (1.0 - share) * math.log((1.0 - share) / (1.0 - probability)) if share < 1.0 else 0.0
    return math.exp(-trials * (share * math.log(share / probability) + miss))
