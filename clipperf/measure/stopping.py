"""When the window has enough."""

from __future__ import annotations

import math

import numpy as np

from clipperf.measure.mean_interval import MeanInterval, mean_interval
from clipperf.measure.samples import Samples
from clipperf.measure.stop_rule import StopRule
from clipperf.measure.throughput import Rate, rate_of

GROWTH = 1.25
"""Each look has a quarter more requests than the one before; looking at every request would find a lucky one."""

FEWEST_EFFECTIVE = 30
"""Independent requests that a window must be worth: with fewer its own autocorrelation cannot be told."""

FEWEST_CYCLES = 10
"""Requests of every slot: with fewer it could not even be told whether the window was steady."""


def is_precise(rule: StopRule, inside: Samples, open_ns: int, slots: int) -> bool:
    """Whether the samples of the window tell its rate as precisely as asked.

    Stopping as soon as an interval is narrow stops where it is narrow by luck: 91.5 % were measured for a nominal 95 %.
    So precision is looked at only when the least number and duration are reached and at geometrically spaced numbers
    of requests from there, each time over exactly so many, however often this is called. It must hold for all of them
    and for the first four fifths alone, and they must be worth 30 independent requests, which an autocorrelation of 0.9
    reaches at about 570. The coverage that remains is in tests/benchmarks/coverage.md.

    In an open loop the rate is the schedule's, and the mean response time is asked for instead.
    """
    return Closing(rule, open_ns, slots).is_precise(inside)


class Closing:
    """When a window that opened at ``open_ns`` closes, asked while it grows; a checkpoint is judged once."""

    def __init__(self, rule: StopRule, open_ns: int, slots: int) -> None:
        self.open_ns = open_ns
        self._rule, self._slots = rule, slots
        self._number: int | None = None
        self._is_precise = False

    def is_due(self, inside: Samples, now_ns: int) -> bool:
        """Whether to stop now; ``inside`` are the samples that completed after the window opened.

        A window without any request gives no figure, so none is closed before its first, however long that takes: the
        case's time-out is there for devices that hang.
        """
        rule, length_ns = self._rule, now_ns - self.open_ns
        if rule.iterations is not None:
            return len(inside) >= rule.iterations
        if not len(inside):
            return False
        if rule.duration_ns is not None:
            return length_ns >= rule.duration_ns
        return length_ns >= rule.max_duration_ns or self.is_precise(inside)

    def is_precise(self, inside: Samples) -> bool:
        """As the function of that name."""
        number = _checkpoint(self._rule, inside.completed_ns, self.open_ns, self._slots)
        if number != self._number:
            self._number, self._is_precise = number, number is not None and self._holds(inside, number)
        return self._is_precise

    def _holds(self, inside: Samples, number: int) -> bool:
        now = _interval(inside, self.open_ns, self._slots, number)
        if now is None or not _is_narrow(now, self._rule) or now.effective < FEWEST_EFFECTIVE:
            return False
        before = _interval(inside, self.open_ns, self._slots, round(number / GROWTH))
        return before is not None and _is_narrow(before, self._rule)


def _checkpoint(rule: StopRule, completed_ns: np.ndarray, open_ns: int, slots: int) -> int | None:
    """The largest number of requests at which precision may be looked at, of those that are there; None before any.

    The last look is at all of them, when the longest duration has no room for one more.
    """
    long_enough = int(np.searchsorted(completed_ns, open_ns + rule.min_duration_ns)) + 1
    first = max(rule.min_requests, FEWEST_CYCLES * slots, long_enough)
    number = int(completed_ns.size)
    if number < first:
        return None
    if int(completed_ns[-1] - open_ns) * (number + 1) >= rule.max_duration_ns * number:
        return number
    looks = math.floor(math.log(number / first) / math.log(GROWTH) + 1e-9)
    return min(number, math.ceil(first * GROWTH**looks))


def _interval(inside: Samples, open_ns: int, slots: int, number: int) -> Rate | MeanInterval | None:
    if inside.is_open:
        return mean_interval(inside.latency_ns[:number])
    return rate_of(inside.completed_ns[:number], open_ns, slots)


def _is_narrow(found: Rate | MeanInterval, rule: StopRule) -> bool:
    return found.relative_half_width is not None and found.relative_half_width <= rule.target_ci
