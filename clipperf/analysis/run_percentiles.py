"""Percentiles over several runs of fresh workers, bounded by what requests of a run and the runs themselves tell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from clipperf.analysis.compare_runs import InWindow
from clipperf.analysis.operating_points import Figure
from clipperf.measure.clustering import inefficiencies
from clipperf.measure.percentile import percentiles
from clipperf.results.schema import PERCENTILES

_SHARES = {number: number / 100 for number in PERCENTILES}
_NS_PER_MS = 1e6


def run_percentiles(kept: Sequence[InWindow], qps: Figure) -> Mapping[int, Figure]:
    """By number, the percentiles in ms of the requests of all runs together.

    How much requests depend on each other is asked within each run: requests of a fast run stand beside those of a slow
    one without depending on them. Requests drawn from runs in fixed numbers exceed a limit no more variably than those
    drawn from all alike (W. Hoeffding, On the distribution of the number of successes in independent trials, 1956), so
    the ranks hold for the runs made. For runs not made, bounds are widened by what the interval of the mean ``qps``
    allows.
    """
    of_runs = [inside.samples.latency_ns for inside in kept]
    sizes = np.array([latency_ns.size for latency_ns in of_runs], dtype=float)
    each = [inefficiencies(latency_ns, list(_SHARES.values())) for latency_ns in of_runs]
    mean = {share: float(np.average([one[share] for one in each], weights=sizes)) for share in _SHARES.values()}
    found = percentiles(np.sort(np.concatenate(of_runs)), mean)
    slower, faster = qps.value / qps.low if qps.low > 0 else math.inf, qps.value / qps.high
    told = {}
    for number, share in _SHARES.items():
        one = found[share]
        low = 0.0 if one.low is None else one.low / _NS_PER_MS * faster
        high = math.inf if one.high is None else one.high / _NS_PER_MS * slower
        told[number] = Figure(one.value / _NS_PER_MS, low, high)
    return told
