"""A comparison of whole curves: the best throughput of each, and how it stands to the best of the same scope."""

from __future__ import annotations

import pandas as pd

from clipperf.analysis.series import measured
from clipperf.report.curve_axis import Axis
from clipperf.report.curve_facets import Facet, facets
from clipperf.report.number import DASH, figure
from clipperf.report.page.content import Cell, Column, Line, Table

_COLUMNS = (
    Column("curve"),
    Column("scope"),
    Column("throughput"),
    Column("best", is_figure=True),
    Column("of the best of its scope %", is_figure=True),
    Column("at"),
    Column("p50 ms there", is_figure=True),
    Column("p99 ms there", is_figure=True),
    Column("least p50 ms", is_figure=True),
)


def best_table(frame: pd.DataFrame) -> Table | None:
    """A line for each curve, None where there are not two; no ratio crosses a scope or a kind of throughput."""
    found = facets(frame.reset_index(drop=True))
    peaks: dict[tuple[str, str], float] = {}
    for facet in found:
        for curve in facet.curves:
            key = curve.scope, facet.rate
            peaks[key] = max(peaks.get(key, 0.0), float(measured(curve.rows)[facet.rate].max()))
    lines = [line for facet in found for line in _lines(facet, peaks)]
    caption = "Curves side by side; scopes are kept apart"
    return Table("curves", caption, _COLUMNS, lines) if len(lines) > 1 else None


def _lines(facet: Facet, peaks: dict[tuple[str, str], float]) -> list[Line]:
    lines = []
    for curve, name in zip(facet.curves, facet.names, strict=False):
        rows = measured(curve.rows)
        best = rows.iloc[int(rows[facet.rate].to_numpy().argmax())]
        rate = float(best[facet.rate])
        share = 100 * rate / peaks[curve.scope, facet.rate]
        least = rows["latency_p50_ms"].min()
        texts = [
            " · ".join(part for part in (facet.title, name) if part) or "all rows",
            curve.scope,
            facet.rate,
            figure(rate),
            figure(share, 3),
            _place(facet.axis, best),
            _shown(best["latency_p50_ms"]),
            _shown(best["latency_p99_ms"]),
            _shown(least),
        ]
        lines.append(Line([Cell(text) for text in texts]))
    return lines


def _place(axis: Axis, row: pd.Series) -> str:
    x = float(axis.x[axis.x.index == row.name].iloc[0])
    return f"batch {x:g}" if axis.is_batch else f"{axis.label.split(' (')[0]} {x:g}"


def _shown(value: float) -> str:
    return DASH if pd.isna(value) else figure(float(value))
