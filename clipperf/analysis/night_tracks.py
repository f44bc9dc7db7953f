"""One figure of one series night by night, read from the rows of many nights."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from clipperf.analysis.compare_verdict import METRICS, Metric
from clipperf.analysis.operating_points import NOT_BELIEVED
from clipperf.results.axes import Row
from clipperf.results.schema import MEASURED
from clipperf.results.warning_cell import codes_in

WATCHED = tuple(METRICS[name] for name in ("qps", "qps_compute", "latency_p50_ms", "latency_p99_ms"))
"""The figures that are judged every night, where a row has them."""


@dataclass(frozen=True)
class Reading:
    """What a night says: the figure in the unit of its column, and the key of what has to stay the same."""

    night: date
    value: float
    circumstances: str


@dataclass(frozen=True)
class Track:
    """The readings of one figure of one series, at most one a night, oldest first."""

    series: str
    metric: Metric
    readings: tuple[Reading, ...]


def tracks_of(rows: Iterable[Row], metrics: Sequence[Metric] = WATCHED) -> list[Track]:
    """Every figure of every series that some night tells.

    ``rows`` carry ``series``, ``night``, ``circumstances``, ``status`` and ``warnings`` beside the figures and the
    bounds of percentiles. Of the repeats of a night the lower median counts, among those under the circumstances of the
    last one, since rates and percentiles are not averaged. Rows without figures do not count, nor those that contradict
    themselves, nor a percentile with too few requests for an upper bound.
    """
    by_series = groupby(sorted(rows, key=lambda row: (row["series"], row["night"])), key=lambda row: row["series"])
    return [track for series, own in by_series for track in _tracks(series, [*own], metrics)]


def _tracks(series: str, rows: Sequence[Row], metrics: Sequence[Metric]) -> Iterator[Track]:
    nights = [[*own] for _, own in groupby(filter(_counts, rows), key=lambda row: row["night"])]
    for metric in metrics:
        found = [reading for night in nights if (reading := _reading(night, metric))]
        if found:
            yield Track(series, metric, tuple(found))


def _reading(rows: Sequence[Row], metric: Metric) -> Reading | None:
    told = [row for row in rows if _is_told(row, metric)]
    if not told:
        return None
    last = told[-1]["circumstances"]
    values = sorted(float(row[metric.column]) for row in told if row["circumstances"] == last)
    return Reading(told[-1]["night"], values[(len(values) - 1) // 2], last)


def _counts(row: Row) -> bool:
    return row["status"] in MEASURED and not NOT_BELIEVED & codes_in(row.get("warnings"))


def _is_told(row: Row, metric: Metric) -> bool:
    value: Any = row.get(metric.column)
    if value is None or not math.isfinite(value) or value <= 0:
        return False
    bound = metric.column.replace("_ms", "_high_ms")
    high = row.get(bound, math.inf) if bound in row else value
    return high is not None and not math.isnan(high)
