"""The scales of a panel: log-2 along x, linear from nought or logarithmic along y, every tick a plain number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from clipperf.report.curve_axis import Axis

WIDE_RANGE = 20
"""Above this ratio of largest to smallest a linear axis presses the small figures into its foot."""
_LABEL = 42
"""How many characters of a label fit beside a panel."""


def set_x_axis(axes: Axes, axis: Axis) -> None:
    """A log-2 axis with ticks at the places of the cases, named where there is room."""
    places = [float(place) for place in sorted(axis.x.dropna().unique())]
    named = named_places(places)
    axes.set_xscale("log", base=2)
    axes.set_xlim(places[0] / 1.25, places[-1] * 1.25)
    axes.set_xticks(named, [f"{place:g}" for place in named])
    axes.set_xticks([place for place in places if place not in named], minor=True)
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(axis.label)


def named_places(places: Sequence[float]) -> list[float]:
    """Those of the sorted places whose names fit on a log axis.

    The ends come first, then powers of two, so that a crowded axis still reads 1, 2, 4 … 64.
    """
    room = 0.05 * np.log2(places[-1] / places[0])
    powers = [place for place in places if float(np.log2(place)).is_integer()]
    named: list[float] = []
    for place in [places[0], places[-1], *powers, *places]:
        if all(abs(np.log2(place / other)) > room for other in named):
            named.append(place)
    return sorted(named)


def set_y_axis(axes: Axes, name: str, unit: str, covered: pd.DataFrame) -> None:
    """An axis that covers those figures: from nought, or logarithmic where they range over more than 20 ×."""
    values = covered.to_numpy()[covered.notna().to_numpy()]
    low, high = (values.min(), values.max()) if len(values) else (0.0, 1.0)
    is_log = high > WIDE_RANGE * low > 0
    if is_log:
        axes.set_yscale("log")
        axes.set_ylim(low / 1.25, high * 1.25)
        axes.yaxis.set_major_locator(LogLocator(base=10, subs=(1, 2, 5) if high < 2000 * low else (1,)))
        axes.yaxis.set_minor_formatter(NullFormatter())
    else:
        # A rate or a time is read against nought; a cut axis would make 5 % look like double.
        axes.set_ylim(0, 1.1 * high)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    told = f"({unit}, log scale)" if is_log else f"({unit})"
    axes.set_ylabel(name + (" " if len(name + told) < _LABEL else "\n") + told)
    axes.grid(visible=True, color="#e3e3e3", linewidth=0.7)
    axes.spines[["top", "right"]].set_visible(False)
