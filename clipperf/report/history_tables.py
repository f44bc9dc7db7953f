"""What the verbs of ``clipperf history`` print: short tables for people, every column for machines."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from clipperf.analysis.circumstances import words
from clipperf.analysis.story import Chapter
from clipperf.report.number import figure
from clipperf.report.records import records_text
from clipperf.report.safe_text import safe_text
from clipperf.results.frame import records

_DATA = ("csv", "json")
_LONGEST = 60
"""Characters of a cell in a table for people; csv and json have all."""


def runs_text(frame: pd.DataFrame, style: str) -> str:
    """The runs; for people without what is long, and ``nightly`` where a run is marked as a night's."""
    if style in _DATA:
        return records_text(_plain(frame), style)
    short = frame.assign(
        nightly=["yes" if nightly else "" for nightly in frame["is_nightly"]],
        run_id=frame["run_id"].map(_shortened),
    )
    return _table(short[["night", "nightly", "run_id", "host", "profile", "git_rev", "rows", "failed", "run"]], style)


def series_text(frame: pd.DataFrame, style: str) -> str:
    """The series; for people what all of them share stands above the table."""
    if style in _DATA:
        return records_text(_plain(frame), style)
    varying = [name for name in _axes(frame) if name == "model" or not _is_shared(frame[name])]
    caption = series_caption(frame.drop(columns="model"))
    table = _table(frame[["series", *varying, "first_night", "last_night"]], style)
    return f"{caption}\n\n{table}" if caption else table


def series_caption(frame: pd.DataFrame) -> str:
    """What all series of a frame share, in words."""
    shared = {name: _cell(frame[name].iloc[0]) for name in _axes(frame) if len(frame) and _is_shared(frame[name])}
    said = [f"batch {cell}" if name == "batch_size" else words(name, cell) for name, cell in shared.items() if cell]
    return _shortened(safe_text(" · ".join(said)), 4 * _LONGEST)


def texts_text(frame: pd.DataFrame, style: str) -> str:
    """Annotations or acknowledgements, their texts whole."""
    return records_text(_plain(frame), style) if style in _DATA else _table(frame, style, longest=None)


def story_text(story: Sequence[Chapter], headings: Mapping[str, str], style: str) -> str:
    """A series run by run; ``headings`` are those of its metrics for people."""
    if style in _DATA:
        return records_text(
            [
                {
                    "night": str(one.night),
                    "run_id": one.run_id,
                    "is_nightly": one.is_nightly,
                    "status": one.status,
                    **{name: one.figures.get(name) for name in headings},
                    "remarks": "; ".join(one.remarks) if style == "csv" else list(one.remarks),
                }
                for one in story
            ],
            style,
        )
    lines = [
        {
            "night": str(one.night),
            "nightly": "yes" if one.is_nightly else "",
            "run": _shortened(one.run_id),
            "status": one.status,
            **{heading: figure(one.figures.get(name, math.nan)) for name, heading in headings.items()},
            "remarks": "; ".join(one.remarks),
        }
        for one in story
    ]
    return records_text(lines, style) if lines else "no rows"


def _axes(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame.columns if name not in ("series", "first_night", "last_night")]


def _is_shared(column: pd.Series) -> bool:
    return bool(column.astype("string").nunique(dropna=False) == 1)


def _table(frame: pd.DataFrame, style: str, longest: int | None = _LONGEST) -> str:
    lines = [{name: _shortened(_cell(cell), longest) for name, cell in row.items()} for row in _plain(frame)]
    return records_text(lines, style) if lines else "none"


def _plain(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {name: value if isinstance(value, bool | int | float | None) else str(value) for name, value in row.items()}
        for row in records(frame)
    ]


def _cell(value: Any) -> str:
    return "" if pd.isna(value) or value == "{}" else f"{value:.10g}" if isinstance(value, float) else str(value)


def _shortened(text: str, longest: int | None = _LONGEST) -> str:
    return text if longest is None or len(text) <= longest else f"{text[: longest - 1]}…"
