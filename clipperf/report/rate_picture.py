"""p50 and p99 against the offered rate as a picture, a panel for each configuration, with what was found."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Picture
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from clipperf.analysis.capacity import Capacity, Trial
from clipperf.analysis.objective import Objective
from clipperf.report.capacity_sentences import configuration_names
from clipperf.report.capacity_words import share_text
from clipperf.report.curve_scales import set_y_axis
from clipperf.report.curve_style import NEUTRAL, STYLES
from clipperf.report.picture import WIDTH_IN, write_picture, write_title
from clipperf.report.safe_text import safe_text
from clipperf.results.frame import frame_of

_PANEL_IN, _SINGLE_IN, _REST_IN = 3.4, 4.4, 1.4
_DRAWN = (50, 99)
_BRACKET = "#e6e6e6"
_MET: dict[str, Any] = {"color": NEUTRAL, "linestyle": "-", "linewidth": 2.0}
_LIMIT: dict[str, Any] = {"color": "#555555", "linestyle": (0, (6, 2)), "linewidth": 1.3}
_MOST: dict[str, Any] = {"color": "#555555", "linestyle": (0, (1, 1.6)), "linewidth": 1.6}


def draw_rate_picture(found: Sequence[Capacity], objective: Objective, folder: Path) -> list[Path]:
    """Writes ``rate.png`` and ``rate.svg`` into the folder; none where no rate has figures."""
    return write_picture(lambda: rate_figure(found, objective), folder, "rate")


def rate_figure(found: Sequence[Capacity], objective: Objective) -> Picture | None:
    """The figure of the configurations that have rates with figures; None where none has."""
    numbers = sorted({*_DRAWN, objective.percentile})
    names = dict(zip(found, configuration_names(found), strict=True))
    shown = [one for one in found if any(_told(one, number) for number in numbers)]
    if not shown:
        return None
    frame = frame_of([trial.row for one in shown for trial in one.trials])
    wide = min(2, len(shown))
    rows = -(-len(shown) // wide)
    height = (_SINGLE_IN if len(shown) == 1 else rows * _PANEL_IN) + _REST_IN
    figure = Picture((WIDTH_IN, height), layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.08))
    FigureCanvasAgg(figure)
    write_title(figure, frame)
    # A part of its own, so that its legend and the foot of the figure keep clear of each other.
    part = figure.subfigures(1, 1, squeeze=False)[0, 0]
    panels = part.subplots(rows, wide, squeeze=False).flat
    for one, axes in zip(shown, panels, strict=False):
        _draw(axes, one, objective, numbers)
        # Panels are read against each other.
        set_y_axis(axes, "latency of a request", "ms", _reach(shown, objective, numbers))
        heading = [safe_text(part) for part in (names[one], _heading(one, objective)) if part]
        axes.set_title("\n".join(heading), fontsize=9)
    for axes in list(panels)[len(shown) :]:
        axes.set_visible(False)
    handles = _handles(shown, objective, numbers)
    place: dict[str, Any] = {"loc": "outside lower center", "ncols": min(4, len(handles))}
    part.legend(handles=handles, **place, frameon=False, fontsize=8, handlelength=3)
    return figure


def _draw(axes: Axes, one: Capacity, objective: Objective, numbers: Sequence[int]) -> None:
    for style, number in zip(STYLES, numbers, strict=False):
        told = _told(one, number)
        x, y = [trial.rate for trial in told], [trial.latency(number).value for trial in told]
        axes.plot(x, y, **style.stroke(1.5), zorder=3)
        for trial, rate, value in zip(told, x, y, strict=True):
            latency = trial.latency(number)
            reach = [[value - latency.low if latency.low > 0 else 0.0], [_above(latency.high, value)]]
            axes.errorbar([rate], [value], reach, fmt="none", ecolor=style.colour, elinewidth=0.9, capsize=2, zorder=2)
            axes.plot([rate], [value], **style.point(4.5, _is_open(trial, number)), zorder=4)
    axes.axhline(objective.limit_ms, **_LIMIT, zorder=1.8)
    if one.most_per_s is not None:
        axes.axvline(one.most_per_s.value, **_MOST, zorder=1.8)
    if one.met is not None:
        axes.axvline(one.met.rate, **_MET, zorder=1.8)
    if one.met is not None and (end := one.missed or one.not_met) is not None:
        axes.axvspan(one.met.rate, max(one.met.rate, end.rate), color=_BRACKET, linewidth=0, zorder=0)
    most = one.most_per_s.value if one.most_per_s is not None else 0.0
    axes.set_xlim(0, 1.06 * max(most, *(trial.rate for trial in one.trials)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.set_xlabel("offered rate (requests/s)")


def _heading(one: Capacity, objective: Objective) -> str:
    if one.met is None:
        return f"{objective.text}: {one.outcome}"
    share = share_text(one.utilisation(one.met))
    return f"{objective.text} up to {one.met.rate:.4g} requests/s, {share} of the maximum"


def _handles(shown: Sequence[Capacity], objective: Objective, numbers: Sequence[int]) -> list[Line2D | Patch]:
    handles: list[Line2D | Patch] = [
        Line2D([], [], **(style.point(4.5) | style.stroke(1.5)), label=f"p{number}, with 95 % interval")
        for style, number in zip(STYLES, numbers, strict=False)
    ]
    handles.append(Line2D([], [], **_LIMIT, label=objective.text))
    handles.append(Line2D([], [], **_MOST, label="closed-loop maximum"))
    if any(one.met is not None for one in shown):
        handles.append(Line2D([], [], **_MET, label="highest rate shown to meet it"))
        handles.append(Patch(color=_BRACKET, label="from there to the lowest rate known to miss it"))
    if any(_is_open(trial, number) for one in shown for number in numbers for trial in _told(one, number)):
        look = STYLES[len(numbers) - 1].point(4.5, is_hollow=True)
        handles.append(Line2D([], [], **look, label="no upper bound: overload, or too few requests"))
    return handles


def _reach(shown: Sequence[Capacity], objective: Objective, numbers: Sequence[int]) -> pd.DataFrame:
    figures = [trial.latency(number) for one in shown for number in numbers for trial in _told(one, number)]
    ends = [end for latency in figures for end in (latency.value, latency.high) if math.isfinite(end)]
    return pd.DataFrame({"ms": [*ends, objective.limit_ms]})


def _told(one: Capacity, number: int) -> list[Trial]:
    return [trial for trial in one.trials if math.isfinite(trial.latency(number).value)]


def _is_open(trial: Trial, number: int) -> bool:
    """Whether nothing bounds it from above; what grows with the window has no value of its own."""
    return trial.verdict.reason == "overload" or math.isinf(trial.latency(number).high)


def _above(high: float, value: float) -> float:
    return high - value if math.isfinite(high) else 0.0
