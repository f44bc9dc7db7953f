"""One point measured several times by fresh workers, as one block of figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low

import numpy as np

from clipperf.analysis.compare_ratio import mean_of_runs
from clipperf.analysis.compare_runs import InWindow, Run, figure_of
from clipperf.analysis.compare_verdict import METRICS
from clipperf.analysis.operating_points import Figure, point_of
from clipperf.measure.clustering import inefficiencies
from clipperf.measure.percentile import percentiles
from clipperf.results.axes import Row
from clipperf.results.schema import PERCENTILES

_SHARES = {number: number / 100 for number in PERCENTILES}
_NS_PER_MS = 1e6


@dataclass(frozen=True)
class Block:
    """The figures of a point: samples/s, latencies in ms, ``latency_ms`` by number of the percentile.

    ``row`` is one of its repeats, for the axes; ``requests`` are those of all ``runs``; what no row tells is None.
    """

    row: Row
    runs: int
    requests: int | None
    qps: Figure
    mean_ms: float | None
    min_ms: float | None
    max_ms: float | None
    latency_ms: dict[int, Figure]


def block_of(runs: Sequence[Run]) -> Block:
    """The block of at least one run with figures.

    qps is the geometric mean of the runs, its interval from their spread. Latencies are those of the requests of all
    runs together, since percentiles must not be averaged; where raw samples are missing, as of most vendors' tools,
    those of the run whose qps is the lower median.
    """
    figures = [figure for run in runs if (figure := figure_of(run, METRICS["qps"])) is not None]
    mean = mean_of_runs(figures)
    qps = Figure(*(math.exp(log) for log in (mean.middle, mean.low, mean.high)))
    kept = [run.inside for run in runs if run.inside is not None]
    middle = median_low(run.row["qps"] for run in runs)
    row = next(run.row for run in runs if run.row["qps"] == middle)
    counts = [run.row["requests"] for run in runs]
    requests = None if None in counts else int(sum(counts))
    if len(kept) < len(runs):
        mean_ms, min_ms, max_ms = (row.get(f"latency_{name}_ms") for name in ("mean", "min", "max"))
        return Block(row, len(runs), requests, qps, mean_ms, min_ms, max_ms, point_of(row).latency_ms)
    return _pooled(kept, Block(row, len(runs), requests, qps, None, None, None, {}))


def _pooled(kept: Sequence[InWindow], told: Block) -> Block:
    # One run after the other, so that requests that depend on each other still stand together.
    latency_ns = np.concatenate([inside.samples.latency_ns for inside in kept])
    found = percentiles(np.sort(latency_ns), inefficiencies(latency_ns, list(_SHARES.values())))
    ms = latency_ns / _NS_PER_MS
    return Block(
        told.row,
        told.runs,
        len(latency_ns),
        told.qps,
        float(ms.mean()),
        float(ms.min()),
        float(ms.max()),
        {
            number: Figure(
                found[share].value / _NS_PER_MS,
                (found[share].low or 0.0) / _NS_PER_MS,
                math.inf if (high := found[share].high) is None else high / _NS_PER_MS,
            )
            for number, share in _SHARES.items()
        },
    )
