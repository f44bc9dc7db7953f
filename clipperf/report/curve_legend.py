"""The legend under the panels of a facet: only what its panels show."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.lines import Line2D

from clipperf.analysis.series import measured
from clipperf.report.curve_facets import Facet
from clipperf.report.curve_panels import bound_point, cross, knees_of
from clipperf.report.curve_style import NEUTRAL, STYLES, Style
from clipperf.report.safe_text import safe_text
from clipperf.report.told_percentile import told_percentiles

_ROOM = 158
_HANDLE = 8
"""How many characters of the legend's size fit side by side, and how many a handle takes."""
_MOST_NAMES = 3
_LONGEST = 70

Entry = tuple[str, dict[str, Any]]


def legend_rows(facet: Facet) -> list[list[Entry]]:
    """The legend's rows of names and looks: the curves, where there are several, then the signs that the panels use."""
    return fitting_rows(_curves(facet), _signs(facet))


def fitting_rows(curves: list[Entry], signs: list[Entry]) -> list[list[Entry]]:
    """Rows of as many entries as fit the width of the picture, signs beginning a new one; missing ones are empty."""
    layouts = [_rows(curves, wide) + _rows(signs, wide) for wide in range(1, max(len(curves), len(signs)) + 1)]
    fitting = [rows for rows in layouts if _width(rows) <= _ROOM]
    return (fitting or layouts[:1] or [[]])[-1]


def short_name(name: str) -> str:
    """The name of a curve without what would move a terminal's cursor, its middle left out where it is long."""
    name = safe_text(name)
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST // 2]}…{name[-_LONGEST // 2 :]}"


def handles_by_column(rows: list[list[Entry]]) -> tuple[list[Line2D], list[str]]:
    """The entries in the order in which matplotlib fills a legend: down each column."""
    entries = [entry for column in zip(*rows, strict=True) for entry in column]
    return [Line2D([], [], **look) for _, look in entries], [name for name, _ in entries]


def _rows(entries: list[Entry], wide: int) -> list[list[Entry]]:
    rows = [entries[start : start + wide] for start in range(0, len(entries), wide)]
    return [row + [("", {"linestyle": ""})] * (wide - len(row)) for row in rows]


def _width(rows: list[list[Entry]]) -> int:
    return sum(_HANDLE + max(len(name) for name, _ in column) for column in zip(*rows, strict=True))


def _curves(facet: Facet) -> list[Entry]:
    if len(facet.curves) == 1:
        return []
    knees = knees_of(facet)
    # Where all curves have one knee, its line in the panel says so already.
    said = {number: f" (knee: batch {knee})" for number, knee in knees.items() if len(set(knees.values())) > 1}
    names = [short_name(name) + said.get(number, "") for number, name in enumerate(facet.names[: len(facet.curves)])]
    return [(name, style.point() | style.stroke()) for style, name in zip(STYLES, names, strict=False)]


def _signs(facet: Facet) -> list[Entry]:
    rows = pd.concat([curve.rows for curve in facet.curves])
    told = measured(rows)
    look = STYLES[0] if len(facet.curves) == 1 else Style(NEUTRAL, "o", "-")
    solid = look.point() | Style(look.colour, "", "-").stroke()
    signs: list[Entry] = []
    if facet.has_latency:
        signs += [("p50", solid), ("p99", solid | {"linewidth": 0.8, "markersize": 3.2})]
    if facet.has_latency and told_percentiles(told)[99].is_bound.any():
        signs.append(("p99 ≥ (too few requests)", bound_point(look.colour)))
    if any(facet.axis.x.loc[measured(curve.rows).index].duplicated().any() for curve in facet.curves):
        signs.append(("one repeat each (line: median)", look.point(4)))
    if (told["status"] == "inconclusive").any():
        signs.append(("inconclusive", look.point(is_hollow=True)))
    lost = pd.concat([rows, *(series.rows for series in facet.lost)]).drop(told.index)
    if len(lost):
        statuses = ", ".join(lost["status"].fillna("no status").unique())
        names = facet.names[len(facet.curves) :]
        more = [f"and {len(names) - _MOST_NAMES} more"] if len(names) > _MOST_NAMES else []
        which = f" ({', '.join([*map(short_name, names[:_MOST_NAMES]), *more])})" if names else ""
        signs.append((f"no figures: {statuses}{which}", cross(look.colour)))
    return signs
