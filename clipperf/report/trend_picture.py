"""The worst trend of a night as a picture."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from clipperf.analysis.night_levels import Levels
from clipperf.analysis.night_summary import NightSummary
from clipperf.analysis.night_verdict import VERDICTS, Verdict
from clipperf.report.curve_style import NEUTRAL, STYLES
from clipperf.report.night_sentences import series_text
from clipperf.report.picture import WIDTH_IN, write_picture

_HEIGHT_IN = 4.2
_LINE, _BAD = STYLES[0], STYLES[1]


def draw_trend(summary: NightSummary, folder: Path) -> list[Path]:
    """Writes ``trend.png`` and ``trend.svg`` and gives their paths; none where no series has enough nights."""
    judged = [each for kind in VERDICTS for each in summary.of_kind(kind) if each.levels is not None]
    return write_picture(lambda: _figure(judged[0], summary) if judged else None, folder, "trend")


def _figure(verdict: Verdict, summary: NightSummary) -> Figure:
    figure = Figure((WIDTH_IN, _HEIGHT_IN), layout="constrained")
    FigureCanvasAgg(figure)
    panel = figure.subplots()
    readings = verdict.track.readings
    style: dict[str, Any] = {"color": _LINE.colour, "linewidth": 0.8, "marker": "o", "markersize": 3.5}
    panel.plot(_days(each.night for each in readings), [each.value for each in readings], **style, label="a night")
    panel.xaxis_date()
    if verdict.levels is not None:
        _draw_levels(panel, verdict, verdict.levels)
    for before, after in pairwise(readings):
        if before.circumstances != after.circumstances:
            panel.axvline(*_days([after.night]), color=NEUTRAL, linestyle="--", linewidth=1)
    if verdict.since is not None:
        bad = [each for each in readings if each.night >= verdict.since]
        look = {**_BAD.point(7), "label": f"{verdict.kind} since {verdict.since}"}
        panel.plot(_days(each.night for each in bad), [each.value for each in bad], **look)
    metric = verdict.track.metric
    panel.set_ylabel("samples/s" if metric.more_is_better else "ms")
    panel.grid(alpha=0.3)
    panel.legend(frameon=False, fontsize=8, loc="best")
    figure.suptitle(
        f"{series_text(summary.series[verdict.track.series])}\n{metric.heading}: {verdict.kind}", fontsize=10
    )
    return figure


def _days(nights: Iterable[date]) -> list[float]:
    """As matplotlib counts them."""
    return [float(date2num(night)) for night in nights]  # type: ignore[no-untyped-call]


def _draw_levels(panel: Axes, verdict: Verdict, levels: Levels) -> None:
    sign = 1 if verdict.track.metric.more_is_better else -1
    for number, level in enumerate(levels.levels):
        ends = _days([levels.night(level.first), levels.night(level.end - 1)])
        height = math.exp(sign * level.gain)
        panel.plot(ends, [height, height], color=NEUTRAL, linewidth=2, label="level" if number == 0 else None)
    held = levels.levels[-1].gain if verdict.before is None else sign * math.log(verdict.before)
    low, high = sorted(math.exp(sign * (held + way * levels.threshold)) for way in (-1, 1))
    panel.axhspan(low, high, color=_LINE.colour, alpha=0.08, linewidth=0, label="no change yet")
