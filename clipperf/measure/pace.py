"""The course of a window: what its requests took, from its beginning to its end."""

from __future__ import annotations

import numpy as np

from clipperf.measure.batch_means import means_of
from clipperf.measure.ranks import ranks_of
from clipperf.measure.samples import Samples
from clipperf.measure.steadiness import CHANCE, FEWEST_CELLS, MOST_CELLS, TESTS, Steadiness, judge_steadiness
from clipperf.measure.steadiness_tests import slope_probability
from clipperf.measure.throughput import cycle_durations_s

_OPEN_CHANCE = CHANCE / 10.0
"""Near saturation a queue comes and goes in long waves, which no short series tells from a change."""


def pace_of(inside: Samples, open_ns: int, slots: int) -> np.ndarray:
    """At most 256 values in the order of time, each for equally many requests, larger meaning slower.

    In a closed loop the time they took, from the first completion after ``open_ns`` on; in an open loop, where the
    schedule sets the pace, their mean response time in ns.
    """
    if inside.is_open:
        return _averaged(inside.latency_ns)
    return cycle_durations_s(inside.completed_ns, open_ns, slots, MOST_CELLS)


def steadiness_of(inside: Samples, open_ns: int, slots: int) -> Steadiness | None:
    """Whether the requests of a window all met the same device; None where too few cycles tell.

    In an open loop service times are judged first, which a growing queue does not hide behind, then response times.
    False alarms there are under 1 % up to a load of 80 % from 1,000 requests on, and up to 4 % at 95 %.
    """
    if not inside.is_open:
        return judge_steadiness(pace_of(inside, open_ns, slots))
    of_service = judge_steadiness(_averaged(inside.service_ns), _OPEN_CHANCE)
    if of_service is not None and not of_service.is_steady:
        return of_service
    return judge_steadiness(_averaged(inside.latency_ns), _OPEN_CHANCE)


def drift_share(inside: Samples, open_ns: int, slots: int) -> float | None:
    """The change of the rate from the window's start to its end as a share, by linear fit; None where it is untold.

    That is under ten cycles, and where noise alone would make as clear a slope more often than the test of
    ``judge_steadiness`` lets pass. A line fits any noise with some slope: 20 % from end to end are nothing for 20
    requests that vary by 10 %, and such a figure beside a window called steady would be read as a finding.
    """
    durations_s = cycle_durations_s(inside.completed_ns, open_ns, slots, MOST_CELLS)
    if durations_s.size < FEWEST_CELLS or not durations_s.min() > 0.0:
        return None
    if slope_probability(ranks_of(durations_s)) >= CHANCE / TESTS:
        return None
    ends_s = np.cumsum(durations_s)
    middle_s = ends_s - durations_s / 2.0
    rate = 1.0 / durations_s
    off_s = middle_s - middle_s.mean()
    slope = float(off_s @ rate) / float(off_s @ off_s)
    at_start = float(rate.mean()) - slope * float(middle_s.mean())
    change = slope * float(ends_s[-1])
    return change / at_start if at_start > 0.0 else None


def _averaged(values_ns: np.ndarray) -> np.ndarray:
    return means_of(values_ns, max(1, -(-int(values_ns.size) // MOST_CELLS)))
