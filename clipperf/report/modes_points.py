"""The table of the operating points of a grid: which stand on the front, what each step brings and costs."""

from __future__ import annotations

import math

import pandas as pd

from clipperf.analysis.circumstances import ordered
from clipperf.analysis.marginal import gain_per_doubling, ms_per_qps
from clipperf.analysis.modes import OBJECTIVE, Found
from clipperf.analysis.operating_points import Point
from clipperf.analysis.pareto import front, knee_of, surely_beaten
from clipperf.report.grid import Column, Style, grid_text, name_columns
from clipperf.report.number import DASH, align_points, figure
from clipperf.report.scaling_text import scaling_columns
from clipperf.report.told_percentile import told_percentiles
from clipperf.results.frame import frame_of


def points_text(found: Found, style: Style) -> str:
    """A row for each point of the grid, in the order of a sweep's table; takes at least one."""
    frame = ordered(frame_of([point.row for point in found.grid.points]))
    points = [found.grid.points[int(place)] for place in frame.index]
    rows = frame.reset_index(drop=True)
    told = told_percentiles(rows)
    columns = [
        *name_columns(rows),
        Column("qps", align_points([figure(point.qps.value) for point in points])),
        Column("± %", align_points([_half_width(point) for point in points])),
        *(_percentile(number, told[number].value_ms, told[number].is_bound) for number in (50, 99)),
        *scaling_columns(rows),
        Column("front", _standing(found, points), "left"),
        Column("qps a doubling", _gains(found, points)),
        Column("ms an extra qps", _prices(found, points)),
    ]
    return grid_text([column for column in columns if any(cell.strip() != DASH for cell in column.cells)], style)


def _standing(found: Found, points: list[Point]) -> list[str]:
    """``yes`` on the front, ``no`` where a point is surely beaten, ``unsure`` between; then what it was chosen as."""
    along, beaten = front(found.grid.points), surely_beaten(found.grid.points)
    knee = knee_of(found.grid.points)
    names: dict[Point, list[str]] = {}
    for mode, choice in found.choices.items():
        names.setdefault(choice.point, []).append("best under the objective" if mode == OBJECTIVE else mode)
    if knee is not None:
        names.setdefault(knee, []).append("knee")
    cells = []
    for point in points:
        standing = "yes" if point in along else "no" if point in beaten else "unsure"
        cells.append(", ".join([standing, *names.get(point, [])]))
    return cells


def _gains(found: Found, points: list[Point]) -> list[str]:
    gains = gain_per_doubling(found.grid.points)
    return align_points([_signed(gains[point].value) if point in gains else DASH for point in points])


def _prices(found: Found, points: list[Point]) -> list[str]:
    prices = ms_per_qps(front(found.grid.points))
    return align_points([figure(prices[point]) if point in prices else DASH for point in points])


def _signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'}{figure(abs(value), 3)}"


def _half_width(point: Point) -> str:
    half = (point.qps.high - point.qps.low) / 2
    return figure(100 * half / point.qps.value, 2) if 0 < half < math.inf else DASH


def _percentile(number: int, values: pd.Series, is_bound: pd.Series) -> Column:
    cells = [f"≥ {figure(value)}" if bound else figure(value) for value, bound in zip(values, is_bound, strict=True)]
    return Column(f"p{number} ms", align_points(cells))
