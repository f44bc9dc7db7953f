"""Which rate to offer next: a pure function of the verdicts so far, so that a search can be gone on with after a kill.

First half the closed-loop maximum; from there down by halves or up until one rate is met and one is not; then the
middle of these two until they are close. Every rate that is not known is offered again, for longer, before the next.
When the bracket is narrow, both its ends are offered for as long as is allowed, since a glance is sometimes wrong, and
a search looks at many; what then turns out to be otherwise opens it again. At last the rates follow that the curve
still lacks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from clipperf.analysis.objective import MET, UNKNOWN

_UP = 1.25
_LOWEST_SHARE = 1 / 64
"""Below this share of the closed-loop maximum a device is idle all the time, and lower rates find it no idler."""

_CURVE = (0.25, 0.5, 0.75, 0.9, 1.0, 1.1)
"""Shares of the closed-loop maximum at which the curve should have a rate, and how near one has to be."""
_NEAR = 0.06


@dataclass(frozen=True)
class Offered:
    """A rate in requests/s that was offered; ``may_be_longer``: a longer measurement is still allowed."""

    rate: float
    outcome: str
    may_be_longer: bool


@dataclass(frozen=True)
class Bounds:
    """What may be offered, in requests/s: ``most`` is the closed-loop maximum, ``fewest`` the rate at which the longest
    window has as many requests as the percentile takes; ``low`` and ``high`` are the user's.

    The search ends when the two ends of the bracket differ by at most the share ``within``.
    """

    most: float
    fewest: float
    within: float
    low: float = 0.0
    high: float = math.inf

    @property
    def floor(self) -> float:
        """The lowest rate that is worth a try."""
        return rounded(min(max(self.low, self.fewest, _LOWEST_SHARE * self.most), self.high))

    @property
    def ceiling(self) -> float:
        """The highest rate that may be tried."""
        return rounded(self.high)


def next_rate(bounds: Bounds, tried: Sequence[Offered]) -> float | None:
    """The rate to offer next, in requests/s; None where the search is over."""
    for one in tried:
        if one.outcome == UNKNOWN and one.may_be_longer:
            return one.rate
    rate = _in_search(bounds, tried)
    if rate is not None:
        return rate
    met, not_met = _bracket(tried)
    for end in (met, not_met):
        if end is not None and end.may_be_longer:
            return end.rate
    return _on_curve(bounds, tried)


def rounded(rate: float) -> float:
    """Four significant digits: what is measured and what is told are one and the same rate."""
    return float(f"{rate:.4g}")


def _in_search(bounds: Bounds, tried: Sequence[Offered]) -> float | None:
    if bounds.fewest > max(bounds.most, bounds.low):
        return None
    lower, upper = _bracket(tried)
    if lower is None and upper is None:
        return min(rounded(max(bounds.most / 2, bounds.floor)), bounds.ceiling)
    if lower is None:
        assert upper is not None
        return None if upper.rate <= bounds.floor else rounded(max(upper.rate / 2, bounds.floor))
    met = lower.rate
    if upper is None:
        return None if met >= bounds.ceiling else min(rounded(max(bounds.most, _UP * met)), bounds.ceiling)
    not_met = upper.rate
    middle = rounded((met + not_met) / 2)
    return middle if not_met > (1.0 + bounds.within) * met and met < middle < not_met else None


def _bracket(tried: Sequence[Offered]) -> tuple[Offered | None, Offered | None]:
    """The highest rate that was met, and the lowest above it that was not."""
    met = max((one for one in tried if one.outcome == MET), key=_rate, default=None)
    above = (one for one in tried if one.outcome != MET and (met is None or one.rate > met.rate))
    return met, min(above, key=_rate, default=None)


def _rate(one: Offered) -> float:
    return one.rate


def _on_curve(bounds: Bounds, tried: Sequence[Offered]) -> float | None:
    for share in _CURVE:
        rate = rounded(share * bounds.most)
        is_new = all(abs(rate - one.rate) > _NEAR * bounds.most for one in tried)
        if is_new and bounds.low <= rate <= bounds.high:
            return rate
    return None
