"""How long a search measures: glances that tell poor points, a closer look at good ones, and the answer in turn."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from clipperf.analysis.goal import Goal
from clipperf.measure.stop_rule import StopRule

_POWER = ("energy", "qps_per_watt", "power")
_POWER_NS = 2_000_000_000
"""Meters are read twice a second, and three readings all over a window make an energy."""

_BOUNDED_REQUESTS = 400
"""Enough to bound a p99 from above, which takes 368 independent ones, over the second measurements together."""


@dataclass(frozen=True)
class _Share:
    """A length as a share of the profile's own; ``requests`` are the least, ``warm_up`` a share of the automatic one."""

    length: float
    looseness: float
    requests: int
    window_ns: int
    warm_up: float


_GLANCE = _Share(1 / 20, 5.0, 20, 200_000_000, 0.2)
_CLOSER = _Share(1 / 10, 2.0, 30, 500_000_000, 0.5)
_FINAL = _Share(1 / 8, 2.0, 25, 250_000_000, 0.5)


def search_rule(rule: StopRule, goal: Goal, repeat: int) -> StopRule:
    """That of the first measurement of a case, a glance, or of any later one; ``rule`` is the profile's."""
    return _shortened(rule, goal, _GLANCE if repeat == 0 else _CLOSER)


def final_rule(rule: StopRule, goal: Goal, pairs: int) -> StopRule:
    """That of each of the ``pairs`` second measurements of the answer, which count together."""
    found = _shortened(rule, goal, _FINAL)
    if rule.is_fixed or not any(quantity.percentile for quantity in goal.quantities):
        return found
    return replace(found, min_requests=max(found.min_requests, math.ceil(_BOUNDED_REQUESTS / pairs)))


def _shortened(rule: StopRule, goal: Goal, share: _Share) -> StopRule:
    if rule.warmup_bound_ns is None:
        warmed = rule
    else:
        bound_ns = max(int(share.length * rule.warmup_bound_ns), 1)
        warmed = replace(rule, warmup_ns=int(share.warm_up * rule.warmup_ns), warmup_bound_ns=bound_ns)
    needs_power = any(quantity.name in _POWER for quantity in goal.quantities)
    if rule.iterations is not None:
        return replace(warmed, iterations=min(rule.iterations, max(share.requests, math.ceil(share.length * rule.iterations))))
    least_ns = _POWER_NS if needs_power else share.window_ns
    if rule.duration_ns is not None:
        return replace(warmed, duration_ns=min(rule.duration_ns, max(least_ns, int(share.length * rule.duration_ns))))
    return replace(
        warmed,
        target_ci=min(0.5, share.looseness * rule.target_ci),
        min_requests=share.requests,
        min_duration_ns=least_ns,
        max_duration_ns=max(least_ns, int(share.length * rule.max_duration_ns)),
    )
