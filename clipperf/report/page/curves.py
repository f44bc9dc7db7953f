"""The curves of a frame as charts: throughput, p50 and p99, or energy, over batch size or what else varies."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import groupby

import pandas as pd

from clipperf.analysis.series import Series, measured
from clipperf.report.curve_axis import Axis
from clipperf.report.curve_facets import Facet, facets
from clipperf.report.number import figure
from clipperf.report.page.content import Chart, Trace
from clipperf.report.told_percentile import told_percentiles
from clipperf.results.frame import Row, records

RATE_LABELS = {"qps": "samples/s, counted", "qps_compute": "samples/s, derived by a tool from device time"}
_LATENCIES = (50, 99)
_ENERGY = "energy_j_per_sample"

More = Callable[[Facet, str], Sequence[Trace]]
"""What else belongs into a chart of that column: the last good night, published references."""


def curve_charts(frame: pd.DataFrame, more: Sequence[More] = ()) -> list[Chart]:
    """A chart of the throughput for each scope and kind of throughput, and those of p50 and p99 beside it."""
    charts = []
    for facet in facets(frame.reset_index(drop=True)):
        charts.append(
            _chart(facet, RATE_LABELS[facet.rate], "Throughput", _traces(facet, facet.rate), facet.rate, more)
        )
        for percentile in _LATENCIES if facet.has_latency else ():
            column = f"latency_p{percentile}_ms"
            charts.append(
                _chart(facet, "ms a request", f"Latency, p{percentile}", _traces(facet, column), column, more)
            )
    return charts


def energy_charts(frame: pd.DataFrame) -> list[Chart]:
    """The energy of a sample, where a monitor read the power all over the window."""
    rows = frame[frame[_ENERGY].notna()]
    return [
        _chart(facet, "J a sample", "Energy", _traces(facet, _ENERGY), _ENERGY, ())
        for facet in facets(rows.reset_index(drop=True))
    ]


def _chart(facet: Facet, label: str, what: str, traces: Sequence[Trace], column: str, more: Sequence[More]) -> Chart:
    scopes = " · ".join(dict.fromkeys(f"scope {curve.scope}" for curve in facet.curves))
    parts = [what, *([facet.title] if facet.title else []), *([] if "scope" in facet.title else [scopes])]
    others = [trace for each in more for trace in each(facet, column)]
    return Chart(" · ".join(parts), facet.axis.label, label, facet.axis.is_batch, [*traces, *others])


def _traces(facet: Facet, column: str) -> list[Trace]:
    return [
        _trace(facet, number, curve, column)
        for number, curve in enumerate(facet.curves)
        if measured(curve.rows)[column].notna().any()
    ]


def _trace(facet: Facet, number: int, curve: Series, column: str) -> Trace:
    points = _points(curve, facet.axis, column)
    return Trace(
        name=facet.names[number] or "measured",
        role="now",
        style=number,
        x=[point["x"] for point in points],
        y=[point["y"] for point in points],
        text=[_said(point) for point in points],
        low=[point["low"] for point in points],
        high=[point["high"] for point in points],
    )


def _points(curve: Series, axis: Axis, column: str) -> list[Row]:
    """For every x the repeat in the middle, which was measured; a mean of percentiles is one of nothing.

    A percentile with too few requests stands at what it is at least.
    """
    told = measured(curve.rows)
    low, high = _bounds(column)
    points = pd.DataFrame(
        {
            "x": axis.x.loc[told.index],
            "y": told[column],
            "low": told.get(low),
            "high": told.get(high),
            "repeat": told["repeat"],
            "is_bound": False,
        }
    )
    if column.startswith("latency_p"):
        found = told_percentiles(told)[int(column.removeprefix("latency_p").removesuffix("_ms"))]
        points = points.assign(y=found.value_ms, is_bound=found.is_bound)
    points = points[points["y"] > 0].replace(math.inf, math.nan).sort_values(["x", "y"])
    groups = [[*own] for _, own in groupby(records(points), key=lambda point: point["x"])]
    return [own[(len(own) - 1) // 2] for own in groups]


def _said(point: Row) -> str:
    parts = [f"≥ {figure(point['y'])}" if point["is_bound"] else figure(point["y"])]
    if point["low"] is not None and point["high"] is not None:
        parts.append(f"({figure(point['low'])} to {figure(point['high'])})")
    if point["repeat"]:
        parts.append(f"repeat {point['repeat']}")
    return " ".join(parts)


def _bounds(column: str) -> tuple[str, str]:
    if column.endswith("_ms"):
        return column.replace("_ms", "_low_ms"), column.replace("_ms", "_high_ms")
    return f"{column}_ci_low", f"{column}_ci_high"
