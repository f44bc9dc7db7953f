"""The operating points of a grid as a picture: throughput against p99, with the front, the modes and the knee."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Picture
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from clipperf.analysis.modes import MAX_THROUGHPUT, MIN_LATENCY, OBJECTIVE
from clipperf.analysis.modes_answer import Answer
from clipperf.analysis.operating_points import Figure, Point
from clipperf.analysis.pareto import PERCENTILE, front, knee_of
from clipperf.report.curve_scales import WIDE_RANGE, set_y_axis
from clipperf.report.curve_style import NEUTRAL, Style
from clipperf.report.notes import case_names
from clipperf.report.picture import WIDTH_IN, write_picture, write_title
from clipperf.results.frame import frame_of

_HEIGHT_IN = 5.6
_NAME_WIDTH = 34
_FAINT = "#8c8c8c"
_MARKS = {
    MAX_THROUGHPUT: Style("#c1121f", "s", ""),
    MIN_LATENCY: Style("#2a9d8f", "D", ""),
    OBJECTIVE: Style("#5a189a", "P", ""),
}
"""The looks of the second measurements: they differ in shape and lightness, so that grey suffices."""


def draw_pareto(answer: Answer, folder: Path) -> list[Path]:
    """Writes ``pareto.png`` and ``pareto.svg`` into the folder; none where the grid has no operating point."""
    return write_picture(lambda: pareto_figure(answer), folder, "pareto")


def pareto_figure(answer: Answer) -> Picture | None:
    """The figure of an answer; None where the grid has no operating point."""
    points = answer.found.grid.points
    if not points:
        return None
    frame = frame_of([point.row for point in points])
    figure = Picture((WIDTH_IN, _HEIGHT_IN), layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.08))
    FigureCanvasAgg(figure)
    write_title(figure, frame)
    # A part of its own, so that its legend and the foot of the figure keep clear of each other.
    part = figure.subfigures(1, 1, squeeze=False)[0, 0]
    axes = part.subplots()
    _draw_points(axes, points)
    _draw_front(axes, front(points))
    _draw_modes(axes, answer)
    _draw_knee(axes, points)
    if answer.objective is not None and answer.objective.percentile == PERCENTILE:
        look_of_limit: dict[str, Any] = {"color": "#555555", "linestyle": (0, (6, 2)), "linewidth": 1.3}
        axes.axvline(answer.objective.limit_ms, **look_of_limit, label=answer.objective.text)
    again = [block.qps.value for block in answer.blocks.values()]
    reach = pd.concat([frame["qps"], frame["qps_ci_high"], pd.Series(again, dtype="float64")])
    set_y_axis(axes, "throughput", "samples/s", reach.to_frame())
    _set_x_axis(axes, points)
    place: dict[str, Any] = {"loc": "outside right upper", "title": "front, by p99", "alignment": "left"}
    names = _number_front(axes, points)
    part.legend(handles=names, **place, frameon=False, fontsize=8, handlelength=0, handletextpad=0)
    legend: dict[str, Any] = {"loc": "outside lower center", "ncols": 3}
    part.legend(**legend, frameon=False, fontsize=8, handlelength=3, labelspacing=0.9)
    return figure


def _draw_points(axes: Axes, points: Sequence[Point]) -> None:
    for is_bounded in (True, False):
        chosen = [point for point in points if math.isfinite(_p99(point).high) == is_bounded]
        for point in chosen:
            place, reach = ([_p99(point).value], [point.qps.value]), (_reach(point.qps), _reach(_p99(point)))
            axes.errorbar(*place, *reach, fmt="none", ecolor=_FAINT, elinewidth=0.9, zorder=2)
        look = Style(NEUTRAL, "o" if is_bounded else ">", "").point(5, is_hollow=not is_bounded)
        if chosen:
            label = (
                "a point of the grid, with 95 % intervals" if is_bounded else "a point without an upper bound of p99"
            )
            x, y = [_p99(point).value for point in chosen], [point.qps.value for point in chosen]
            axes.plot(x, y, **look, label=label, zorder=4)


def _draw_front(axes: Axes, along: Sequence[Point]) -> None:
    """Stairs and no slope: between two points nothing was measured, and the lower one is what is to be had there."""
    x, y = [_p99(point).value for point in along], [point.qps.value for point in along]
    axes.step(x, y, where="post", color=NEUTRAL, linewidth=1.5, zorder=3, label="front: no other point beats these")


def _draw_modes(axes: Axes, answer: Answer) -> None:
    for mode, block in answer.blocks.items():
        latency = block.latency_ms.get(PERCENTILE)
        if latency is None:
            continue
        name = f"best under {answer.objective.text}" if mode == OBJECTIVE and answer.objective else mode
        look = _MARKS[mode].point(11, is_hollow=True) | {"markerfacecolor": "none", "markeredgewidth": 2}
        axes.plot([latency.value], [block.qps.value], **look, label=f"{name}, measured again", zorder=6)


def _draw_knee(axes: Axes, points: Sequence[Point]) -> None:
    knee = knee_of(points)
    if knee is None:
        return
    look = Style(NEUTRAL, "o", "").point(17, is_hollow=True) | {"markerfacecolor": "none", "markeredgewidth": 1.2}
    label = "knee: least p99 with 95 % of the best qps"
    axes.plot([_p99(knee).value], [knee.qps.value], **look, label=label, zorder=5)


def _number_front(axes: Axes, points: Sequence[Point]) -> list[Line2D]:
    """Numbers at the points of the front, and what they stand for as the entries of a legend.

    The names themselves would run into each other wherever the front is flat or steep.
    """
    frame = frame_of([point.row for point in points])
    entries = []
    for number, point in enumerate(front(points), 1):
        place = (_p99(point).value, point.qps.value)
        # Above and to the left of a front there is nothing, or it would be the front.
        offset: dict[str, Any] = {"xytext": (-13, 8), "textcoords": "offset points"}
        axes.annotate(str(number), place, **offset, fontsize=9, fontweight="bold", color=NEUTRAL, zorder=7)
        name = case_names(frame, [list(points).index(point)])
        entries.append(Line2D([], [], linestyle="", label=fill(f"{number}  {name or 'the only point'}", _NAME_WIDTH)))
    return entries


def _set_x_axis(axes: Axes, points: Sequence[Point]) -> None:
    values = [value for point in points for value in (_p99(point).value, _p99(point).high) if math.isfinite(value)]
    low, high = min(_p99(point).value for point in points), max(values)
    if high > WIDE_RANGE * low:
        axes.set_xscale("log")
        axes.set_xlim(low / 1.4, high * 1.6)
        axes.xaxis.set_major_locator(LogLocator(base=10, subs=(1, 2, 5)))
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        axes.set_xlim(0, 1.15 * high)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    scale = ", log scale" if high > WIDE_RANGE * low else ""
    axes.set_xlabel(f"p99 latency of a request (ms{scale})")


def _reach(figure: Figure) -> list[list[float]]:
    """How far the interval goes below and above; no whisker to a side without a bound."""
    below = figure.value - figure.low if figure.low > 0 else 0.0
    above = figure.high - figure.value if math.isfinite(figure.high) else 0.0
    return [[below], [above]]


def _p99(point: Point) -> Figure:
    return point.latency_ms[PERCENTILE]
