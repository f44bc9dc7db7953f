"""The curves of a frame as a picture: throughput and latency over batch size."""

from __future__ import annotations

import warnings
from pathlib import Path
from textwrap import fill
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, SubFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from clipperf.report.caption import requests, shared
from clipperf.report.curve_facets import Facet, facets
from clipperf.report.curve_legend import handles_by_column, legend_rows
from clipperf.report.curve_panels import draw_knees, draw_latency, draw_rate
from clipperf.report.curve_scales import set_x_axis
from clipperf.report.safe_text import safe_text

_WIDTH_IN, _DPI = 10.7, 150
_PANEL_IN, _LEGEND_ROW_IN, _HEADER_IN = 3.8, 0.2, 1.0
_SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    # A dollar in a model's name is a dollar and no formula.
    "text.parse_math": False,
    # Without a salt the ids inside an SVG are random, and the same rows would give another file each time.
    "svg.hashsalt": "clipperf",
}
_TITLE = (
    "model", "runner", "precision", "device", "instances", "queue_depth", "loop", "arrival", "offered_rate", "options",
    "scope",
)  # fmt: skip


def draw_curve(frame: pd.DataFrame, folder: Path) -> list[Path]:
    """Writes ``curve.png`` and ``curve.svg`` into the folder and gives their paths; none where nothing was measured.

    The same frame gives the same bytes with the same matplotlib.
    """
    with mpl.rc_context(_SETTINGS), warnings.catch_warnings():
        # A name in a script that the font lacks shows as boxes; that is no reason to speak to the user of fonts.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure = curve_figure(frame)
        if figure is None:
            return []
        png, svg = folder / "curve.png", folder / "curve.svg"
        figure.savefig(png, dpi=_DPI, metadata={"Software": None})
        figure.savefig(svg, metadata={"Date": None})
    return [png, svg]


def curve_figure(frame: pd.DataFrame) -> Figure | None:
    """The figure of a frame, a pair of panels for every facet; None where nothing was measured."""
    pairs = facets(frame.reset_index(drop=True))
    if not pairs:
        return None
    legends = [legend_rows(pair) for pair in pairs]
    heights = [_PANEL_IN + _LEGEND_ROW_IN * len(rows) for rows in legends]
    size = (_WIDTH_IN, sum(heights) + _HEADER_IN)
    figure = Figure(size, layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.08))
    FigureCanvasAgg(figure)
    figure.suptitle(_title(frame), fontsize=11)
    figure.supxlabel(_footer(frame), fontsize=7, color="#555555", x=0.99, horizontalalignment="right")
    parts = figure.subfigures(len(pairs), 1, height_ratios=heights, squeeze=False)[:, 0]
    for part, pair, rows in zip(parts, pairs, legends, strict=True):
        _draw_pair(part, pair)
        if rows:
            handles, names = handles_by_column(rows)
            place: dict[str, Any] = {"loc": "outside lower center", "ncols": len(rows[0])}
            part.legend(handles, names, **place, frameon=False, fontsize=8, handlelength=3)
    return figure


def _draw_pair(part: SubFigure, pair: Facet) -> None:
    panels = part.subplots(1, 2 if pair.has_latency else 1, squeeze=False)[0]
    draw_rate(panels[0], pair)
    if len(panels) > 1:
        draw_latency(panels[1], pair)
    for panel in panels:
        set_x_axis(panel, pair.axis)
    draw_knees(panels, pair)
    if pair.title:
        part.suptitle(safe_text(pair.title), fontsize=10, x=0.01, horizontalalignment="left")


def _title(frame: pd.DataFrame) -> str:
    sizes = frame["batch_size"].dropna().unique()
    parts = [*shared(frame, _TITLE), *(f"batch {size}" for size in sizes if len(sizes) == 1)]
    return fill(safe_text(" · ".join(parts)), 110)


def _footer(frame: pd.DataFrame) -> str:
    days = sorted(frame["started_at"].dropna().str[:10].unique())
    parts = [
        requests(frame),
        *shared(frame, ("measured_by",)),
        *(f"clipperf {version}" for version in sorted(frame["clipperf_version"].dropna().unique())),
        " to ".join(dict.fromkeys([*days[:1], *days[-1:]])),
    ]
    return safe_text(" · ".join(part for part in parts if part))
