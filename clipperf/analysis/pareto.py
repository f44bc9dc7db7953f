"""Throughput against latency: the points that no other beats in both, and those that are beaten for certain."""

from __future__ import annotations

from collections.abc import Iterable

from clipperf.analysis.knee import SHARE_OF_BEST
from clipperf.analysis.operating_points import Point

PERCENTILE = 99
"""Latency on the front is p99: what a promise to users is about."""


def front(points: Iterable[Point]) -> list[Point]:
    """The Pareto front by estimates, rising in p99 and qps: no point has more throughput at the same or less latency.

    Of points that are equal in both the cheapest stands for all.
    """
    rising = sorted(points, key=lambda point: (_latency(point), -point.qps.value, point.cost))
    kept: list[Point] = []
    for point in rising:
        if not kept or point.qps.value > kept[-1].qps.value:
            kept.append(point)
    return kept


def surely_beaten(points: Iterable[Point]) -> set[Point]:
    """The points that another beats for certain: in one of qps and p99 beyond both intervals, in the other no worse.

    An interval without an upper bound beats nothing in latency, so what was measured too shortly beats nobody.
    """
    known = list(points)
    return {point for point in known if any(_surely_beats(other, point) for other in known)}


def knee_of(points: Iterable[Point]) -> Point | None:
    """The point of least p99 with at least 95 % of the best qps; None below two points. It is always on the front."""
    along = front(points)
    if len(along) < 2:
        return None
    return next(point for point in along if point.qps.value >= SHARE_OF_BEST * along[-1].qps.value)


def _surely_beats(one: Point, other: Point) -> bool:
    (fast, slow), (short, long) = (one.qps, other.qps), (one.latency_ms[PERCENTILE], other.latency_ms[PERCENTILE])
    is_no_worse = fast.low >= slow.high and short.high <= long.low
    return is_no_worse and (fast.is_above(slow) or long.is_above(short))


def _latency(point: Point) -> float:
    return point.latency_ms[PERCENTILE].value
