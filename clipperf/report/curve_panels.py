"""Draws the two panels of a facet: throughput and latency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import blended_transform_factory

from clipperf.analysis.knee import batch_knee
from clipperf.analysis.series import measured, middle
from clipperf.report.curve_facets import Facet
from clipperf.report.curve_scales import set_y_axis
from clipperf.report.curve_style import NEUTRAL, STYLES, Style
from clipperf.report.told_percentile import told_percentiles

_RATES = {"qps": "qps", "qps_compute": "qps from device compute time"}
_BOUNDS = ("ci_low", "ci_high")
_SMALL = 3.2


def draw_rate(axes: Axes, facet: Facet) -> None:
    """Throughput: a point for each repeat with its 95 % interval and a line through the medians; × without figures."""
    for style, series in zip(STYLES, facet.curves, strict=False):
        rows = measured(series.rows).dropna(subset=[facet.rate])
        x, rate = facet.axis.x.loc[rows.index], rows[facet.rate]
        _curve(axes, rows, x, rate, style)
        low, high = (rows[f"{facet.rate}_{bound}"].fillna(rate) for bound in _BOUNDS)
        reach = np.abs([rate - low, high - rate])
        axes.errorbar(x, rate, yerr=reach, fmt="none", ecolor=style.colour, elinewidth=0.9, capsize=2, zorder=2)
    covered = measured(facet.rows)[[facet.rate, *(f"{facet.rate}_{bound}" for bound in _BOUNDS)]]
    set_y_axis(axes, _RATES[facet.rate], "samples/s", covered)
    _crosses(axes, facet)


def draw_latency(axes: Axes, facet: Facet) -> None:
    """p50 (thick) and p99 (thin) of a request; an upward triangle stands where p99 is at least this."""
    for style, series in zip(STYLES, facet.curves, strict=False):
        rows = measured(series.rows)
        x = facet.axis.x.loc[rows.index]
        told = told_percentiles(rows)[99]
        p99, is_bound = told.value_ms, told.is_bound
        line50, line99 = middle(rows["latency_p50_ms"], x), middle(p99, x)
        if len(facet.curves) <= 2:
            both = line50.index.intersection(line99.index)
            axes.fill_between(both, line50[both], line99[both], color=style.colour, alpha=0.1, linewidth=0)
        _curve(axes, rows, x, rows["latency_p50_ms"], style)
        axes.plot(line99.index, line99, **style.stroke(0.8), zorder=3)
        axes.plot(x[~is_bound], p99[~is_bound], **style.point(_SMALL), zorder=4)
        axes.plot(x[is_bound], p99[is_bound], **bound_point(style.colour), zorder=4)
    set_y_axis(axes, "latency of a request", "ms", measured(facet.rows)[["latency_p50_ms", "latency_p99_ms"]])


def draw_knees(panels: Sequence[Axes], facet: Facet) -> None:
    """A vertical line through all panels at each knee, and its name above the first."""
    left, right = np.log2(panels[0].get_xlim())
    for number, batch in enumerate(sorted(set(knees_of(facet).values()))):
        for panel in panels:
            panel.axvline(batch, color="#555555", linestyle=(0, (1, 1.6)), linewidth=1.3, zorder=1)
        # Above the data, where no curve can run through the words; neighbours take turns in two rows.
        share = (np.log2(batch) - left) / (right - left)
        side = "left" if share < 0.2 else "right" if share > 0.8 else "center"
        panels[0].annotate(
            f"knee: batch {batch}",
            (batch, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3 + 10 * (number % 2)),
            textcoords="offset points",
            horizontalalignment=side,
            fontsize=8,
        )


def knees_of(facet: Facet) -> dict[int, int]:
    """The knee of each curve that has one, by the curve's number; none where the axis is not the batch size."""
    found = ((number, batch_knee(curve.rows, facet.rate)) for number, curve in enumerate(facet.curves))
    return {number: knee for number, knee in found if knee is not None and facet.axis.is_batch}


def bound_point(colour: str) -> dict[str, Any]:
    """The look of a p99 that is at least this."""
    return Style(colour, "^", "").point(7.5, is_hollow=True) | {"markeredgewidth": 1.3}


def cross(colour: str) -> dict[str, Any]:
    """The look of a case without figures."""
    return Style(colour, "x", "").point(7) | {"markeredgewidth": 1.8}


def _curve(axes: Axes, rows: pd.DataFrame, x: pd.Series, y: pd.Series, style: Style) -> None:
    line = middle(y, x)
    axes.plot(line.index, line, **style.stroke(), zorder=3)
    size = 4 if x.duplicated().any() else 5.5
    for is_hollow in (False, True):
        chosen = (rows["status"] == "inconclusive") == is_hollow
        axes.plot(x[chosen], y[chosen], **style.point(size, is_hollow), zorder=4)


def _crosses(axes: Axes, facet: Facet) -> None:
    # At the foot of the axis and not at nought: a case without figures has no throughput, not a throughput of nought.
    foot = blended_transform_factory(axes.transData, axes.transAxes)
    height = dict.fromkeys(facet.axis.x, 0.025)
    groups = [(cross(style.colour), [curve]) for style, curve in zip(STYLES, facet.curves, strict=False)]
    for look, series in [*groups, (cross(NEUTRAL), list(facet.lost))]:
        rows = pd.concat([one.rows for one in series]) if series else facet.rows.head(0)
        for x in facet.axis.x.loc[rows.index.difference(measured(rows).index)].unique():
            axes.plot([x], [height[x]], **look, transform=foot, zorder=6)
            height[x] += 0.045
