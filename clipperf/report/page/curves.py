"""The curves of a frame as charts: throughput, p50 and p99, or energy, over batch size or what else varies."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pandas as pd

from clipperf.analysis.series import Series, measured
from clipperf.report.curve_facets import Facet, facets
from clipperf.report.number import figure
from clipperf.report.page.content import Chart, Trace
from clipperf.report.told_percentile import told_percentiles

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
    rows = _told(curve.rows, column)
    x = facet.axis.x.loc[rows.index]
    # The line goes through the repeat in the middle, which was measured; a mean of percentiles is of nothing.
    order = rows.assign(_x=x).sort_values(["_x", column])
    middles = [group.iloc[(len(group) - 1) // 2] for _, group in order.groupby("_x")]
    low, high = _bounds(column)
    has_bounds = low in rows.columns and high in rows.columns
    return Trace(
        name=facet.names[number] or "measured",
        role="now",
        style=number,
        x=[float(row["_x"]) for row in middles],
        y=[float(row[column]) for row in middles],
        text=[_said(row, column) for row in middles],
        low=[_number(row[low]) for row in middles] if has_bounds else (),
        high=[_number(row[high]) for row in middles] if has_bounds else (),
    )


def _told(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows that tell the figure; a percentile with too few requests is what it is at least."""
    told = measured(rows)
    if column.startswith("latency_p"):
        found = told_percentiles(told)[int(column.removeprefix("latency_p").removesuffix("_ms"))]
        told = told.assign(**{column: found.value_ms, "_is_bound": found.is_bound})
    return told[told[column].notna() & (told[column] > 0)]


def _said(row: pd.Series, column: str) -> str:
    parts = [f"{'≥ ' if row.get('_is_bound') is True or row.get('_is_bound') == 1 else ''}{figure(float(row[column]))}"]
    low, high = (_number(row.get(name)) for name in _bounds(column))
    if low is not None and high is not None:
        parts.append(f"({figure(low)} to {figure(high)})")
    if row["repeat"] is not pd.NA and row["repeat"]:
        parts.append(f"repeat {row['repeat']}")
    return " ".join(parts)


def _bounds(column: str) -> tuple[str, str]:
    if column.endswith("_ms"):
        return column.replace("_ms", "_low_ms"), column.replace("_ms", "_high_ms")
    return f"{column}_ci_low", f"{column}_ci_high"


def _number(value: object) -> float | None:
    if value is None or value is pd.NA:
        return None
    number = float(value)  # type: ignore[arg-type]
    return number if math.isfinite(number) else None
