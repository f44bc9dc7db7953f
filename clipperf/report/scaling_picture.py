"""Scaling over instances and devices as a picture: throughput beside its ideal, efficiency, and the reasons."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Picture
from matplotlib.figure import SubFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from clipperf.analysis.operating_points import Figure
from clipperf.analysis.scaling import AXES, DEVICES, INSTANCES, Line, Step, lines_along
from clipperf.analysis.series import middle
from clipperf.report.curve_legend import Entry, fitting_rows, handles_by_column, short_name
from clipperf.report.curve_scales import set_y_axis
from clipperf.report.curve_style import MOST, NEUTRAL, STYLES, Style
from clipperf.report.picture import WIDTH_IN, write_picture, write_title
from clipperf.report.safe_text import safe_text
from clipperf.report.scaling_text import reasons_told

_PANEL_IN, _HEADER_IN, _TEXT_ROW_IN = 3.6, 0.9, 0.19
_TEXT_WIDTH = 140
_MOST_REASONS = 4
_NAMES = {INSTANCES: "instances (loaded copies per device)", DEVICES: "devices"}
_IDEAL: dict[str, Any] = {"color": "#8c8c8c", "linestyle": (0, (1, 1.6)), "linewidth": 1.2}


def draw_scaling(frame: pd.DataFrame, folder: Path) -> list[Path]:
    """Writes ``scaling.png`` and ``scaling.svg``; none where nothing was measured with several numbers of copies."""
    return write_picture(lambda: scaling_figure(frame), folder, "scaling")


def scaling_figure(frame: pd.DataFrame) -> Picture | None:
    """A pair of panels for each axis of a frame; None where it has no line along any."""
    rows = frame.reset_index(drop=True)
    pairs = [lines for axis in AXES if (lines := lines_along(rows, axis))]
    if not pairs:
        return None
    captions = [_caption(lines) for lines in pairs]
    legends = [len(_legend(lines, _few(lines))) for lines in pairs]
    texts = [len(caption.splitlines()) for caption in captions]
    heights = [_PANEL_IN + _TEXT_ROW_IN * (rows + said) for rows, said in zip(legends, texts, strict=True)]
    size = (WIDTH_IN, sum(heights) + _HEADER_IN)
    figure = Picture(size, layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.08))
    FigureCanvasAgg(figure)
    shown = [place for lines in pairs for line in lines for step in line.steps for place in step.index]
    write_title(figure, rows.loc[list(dict.fromkeys(shown))])
    parts = figure.subfigures(len(pairs), 1, height_ratios=heights, squeeze=False)[:, 0]
    for part, lines, caption in zip(parts, pairs, captions, strict=True):
        _draw(part, lines, caption)
    return figure


def _draw(part: SubFigure, lines: Sequence[Line], caption: str) -> None:
    shown = _few(lines)
    rate, share = part.subplots(1, 2)
    for style, line in zip(STYLES, shown, strict=False):
        _draw_line(rate, line, style, [step.qps for step in line.steps])
        # By many points, as a straight line is bent over a logarithmic scale.
        copies = np.linspace(line.fewest, line.steps[-1].copies, 33)
        rate.plot(copies, copies / line.fewest * _of_fewest(line), **_IDEAL, zorder=1)
        _draw_line(share, line, style, [_in_pct(step.efficiency) for step in line.steps])
    share.axhline(100, **_IDEAL, zorder=1)
    axis = lines[0].axis
    for axes in (rate, share):
        _set_x_axis(axes, sorted({step.copies for line in lines for step in line.steps}))
        axes.set_xlabel(_NAMES[axis])
    reach = [value for line in shown for step in line.steps for value in (step.qps.value, _ideal(line, step))]
    set_y_axis(rate, "throughput", "samples/s", pd.Series(reach).to_frame())
    shares = [100.0, *(100 * step.efficiency.value for line in shown for step in line.steps)]
    set_y_axis(share, "efficiency", "% of the ideal", pd.Series(shares).to_frame())
    rows = _legend(lines, shown)
    handles, names = handles_by_column(rows)
    place: dict[str, Any] = {"loc": "outside lower center", "ncols": len(rows[0])}
    part.legend(handles, names, **place, frameon=False, fontsize=8, handlelength=3)
    part.suptitle(caption, fontsize=8.5, x=0.01, horizontalalignment="left", color=NEUTRAL)


def _legend(lines: Sequence[Line], shown: Sequence[Line]) -> list[list[Entry]]:
    named = [(line, style) for line, style in zip(shown, STYLES, strict=False) if line.label]
    of = "" if len(shown) == len(lines) else f" ({len(shown)} of {len(lines)} lines are drawn)"
    ideal = (f"ideal: n × the qps of {_fewest(lines)}{of}", _IDEAL)
    return fitting_rows([(short_name(line.label), style.point() | style.stroke()) for line, style in named], [ideal])


def _set_x_axis(axes: Axes, copies: Sequence[int]) -> None:
    """Linear, as the ideal is a straight line then; the counts that were measured are named where there is room."""
    span = copies[-1] - copies[0]
    axes.set_xlim(copies[0] - 0.08 * span, copies[-1] + 0.08 * span)
    named: list[int] = []
    for count in (copies[-1], *copies):
        if all(abs(count - other) > 0.04 * span for other in named):
            named.append(count)
    axes.set_xticks(sorted(named))


def _draw_line(axes: Axes, line: Line, style: Style, figures: Sequence[Figure]) -> None:
    x = pd.Series([step.copies for step in line.steps])
    values = pd.Series([figure.value for figure in figures])
    through = middle(values, x)
    axes.plot(through.index, through, **style.stroke(), zorder=3)
    axes.plot(x, values, **style.point(), zorder=4)
    low = [figure.value - figure.low if figure.low > 0 else 0.0 for figure in figures]
    high = [figure.high - figure.value if np.isfinite(figure.high) else 0.0 for figure in figures]
    axes.errorbar(x, values, yerr=[low, high], fmt="none", ecolor=style.colour, elinewidth=0.9, capsize=2, zorder=2)


def _caption(lines: Sequence[Line]) -> str:
    """Why lines fall short, a sentence for each reason."""
    told = reasons_told(lines)
    said = [f"{code} ({steps}): {reason.sentence}" for code, steps, reason in told[:_MOST_REASONS]]
    if len(told) > _MOST_REASONS:
        said.append(f"… and {', '.join(code for code, _, _ in told[_MOST_REASONS:])}")
    return "\n".join(fill(safe_text(sentence), _TEXT_WIDTH, subsequent_indent="    ") for sentence in said)


def _few(lines: Sequence[Line]) -> list[Line]:
    """As many as can be told apart, the first and the last among them."""
    if len(lines) <= MOST:
        return list(lines)
    return [lines[int(place)] for place in np.linspace(0, len(lines) - 1, MOST).round()]


def _of_fewest(line: Line) -> float:
    qps = [step.qps.value for step in line.steps if step.copies == line.fewest]
    return sum(qps) / len(qps)


def _ideal(line: Line, step: Step) -> float:
    return _of_fewest(line) * step.copies / line.fewest


def _in_pct(share: Figure) -> Figure:
    return Figure(100 * share.value, 100 * share.low, 100 * share.high)


def _fewest(lines: Sequence[Line]) -> str:
    return " or ".join(map(str, sorted({line.fewest for line in lines})))
