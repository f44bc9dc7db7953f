"""Columns of text put together to a table for people, and the columns that name the cases in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from tabulate import tabulate

from clipperf.analysis.circumstances import LABEL, OPTION, circumstances, labels, varying
from clipperf.report.number import DASH
from clipperf.report.safe_text import safe_text

Style = Literal["plain", "github"]
_HEADINGS = {
    "queue_depth": "depth",
    "runner_version": "version",
    "offered_rate": "requests/s",
    "measured_by": "measured by",
    "run_id": "run",
    "model_sha256": "model file",
}
_SINGLE = ("instances", "queue_depth")
_ALWAYS = ("scope", "measured_by")
"""Have a column wherever they vary, also where the runner implies them: by them a reader knows what not to divide."""


@dataclass(frozen=True)
class Column:
    """A heading, a cell for each row, and the side they stand on."""

    heading: str
    cells: list[str]
    align: str = "right"


def grid_text(columns: Sequence[Column], style: Style) -> str:
    """The columns as a table."""
    return tabulate(
        list(zip(*([escape(cell, style) for cell in column.cells] for column in columns), strict=True)),
        headers=[escape(column.heading, style) for column in columns],
        # The format that tabulate calls github leaves out on which side the figures stand; GitHub reads both.
        tablefmt="pipe" if style == "github" else "simple",
        colalign=[column.align for column in columns],
        disable_numparse=True,
        preserve_whitespace=True,
    )


def escape(text: str, style: Style) -> str:
    """The text harmless for a terminal and for the table."""
    return safe_text(text).replace("|", "\\|") if style == "github" else safe_text(text)


def name_columns(rows: pd.DataFrame) -> list[Column]:
    """What tells the rows apart, batch size and repeat at the end; instances and depth also where all have several."""
    texts = circumstances(rows)
    shown = {*varying(texts), *(name for name in _SINGLE if not texts[name].isin(["1", ""]).all())}
    shown |= {name for name in _ALWAYS if texts[name].nunique() > 1}
    chosen = [str(name) for name in texts.columns if name in shown]
    names = [_name(_HEADINGS.get(name, name.removeprefix(OPTION)), texts[name]) for name in chosen if name != LABEL]
    if (called := labels(rows)).nunique() > 1:
        names.append(_name(LABEL.removeprefix(OPTION), called))
    names.append(_name("batch", rows["batch_size"]))
    return names + ([_name("repeat", rows["repeat"])] if rows["repeat"].nunique(dropna=False) > 1 else [])


def text_cells(column: pd.Series) -> list[str]:
    """The cells of a column as they are, a dash where one is missing."""
    return [DASH if pd.isna(value) or value == "" else safe_text(str(value)) for value in column]


def _name(heading: str, column: pd.Series) -> Column:
    cells = text_cells(column)
    is_numeric = all(cell == DASH or cell.replace(".", "", 1).isdecimal() for cell in cells)
    return Column(heading, cells, "right" if is_numeric else "left")
