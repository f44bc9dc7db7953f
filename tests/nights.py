"""Tracks of nights for tests: a figure of a series, one reading a night."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from clipperf.analysis.compare_verdict import METRICS
from clipperf.analysis.night_tracks import Reading, Track

FIRST = date(2026, 1, 1)


def night(number: int) -> date:
    """The night of that number, from 0."""
    return FIRST + timedelta(days=number)


def figures(noise: float, nights: int, steps: Mapping[int, float] | None = None, seed: int = 0) -> NDArray[np.float64]:
    """100 with normal noise, times 1 + change from each night of ``steps`` on."""
    values = 100 * np.exp(noise * np.random.default_rng(seed).standard_normal(nights))
    for first, change in (steps or {}).items():
        values[first:] *= 1 + change
    return values


def track(
    values: Sequence[float] | NDArray[np.float64],
    metric: str = "qps",
    series: str = "s",
    circumstances: Mapping[int, str] | None = None,
) -> Track:
    """A reading for each value that is a number, from the first night on; ``circumstances`` begin at their nights."""
    readings, key = [], "same"
    for number, value in enumerate(values):
        key = (circumstances or {}).get(number, key)
        if not np.isnan(value):
            readings.append(Reading(night(number), float(value), key))
    return Track(series, METRICS[metric], tuple(readings))
