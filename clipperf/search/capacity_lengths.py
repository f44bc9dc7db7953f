"""How long a rate is measured: first for a glance, then longer where the glance does not say."""

from __future__ import annotations

from clipperf.measure.checks import FEWEST
from clipperf.measure.stop_rule import StopRule

_TIMES = 3
"""A glance has three times the requests that the percentile takes: they come together, and say less than so many."""

_SHORTEST_NS = 2_000_000_000
_GROWTH = 4
_NS_PER_S = 1_000_000_000


def windows_ns(rule: StopRule, percentile: int, rate_per_s: float) -> list[int]:
    """The lengths of the first, second … measurement of a rate; the last is the longest that the rule allows.

    Each is four times as long as the one before, and the last at least twice. One alone where the user fixed it.
    """
    if rule.duration_ns is not None or rule.iterations is not None:
        return [rule.duration_ns or round((rule.iterations or 0) / rate_per_s * _NS_PER_S)]
    window_ns = max(_SHORTEST_NS, round(_TIMES * FEWEST[percentile] / rate_per_s * _NS_PER_S))
    found = []
    while 2 * window_ns <= rule.max_duration_ns:
        found.append(window_ns)
        window_ns *= _GROWTH
    return [*found, rule.max_duration_ns]


def fewest_per_s(rule: StopRule, percentile: int) -> float:
    """The rate below which no window is long enough for an upper bound of the percentile, in requests/s."""
    if rule.iterations is not None:
        return 0.0
    longest_ns = rule.max_duration_ns if rule.duration_ns is None else rule.duration_ns
    return FEWEST[percentile] * _NS_PER_S / longest_ns
