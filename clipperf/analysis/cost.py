"""What measurements cost in seconds of the device: those that were made, and those that a whole grid would take."""

from __future__ import annotations

import math
from collections.abc import Iterable

from clipperf.measure.stop_rule import StopRule
from clipperf.measure.stopping import FEWEST_CYCLES, FEWEST_EFFECTIVE
from clipperf.results.axes import Row

_WARM_CYCLES = 2 * FEWEST_CYCLES
"""What an automatic warm-up looks at: the later half of it has to hold ten cycles of all slots."""


def spent_s(rows: Iterable[Row]) -> float:
    """Warm-up and window of the rows that have figures; what loading took is not in it."""
    return math.fsum(_requests_s(row, (row.get("requests") or 0) + (row.get("warmup_requests") or 0)) for row in rows)


def whole_s(row: Row, rule: StopRule) -> float:
    """How long the case of a measured row would take by ``rule``, so far as the row can tell; 0 without a rate."""
    if not row.get("requests_per_s"):
        return 0.0
    slots = slots_of(row)
    warm_s = max(rule.warmup_ns * 1e-9, _requests_s(row, rule.warmup_requests * slots))
    if rule.warmup_bound_ns is not None:
        warm_s = max(warm_s, min(rule.warmup_bound_ns * 1e-9, _requests_s(row, _WARM_CYCLES * slots)))
    return warm_s + _window_s(row, rule, slots)


def slots_of(row: Row) -> int:
    """All requests in flight."""
    return int(row["devices"] * row["instances"] * row["queue_depth"])


def _window_s(row: Row, rule: StopRule, slots: int) -> float:
    if rule.iterations is not None:
        return _requests_s(row, rule.iterations)
    if rule.duration_ns is not None:
        return rule.duration_ns * 1e-9
    longest_s = rule.max_duration_ns * 1e-9
    fewest = max(rule.min_requests, FEWEST_CYCLES * slots, FEWEST_EFFECTIVE)
    needed_s = max(rule.min_duration_ns * 1e-9, _requests_s(row, fewest))
    low, high, qps = row.get("qps_ci_low"), row.get("qps_ci_high"), row.get("qps")
    if low is not None and high is not None and qps and row["requests"] >= FEWEST_CYCLES * slots:
        # An interval narrows with the square root of the time; that of a few cycles is wide for being of a few.
        needed_s = max(needed_s, row["window_s"] * ((high - low) / 2 / qps / rule.target_ci) ** 2)
    return min(needed_s, longest_s)


def _requests_s(row: Row, requests: float) -> float:
    rate = row.get("requests_per_s")
    return requests / rate if rate else 0.0
