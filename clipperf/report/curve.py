"""The curves of a frame as a picture: throughput and latency over batch size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, SubFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from clipperf.report.curve_facets import Facet, facets
from clipperf.report.curve_legend import handles_by_column, legend_rows
from clipperf.report.curve_panels import draw_knees, draw_latency, draw_rate
from clipperf.report.curve_scales import set_x_axis
from clipperf.report.picture import WIDTH_IN, write_picture, write_title
from clipperf.report.safe_text import safe_text

_PANEL_IN, _LEGEND_ROW_IN, _HEADER_IN = 3.8, 0.2, 1.0


def draw_curve(frame: pd.DataFrame, folder: Path) -> list[Path]:
    """Writes ``curve.png`` and ``curve.svg`` into the folder and gives their paths; none where nothing was measured."""
    return write_picture(lambda: curve_figure(frame), folder, "curve")


def curve_figure(frame: pd.DataFrame) -> Figure | None:
    """The figure of a frame, a pair of panels for every facet; None where nothing was measured."""
    pairs = facets(frame.reset_index(drop=True))
    if not pairs:
        return None
    legends = [legend_rows(pair) for pair in pairs]
    heights = [_PANEL_IN + _LEGEND_ROW_IN * len(rows) for rows in legends]
    size = (WIDTH_IN, sum(heights) + _HEADER_IN)
    figure = Figure(size, layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.08))
    FigureCanvasAgg(figure)
    write_title(figure, frame)
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
