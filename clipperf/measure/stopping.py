"""When the warm-up ends and when the window has enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clipperf.measure.samples import Samples
from clipperf.measure.throughput import rate_of


@dataclass(frozen=True)
class WarmUp:
    """Whether the warm-up has ended, and ``how``: fixed by the user, found steady, or at its bound."""

    ended: bool
    how: str


@dataclass(frozen=True)
class StopRule:
    """``iterations`` or ``duration_ns`` fix the length, as the vendors' tools do; without both, precision decides.

    Then the window closes when the 95 % interval of the rate is within ±``target_ci`` of it and the least duration
    and number of requests are reached, or at ``max_duration_ns``. A warm-up takes ``warmup_requests`` of every slot
    and ``warmup_ns``, whichever is later, but no more than ``warmup_most_requests`` of every slot where that is given.
    """

    warmup_requests: int
    warmup_ns: int
    warmup_most_requests: int | None = None
    iterations: int | None = None
    duration_ns: int | None = None
    target_ci: float = 0.01
    min_requests: int = 100
    min_duration_ns: int = 2_000_000_000
    max_duration_ns: int = 30_000_000_000

    @property
    def is_fixed(self) -> bool:
        """Whether the user fixed the length, so that precision is not asked for."""
        return self.iterations is not None or self.duration_ns is not None


def judge_warmup(rule: StopRule, samples: Samples, slots: int, start_ns: int, now_ns: int) -> WarmUp:
    """Whether the load that began at ``start_ns`` is warm now, by all samples so far."""
    fewest = int(np.bincount(samples.slot, minlength=slots).min())
    if rule.warmup_most_requests is not None and fewest >= rule.warmup_most_requests:
        return WarmUp(True, "bound")
    return WarmUp(now_ns - start_ns >= rule.warmup_ns and fewest >= rule.warmup_requests, "fixed")


def is_precise(rule: StopRule, inside: Samples, open_ns: int, slots: int) -> bool:
    """Whether the rate's interval is within the target and the least duration and number are reached."""
    number = len(inside)
    if number < rule.min_requests or int(inside.completed_ns[-1]) - open_ns < rule.min_duration_ns:
        return False
    half_width = rate_of(inside.completed_ns, open_ns, slots).relative_half_width
    return half_width is not None and half_width <= rule.target_ci


def has_enough(rule: StopRule, inside: Samples, open_ns: int, now_ns: int, slots: int) -> bool:
    """Whether to stop now; ``inside`` are the samples that completed after the window opened.

    A window without any request gives no figure, so none is closed before its first, however long that takes: the
    case's time-out is there for devices that hang.
    """
    if rule.iterations is not None:
        return len(inside) >= rule.iterations
    if not len(inside):
        return False
    if rule.duration_ns is not None:
        return now_ns - open_ns >= rule.duration_ns
    return now_ns - open_ns >= rule.max_duration_ns or is_precise(rule, inside, open_ns, slots)
