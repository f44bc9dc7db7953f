"""When the warm-up has ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clipperf.measure.pace import pace_of
from clipperf.measure.samples import Samples
from clipperf.measure.steadiness import judge_steadiness
from clipperf.measure.stop_rule import StopRule

AUTO_REQUESTS = 2
"""Of every slot: the first pays for whatever is made on first use."""

AUTO_NS = 500_000_000
"""Clocks rise and caches fill within tenths of a second; the judged half then has five windows of 50 ms."""

AUTO_SHARE = 0.2
"""The bound as a share of the longest window: warming up for longer would cost more than it can give."""

_MOST_REQUESTS = 10_000
"""Of every slot, however short the time: nothing that use makes faster needs more, and the record is finite."""

_CHANCE = 0.05
"""Passing too early costs the row its truth, passing a look too late costs a tenth of a second."""


@dataclass(frozen=True)
class WarmUp:
    """Whether the warm-up has ended, and ``how``: "fixed" by the user, found "steady", or at its "bound"."""

    ended: bool
    how: str


def judge_warmup(rule: StopRule, samples: Samples, slots: int, start_ns: int, now_ns: int) -> WarmUp:
    """Whether the load that began at ``start_ns`` is warm now, by all samples so far.

    Where the rule has a bound, the later half of the samples must pass the tests of ``judge_steadiness``, by rank and
    by value, which need ten cycles of all slots in it; the bound is also reached with 10,000 requests of every slot.
    The window that follows is tested again with its own, more numerous samples.
    """
    elapsed_ns = now_ns - start_ns
    fewest = int(np.bincount(samples.slot, minlength=slots).min())
    if rule.warmup_bound_ns is not None and fewest >= _MOST_REQUESTS:
        return WarmUp(True, "bound")
    if elapsed_ns < rule.warmup_ns or fewest < rule.warmup_requests:
        return WarmUp(False, "")
    if rule.warmup_bound_ns is None:
        return WarmUp(True, "fixed")
    half = len(samples) // 2
    if half:
        pace = pace_of(samples.select(slice(half, None)), int(samples.completed_ns[half - 1]), slots)
        found = [judge_steadiness(pace, _CHANCE, by_rank) for by_rank in (True, False)]
        if all(one is not None and one.is_steady for one in found):
            return WarmUp(True, "steady")
    return WarmUp(elapsed_ns >= rule.warmup_bound_ns, "bound")
