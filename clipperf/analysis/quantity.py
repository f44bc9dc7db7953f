"""The figures of a row that can be sought or limited: where they stand, in which unit, and which way is better."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clipperf.analysis.operating_points import Figure, figure_in
from clipperf.results.axes import Row
from clipperf.results.schema import PERCENTILES

_MS = {"us": 1e-3, "ms": 1.0, "s": 1e3}
_MB = {"MB": 1.0, "GB": 1e3}
_JOULE = {"mJ": 1e-3, "J": 1.0}
_QPS_BOUNDS = ("qps_ci_low", "qps_ci_high")


@dataclass(frozen=True, eq=False)
class Quantity:
    """``name`` is what flags call it, ``column`` where it stands, ``units`` what a limit may be given in, by factor.

    ``bounds`` are the columns of its interval. ``is_extreme``: the largest or smallest reading of a window, of which
    several windows give the worst; the others are means, known the better the longer they are measured.
    """

    name: str
    column: str
    unit: str
    more_is_better: bool
    units: Mapping[str, float] = field(default_factory=dict)
    bounds: tuple[str, str] | None = None
    is_extreme: bool = False

    @property
    def percentile(self) -> int | None:
        """The number of a percentile of the latency, None for anything else."""
        return int(self.name[1:]) if self.name[1:].isdigit() else None

    def of(self, row: Row) -> Figure | None:
        """The figure of a measured row with what is known of its interval; None where the row does not tell it.

        What depends on the power has no interval of its own: it is known no better than the qps of the same window.
        """
        if self.name == "qps_per_watt":
            power_w = row.get("power_w")
            qps = figure_in(row, "qps", *_QPS_BOUNDS) if row.get("qps") else None
            return None if qps is None or not power_w else _times(qps, 1.0 / power_w)
        value = row.get(self.column)
        if value is None or (self.more_is_better is False and not value > 0):
            return None
        if self.bounds is not None:
            return figure_in(row, self.column, *self.bounds)
        if self.is_extreme:
            return Figure(value, value, value)
        qps = figure_in(row, "qps", *_QPS_BOUNDS) if row.get("qps") else None
        return Figure(value) if qps is None else _times(qps, value / qps.value)


def _times(figure: Figure, factor: float) -> Figure:
    return Figure(figure.value * factor, figure.low * factor, figure.high * factor)


def _latency(number: int) -> Quantity:
    name = f"latency_p{number}"
    return Quantity(f"p{number}", f"{name}_ms", "ms", False, _MS, (f"{name}_low_ms", f"{name}_high_ms"))


QUANTITIES = {
    quantity.name: quantity
    for quantity in (
        Quantity("qps", "qps", "samples/s", True, {"": 1.0}, _QPS_BOUNDS),
        *(_latency(number) for number in PERCENTILES),
        Quantity("energy", "energy_j_per_sample", "J/sample", False, _JOULE),
        Quantity("qps_per_watt", "power_w", "samples/s/W", True, {"": 1.0}),
        Quantity("power", "power_w", "W", False, {"W": 1.0}),
        Quantity("device_memory", "device_memory_mb", "MB", False, _MB, is_extreme=True),
        Quantity("rss", "rss_mb", "MB", False, _MB, is_extreme=True),
        Quantity("temperature", "temperature_c", "°C", False, {"C": 1.0}, is_extreme=True),
        Quantity("cosine", "cosine_min", "", True, {"": 1.0}, is_extreme=True),
    )
}
"""By name; all that ``--constraint`` may limit."""
