"""The figures of one kind of time, as ais_bench computed them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """Milliseconds; with several computing threads the program tells nothing but the mean."""

    mean: float
    min: float | None = None
    max: float | None = None
    median: float | None = None
    p99: float | None = None

    @property
    def by_name(self) -> dict[str, float]:
        """What is there, by the names that clipperf has for it."""
        named = {"mean": self.mean, "min": self.min, "max": self.max, "p50": self.median, "p99": self.p99}
        return {name: value for name, value in named.items() if value is not None}


def times_from(figures: Mapping[str, float]) -> Times | None:
    """From the vendor's names; None where there is no mean, or where a figure is no time."""
    values = {name: float(value) for name, value in figures.items()}
    if "mean" not in values or not all(math.isfinite(value) for value in values.values()):
        return None
    return Times(
        values["mean"], values.get("min"), values.get("max"), values.get("median"), values.get("percentile(99%)")
    )
