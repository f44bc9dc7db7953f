"""What a step brings and costs: throughput for each doubling of the batch, latency for each extra sample a second."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from clipperf.analysis.operating_points import Figure, Point
from clipperf.analysis.pareto import PERCENTILE
from clipperf.results.axes import case_key


def gain_per_doubling(points: Iterable[Point]) -> dict[Point, Figure]:
    """For each point with a smaller batch beside it, all else equal: samples/s gained for each doubling of the batch.

    The next smaller batch counts; a step from 8 to 32 is two doublings, so half of its gain. The interval puts those of
    both points together (Zou and Donner, Statistics in Medicine 27, 2008), and may reach below 0.
    """
    lines: dict[str, list[Point]] = {}
    for point in points:
        lines.setdefault(case_key(point.row, ("batch_size",)), []).append(point)
    gains = {}
    for line in lines.values():
        by_batch = sorted(line, key=lambda point: int(point.row["batch_size"]))
        for smaller, larger in pairwise(by_batch):
            doublings = math.log2(larger.row["batch_size"] / smaller.row["batch_size"])
            if doublings > 0:
                gains[larger] = _difference(smaller.qps, larger.qps, doublings)
    return gains


def ms_per_qps(along: Sequence[Point]) -> dict[Point, float]:
    """For each point of a Pareto front but its first: ms of p99 paid for each sample/s gained over the one before."""
    return {
        point: (point.latency_ms[PERCENTILE].value - before.latency_ms[PERCENTILE].value)
        / (point.qps.value - before.qps.value)
        for before, point in pairwise(along)
    }


def _difference(from_: Figure, to: Figure, parts: float) -> Figure:
    middle = to.value - from_.value
    below = math.hypot(to.value - to.low, from_.high - from_.value)
    above = math.hypot(to.high - to.value, from_.value - from_.low)
    return Figure(middle / parts, (middle - below) / parts, (middle + above) / parts)
