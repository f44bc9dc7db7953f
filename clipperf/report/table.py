"""The table of a frame for people: a caption, then a row for each case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd
from tabulate import tabulate

from clipperf.analysis.circumstances import OPTION, circumstances, ordered, varying
from clipperf.analysis.series import measured
from clipperf.analysis.speedup import speed_up
from clipperf.report.caption import requests, shared
from clipperf.report.number import DASH, align_points, figure
from clipperf.report.safe_text import safe_text
from clipperf.results.schema import PERCENTILES

Style = Literal["plain", "github"]
INTERVAL = "± %"
_HEADINGS = {
    "queue_depth": "depth",
    "runner_version": "version",
    "offered_rate": "requests/s",
    "measured_by": "measured by",
    "run_id": "run",
    "model_sha256": "model file",
}
_SINGLE = ("instances", "queue_depth")


@dataclass(frozen=True)
class _Column:
    heading: str
    cells: list[str]
    align: str = "right"


def table_text(frame: pd.DataFrame, style: Style = "plain") -> str:
    """The rows of a frame as text, ordered by circumstance, batch size and repeat, under a caption of what they share.

    Circumstances stand in the caption where all rows share them, else in a column; instances and depth in a column
    also when all rows have the same number other than 1. A percentile without an upper bound shows its lower one
    behind ``≥``; one with neither bound, as vendors' tools give them, stands as it is. Rows without figures stay.
    """
    if frame.empty:
        return "no rows"
    rows = ordered(frame.reset_index(drop=True))
    figures = _figures(rows)
    columns = _names(rows) + figures
    if (rows["status"] != "ok").any():
        columns.append(_Column("status", _cells(rows["status"]), "left"))
    has_interval = any(column.heading == INTERVAL for column in figures)
    parts = [*shared(rows), requests(rows), "± is the 95 % confidence interval" if has_interval else ""]
    table = tabulate(
        list(zip(*([_escape(cell, style) for cell in column.cells] for column in columns), strict=True)),
        headers=[_escape(column.heading, style) for column in columns],
        # The format that tabulate calls github leaves out on which side the figures stand; GitHub reads both.
        tablefmt="pipe" if style == "github" else "simple",
        colalign=[column.align for column in columns],
        disable_numparse=True,
        preserve_whitespace=True,
    )
    return _escape(" · ".join(part for part in parts if part), style) + "\n\n" + table


def _names(rows: pd.DataFrame) -> list[_Column]:
    texts = circumstances(rows)
    shown = {*varying(texts), *(name for name in _SINGLE if not texts[name].isin(["1", ""]).all())}
    chosen = [str(name) for name in texts.columns if name in shown]
    names = [_name(_HEADINGS.get(name, name.removeprefix(OPTION)), texts[name]) for name in chosen]
    names.append(_name("batch", rows["batch_size"]))
    return names + ([_name("repeat", rows["repeat"])] if rows["repeat"].nunique(dropna=False) > 1 else [])


def _name(heading: str, column: pd.Series) -> _Column:
    cells = _cells(column)
    is_numeric = all(cell == DASH or cell.replace(".", "", 1).isdecimal() for cell in cells)
    return _Column(heading, cells, "right" if is_numeric else "left")


def _figures(rows: pd.DataFrame) -> list[_Column]:
    told = measured(rows).reindex(rows.index)
    half = pd.concat([told["qps_ci_high"] - told["qps"], told["qps"] - told["qps_ci_low"]], axis=1).max(axis=1)
    figures = [
        _figure("qps", told["qps"]),
        _figure(INTERVAL, 100 * half / told["qps"], digits=2),
        _figure("qps (device compute)", told["qps_compute"]),
        *(_percentile(told, percentile) for percentile in PERCENTILES),
    ]
    faster = speed_up(rows)
    if faster:
        figures.append(_figure(faster.heading, faster.ratios))
    figures.append(_figure("GFLOP/s", told["gflops_per_s"]))
    return [column for column in figures if any(cell.strip() != DASH for cell in column.cells)] or figures[:1]


def _figure(heading: str, values: pd.Series, digits: int = 4) -> _Column:
    return _Column(heading, align_points([figure(value, digits) for value in values]))


def _percentile(rows: pd.DataFrame, percentile: int) -> _Column:
    name = f"latency_p{percentile}"
    bounds = zip(rows[f"{name}_ms"], rows[f"{name}_low_ms"], rows[f"{name}_high_ms"], strict=True)
    cells = [f"≥ {figure(low)}" if pd.isna(high) and not pd.isna(low) else figure(value) for value, low, high in bounds]
    return _Column(f"p{percentile} ms", align_points(cells))


def _cells(column: pd.Series) -> list[str]:
    return [DASH if pd.isna(value) or value == "" else safe_text(str(value)) for value in column]


def _escape(text: str, style: Style) -> str:
    return safe_text(text).replace("|", "\\|") if style == "github" else safe_text(text)
