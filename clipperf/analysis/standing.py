"""What a point is among the points that it could be exchanged for, by the names of columns."""

from __future__ import annotations

import math
from collections.abc import Sequence

from clipperf.analysis.marginal import gain_per_doubling, ms_per_qps
from clipperf.analysis.operating_points import Figure, Point
from clipperf.analysis.pareto import front, knee_of, surely_beaten


def standings(points: Sequence[Point]) -> dict[Point, dict[str, bool | float | None]]:
    """For each point whether it stands on the front, is surely beaten or is the knee, and its marginal gain and price.

    What is not known, or has no bound, is None.
    """
    along, beaten, knee = front(points), surely_beaten(points), knee_of(points)
    gains, prices = gain_per_doubling(points), ms_per_qps(along)
    return {
        point: {
            "is_on_front": point in along,
            "is_surely_beaten": point in beaten,
            "is_knee": point is knee,
            **bounded("qps_per_doubling", gains.get(point)),
            "ms_per_extra_qps": prices.get(point),
        }
        for point in points
    }


def bounded(name: str, figure: Figure | None) -> dict[str, bool | float | None]:
    """A figure and its bounds under that name, None where there is none."""
    told = (math.nan,) * 3 if figure is None else (figure.value, figure.low, figure.high)
    names = (name, f"{name}_low", f"{name}_high")
    return {key: number if math.isfinite(number) else None for key, number in zip(names, told, strict=True)}
