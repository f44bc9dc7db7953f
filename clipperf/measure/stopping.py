"""When the warm-up ends and when the window has enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

import numpy as np

from clipperf.measure.throughput import rate_of


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


def is_warm(rule: StopRule, elapsed_ns: int, completed_per_slot: Sequence[int]) -> bool:
    """Whether every slot has done its share of the warm-up."""
    fewest = min(completed_per_slot)
    if rule.warmup_most_requests is not None and fewest >= rule.warmup_most_requests:
        return True
    return elapsed_ns >= rule.warmup_ns and fewest >= rule.warmup_requests


def is_precise(rule: StopRule, completed_ns: np.ndarray, open_ns: int, slots: int) -> bool:
    """Whether the rate's interval is within the target and the least duration and number are reached."""
    number = int(completed_ns.size)
    if not number or int(completed_ns[-1]) - open_ns < rule.min_duration_ns or number < rule.min_requests:
        return False
    half_width = rate_of(completed_ns, open_ns, slots).relative_half_width
    return half_width is not None and half_width <= rule.target_ci


def has_enough(rule: StopRule, completed_ns: np.ndarray, open_ns: int, now_ns: int, slots: int) -> bool:
    """Whether to stop now; ``completed_ns`` are the sorted completions after the window opened.

    A window without any request gives no figure, so none is closed before its first, however long that takes: the
    case's time-out is there for devices that hang.
    """
    number = int(completed_ns.size)
    if rule.iterations is not None:
        return number >= rule.iterations
    if not number:
        return False
    if rule.duration_ns is not None:
        return now_ns - open_ns >= rule.duration_ns
    return now_ns - open_ns >= rule.max_duration_ns or is_precise(rule, completed_ns, open_ns, slots)
