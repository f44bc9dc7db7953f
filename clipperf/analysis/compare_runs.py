"""The figures of single runs, each with its interval, and the run that stands for several in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low

import numpy as np

from clipperf.analysis.compare_ratio import Logarithm, logarithm
from clipperf.analysis.compare_verdict import Metric
from clipperf.measure.clustering import inefficiencies
from clipperf.measure.percentile import percentiles
from clipperf.measure.samples import Samples
from clipperf.measure.throughput import rate_of
from clipperf.results.axes import Row
from clipperf.results.schema import PERCENTILES

_NS_PER_MS = 1e6
_SHARES = {f"latency_p{number}_ms": number / 100 for number in PERCENTILES}


@dataclass(frozen=True)
class InWindow:
    """The requests that count; ``open_ns`` is when the window opened, ``slots`` the number of slots."""

    samples: Samples
    open_ns: int
    slots: int


@dataclass(frozen=True)
class Run:
    """A row with figures, and its raw samples where they were kept."""

    row: Row
    inside: InWindow | None


def in_window(samples: Samples, inside: np.ndarray) -> InWindow | None:
    """Those of all samples of a row that count; None where no window can be made out.

    A window opens at a completion, the last before those that count.
    """
    first = int(np.argmax(inside)) if inside.any() else 0
    if first == 0:
        return None
    return InWindow(samples.select(inside), int(samples.completed_ns[first - 1]), int(samples.slot.max()) + 1)


def figure_of(run: Run, metric: Metric) -> Logarithm | None:
    """A run's figure with the interval that its raw samples give, else its row; None where it has no such figure.

    The samples come first, since rows written by an older clipperf may hold intervals that it got in another way.
    """
    return _from_samples(run, metric.column) or _from_row(run.row, metric.column)


def middle_of(runs: Sequence[Run], metric: Metric) -> float | None:
    """The lower median of the rows: a run that was measured, where a mean of rates or percentiles would be of none."""
    values = [run.row[metric.column] for run in runs if run.row.get(metric.column) is not None]
    return float(median_low(values)) if values else None


def _from_samples(run: Run, column: str) -> Logarithm | None:
    if run.inside is None:
        return None
    samples = run.inside.samples
    if column in ("qps", "requests_per_s"):
        rate = rate_of(samples.completed_ns, run.inside.open_ns, run.inside.slots)
        return logarithm(rate.per_s, rate.low, rate.high, run.row["batch_size"] if column == "qps" else 1)
    if column in _SHARES:
        dependence = inefficiencies(samples.latency_ns, list(_SHARES.values()))
        found = percentiles(np.sort(samples.latency_ns), dependence)[_SHARES[column]]
        return logarithm(found.value, found.low, found.high, 1 / _NS_PER_MS)
    return None


def _from_row(row: Row, column: str) -> Logarithm | None:
    stem = column.removesuffix("_ms")
    is_rate = column in ("qps", "qps_compute")
    low, high = (f"{column}_ci_{side}" if is_rate else f"{stem}_{side}_ms" for side in ("low", "high"))
    return logarithm(row.get(column), row.get(low), row.get(high))
