"""The table of a frame for people: a caption, then a row for each case."""

from __future__ import annotations

import pandas as pd

from clipperf.analysis.circumstances import ordered
from clipperf.analysis.series import measured
from clipperf.analysis.speedup import speed_up
from clipperf.report.caption import requests, shared
from clipperf.report.grid import Column, Style, escape, grid_text, name_columns, text_cells
from clipperf.report.number import DASH, align_points, figure
from clipperf.report.scaling_text import scaling_columns
from clipperf.report.told_percentile import ToldPercentile, told_percentiles

INTERVAL = "± %"
_COSINE = "cosine"
_SAID = {INTERVAL: "± is the 95 % confidence interval", _COSINE: "cosine is that of the answers with fp32's"}
"""What the caption says of columns that need it."""


def table_text(frame: pd.DataFrame, style: Style = "plain") -> str:
    """The rows of a frame as text, ordered by circumstance, batch size and repeat, under a caption of what they share.

    Circumstances stand in the caption where all rows share them, else in a column; instances and depth in a column
    also when all rows have the same number other than 1. A percentile without an upper bound shows what it is at least
    behind ``≥``, see ``told_percentiles``. Rows without figures stay, with the cosine of their answers if that is why.
    """
    if frame.empty:
        return "no rows"
    rows = ordered(frame.reset_index(drop=True))
    columns = table_columns(rows)
    said = [sentence for heading, sentence in _SAID.items() if any(column.heading == heading for column in columns)]
    parts = [*shared(rows), requests(rows), *said]
    caption = escape(" · ".join(part for part in parts if part), style)
    return f"{caption}\n\n{grid_text(columns, style)}"


def table_columns(rows: pd.DataFrame) -> list[Column]:
    """The columns of the table: what tells the rows apart, their figures, and the status where it is not always ok."""
    columns = [*name_columns(rows), *_figures(rows)]
    if (rows["status"] != "ok").any():
        columns.append(Column("status", text_cells(rows["status"]), "left"))
    return columns


def _figures(rows: pd.DataFrame) -> list[Column]:
    told = measured(rows).reindex(rows.index)
    figures = [
        _figure("qps", told["qps"]),
        _interval(told, "qps"),
        _figure("qps (device compute)", told["qps_compute"]),
        _interval(told, "qps_compute"),
        *(_percentile(number, percentile) for number, percentile in told_percentiles(told).items()),
    ]
    faster = speed_up(rows)
    if faster:
        figures.append(_figure(faster.heading, faster.ratios))
    figures += scaling_columns(rows)
    figures.append(_figure("GFLOP/s", told["gflops_per_s"]))
    # Of all rows: it may be why one has no other figure.
    figures += [_cosine(_COSINE, rows["cosine_mean"]), _cosine(f"least {_COSINE}", rows["cosine_min"])]
    return [column for column in figures if any(cell.strip() != DASH for cell in column.cells)] or figures[:1]


def _figure(heading: str, values: pd.Series, digits: int = 4) -> Column:
    return Column(heading, align_points([figure(value, digits) for value in values]))


def _cosine(heading: str, values: pd.Series) -> Column:
    """Of decimals, not of digits: what matters is how far it is from 1."""
    return Column(heading, [DASH if pd.isna(value) else f"{value:.5f}" for value in values])


def _interval(rows: pd.DataFrame, rate: str) -> Column:
    # Half the width, as --target-ci and the warnings mean it, also where one side is the longer.
    half = (rows[f"{rate}_ci_high"] - rows[f"{rate}_ci_low"]) / 2
    return _figure(INTERVAL, 100 * half / rows[rate], digits=2)


def _percentile(number: int, told: ToldPercentile) -> Column:
    figures = zip(told.value_ms, told.is_bound, strict=True)
    cells = [f"≥ {figure(value)}" if is_bound else figure(value) for value, is_bound in figures]
    return Column(f"p{number} ms", align_points(cells))
