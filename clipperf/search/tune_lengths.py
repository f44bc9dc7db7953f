"""How long a search measures: glances that tell poor points, a closer look at good ones, and the answer in turn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from clipperf.analysis.cost import slots_of
from clipperf.analysis.goal import Goal
from clipperf.measure.stop_rule import StopRule
from clipperf.results.axes import Row

FINAL_SHARE = 0.06
"""What the second measurements of the answer may take of the time of the whole grid, all together."""

_POWER = ("energy", "qps_per_watt", "power")
_POWER_NS = 2_000_000_000
"""Meters are read twice a second, and three readings all over a window make an energy."""

BOUNDED_REQUESTS = 400
"""Enough to bound a p99 from above, which takes 368 independent ones."""

_CYCLES = 5.5
"""Of all slots in a window: below five there is no interval."""


@dataclass(frozen=True)
class _Length:
    """The window as a share of the profile's longest, or of the length that it fixes, and what it is at least.

    ``looseness`` is how much wider than asked for the interval may be; ``warm_up`` a share of the automatic one.
    """

    share: float
    looseness: float
    requests: int
    window_ns: int
    warm_up: float


_GLANCE = _Length(1 / 60, 8.0, 20, 200_000_000, 0.2)
_CLOSER = _Length(1 / 20, 3.0, 30, 400_000_000, 0.4)
_LAST = _Length(1 / 8, 2.0, 30, 400_000_000, 0.4)
_FINAL = _Length(1 / 8, 2.0, 25, 250_000_000, 0.4)


def search_rule(rule: StopRule, goal: Goal, before: Sequence[Row]) -> StopRule:
    """That of the next measurement of a case in a search: a glance, and longer the more it was measured ``before``.

    ``rule`` is the profile's.
    """
    length = (_GLANCE, _CLOSER, _LAST)[min(len(before), 2)]
    return _shortened(rule, goal, length, before)


def telling_rule(rule: StopRule, goal: Goal) -> StopRule:
    """That by which a whole grid would have an answer: under a limit of a percentile every case takes as many requests
    as bound it, since with fewer none is shown to hold it.
    """
    if rule.is_fixed or not any(constraint.quantity.percentile for constraint in goal.constraints):
        return rule
    return replace(rule, min_requests=max(rule.min_requests, BOUNDED_REQUESTS))


def longest_final_s(whole_s: float, pairs: int) -> float:
    """What the window of one second measurement may take where the whole grid would take ``whole_s``."""
    return FINAL_SHARE * whole_s / (3 * pairs)


def final_rule(rule: StopRule, goal: Goal, before: Sequence[Row], longest_s: float, requests: int = 0) -> StopRule:
    """That of one of the second measurements of a case, whose window takes ``longest_s`` at most.

    It takes longer where that would give no interval, or less than the ``requests`` that it is to have.
    """
    found = _shortened(rule, goal, _FINAL, before)
    if rule.is_fixed:
        return found
    least_ns = int(1.2 * _requests_ns(before, requests))
    longest_ns = max(found.min_duration_ns, int(longest_s * 1e9), _least_ns(before), least_ns)
    return replace(
        found,
        min_requests=max(found.min_requests, requests),
        max_duration_ns=min(longest_ns, max(found.max_duration_ns, least_ns)),
    )


def _shortened(rule: StopRule, goal: Goal, length: _Length, before: Sequence[Row]) -> StopRule:
    warmed = rule
    if rule.warmup_bound_ns is not None:
        bound_ns = int(max(length.share, length.warm_up / 10) * rule.warmup_bound_ns)
        warmed = replace(rule, warmup_ns=int(length.warm_up * rule.warmup_ns), warmup_bound_ns=bound_ns)
    if rule.iterations is not None:
        iterations = max(length.requests, math.ceil(length.share * rule.iterations))
        return replace(warmed, iterations=min(rule.iterations, iterations))
    needs_power = any(quantity.name in _POWER for quantity in goal.quantities)
    least_ns = _POWER_NS if needs_power else length.window_ns
    if rule.duration_ns is not None:
        return replace(warmed, duration_ns=min(rule.duration_ns, max(least_ns, int(length.share * rule.duration_ns))))
    longest_ns = min(rule.max_duration_ns, max(least_ns, int(length.share * rule.max_duration_ns), _least_ns(before)))
    return replace(
        warmed,
        target_ci=min(0.5, length.looseness * rule.target_ci),
        min_requests=length.requests,
        min_duration_ns=min(least_ns, longest_ns),
        max_duration_ns=longest_ns,
    )


def _least_ns(before: Sequence[Row]) -> int:
    """What gives an interval at all, by the rate that was seen."""
    return _requests_ns(before, _CYCLES * slots_of(before[0])) if before else 0


def _requests_ns(before: Sequence[Row], requests: float) -> int:
    rates = [row["requests_per_s"] for row in before if row.get("requests_per_s")]
    return int(requests / rates[-1] * 1e9) if rates else 0
