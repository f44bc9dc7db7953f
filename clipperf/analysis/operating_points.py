"""Rows as operating points: throughput and latency with what each may really be, and the rows that are none."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from clipperf.results.axes import Row
from clipperf.results.schema import MEASURED, PERCENTILES
from clipperf.results.warning_cell import codes_in

_OURSELVES = "clipperf"
NOT_BELIEVED = frozenset(
    {"in-flight-differs", "littles-law", "sub-resolution", "thread-pool", "threads-ignored", "trace-disagrees"}
)
"""Warnings of a row whose throughput and latency contradict each other, or that ran another load than it says.

A disturbed machine is no such reason: what wins is measured again, and what lost by a disturbance is told.
"""


@dataclass(frozen=True)
class Figure:
    """A figure and its 95 % interval; ``low`` is 0 and ``high`` infinite where the data give no bound."""

    value: float
    low: float = 0.0
    high: float = math.inf

    def is_above(self, other: Figure) -> bool:
        """Whether it is the larger one for certain."""
        return self.low > other.high


NOT_KNOWN = Figure(math.inf)
"""A latency that nothing is known of."""


@dataclass(frozen=True, eq=False)
class Point:
    """A measured case: samples/s, and the percentiles of its latency in ms by number; a point equals only itself."""

    row: Row
    qps: Figure
    latency_ms: dict[int, Figure]

    @property
    def cost(self) -> tuple[int, int, int]:
        """What it takes, the smaller the cheaper: loaded copies, requests in flight, samples in flight."""
        copies = int(self.row["devices"] * self.row["instances"])
        in_flight = copies * int(self.row["queue_depth"])
        return copies, in_flight, in_flight * int(self.row["batch_size"])


@dataclass(frozen=True)
class Sorted:
    """The operating points in the order of their rows, and the rows that are none, each with the reason."""

    points: tuple[Point, ...]
    left_out: tuple[tuple[Row, str], ...]


def sort_rows(rows: Iterable[Row]) -> Sorted:
    """Rows that are measured, have counted qps, p50 and p99, and are to be believed, and all others.

    ``inconclusive`` rows are points: their intervals say how little is known of them.
    """
    points, left_out = [], []
    for row in rows:
        reason = _why_none(row)
        if reason:
            left_out.append((row, reason))
        else:
            points.append(point_of(row))
    return Sorted(tuple(points), tuple(left_out))


def point_of(row: Row) -> Point:
    """The point of a measured row; percentiles that the row lacks are left out."""
    told = {number: f"latency_p{number}" for number in PERCENTILES if row.get(f"latency_p{number}_ms") is not None}
    latency = {
        number: figure_in(row, f"{name}_ms", f"{name}_low_ms", f"{name}_high_ms") for number, name in told.items()
    }
    return Point(row, figure_in(row, "qps", "qps_ci_low", "qps_ci_high"), latency)


def figure_in(row: Row, value: str, low: str, high: str) -> Figure:
    """A figure of a row by the names of its columns; what a vendor's tool tells without bounds stands as it is.

    Otherwise a tie with everything would hide what the tool says; its row carries ``no-interval``. Of what clipperf
    measured itself no bounds mean that too few requests gave any.
    """
    told, least, most = row[value], row.get(low), row.get(high)
    if least is None and most is None and row["measured_by"] != _OURSELVES:
        return Figure(told, told, told)
    return Figure(told, 0.0 if least is None else least, math.inf if most is None else most)


def _why_none(row: Row) -> str:
    if row["status"] not in MEASURED:
        kind = row.get("error_kind")
        return f"{row['status']} ({kind})" if kind and kind != row["status"] else str(row["status"])
    missing = [name for name in ("qps", "latency_p50_ms", "latency_p99_ms") if not row.get(name)]
    if missing:
        return f"no {', '.join(missing)}"
    doubted = sorted(NOT_BELIEVED & codes_in(row.get("warnings")))
    return f"not believed ({', '.join(doubted)})" if doubted else ""
