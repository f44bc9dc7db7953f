"""The rows as a table of the page: the columns of the terminal's table, then energy, power and warnings."""

from __future__ import annotations

import pandas as pd

from clipperf.analysis.circumstances import ordered
from clipperf.report.grid import Column as TextColumn
from clipperf.report.number import DASH, align_points, figure
from clipperf.report.page.content import Cell, Column, Line, Table
from clipperf.report.table import table_columns
from clipperf.results.warning_cell import codes_in

_MORE = {
    "energy_j_per_sample": "J/sample",
    "power_w": "W",
    "device_util_pct": "device %",
    "device_memory_mb": "device MB",
    "cpu_pct": "cpu %",
    "rss_mb": "memory MB",
}


def rows_table(frame: pd.DataFrame, caption: str) -> Table:
    """A line for each row; its kind is its status."""
    rows = ordered(frame.reset_index(drop=True))
    columns = [*table_columns(rows), *_more(rows)]
    texts = zip(*([cell.strip() for cell in column.cells] for column in columns), strict=True)
    lines = [
        Line([Cell(text) for text in cells], str(status))
        for cells, status in zip(texts, rows["status"].fillna("no status"), strict=True)
    ]
    return Table("rows", caption, [Column(each.heading, each.align == "right") for each in columns], lines)


def _more(rows: pd.DataFrame) -> list[TextColumn]:
    found = [
        TextColumn(heading, align_points([figure(value) for value in rows[name]]))
        for name, heading in _MORE.items()
        if rows[name].notna().any()
    ]
    codes = [", ".join(sorted(codes_in(cell))) or DASH for cell in rows["warnings"]]
    return found + ([TextColumn("warnings", codes, "left")] if any(cell != DASH for cell in codes) else [])
