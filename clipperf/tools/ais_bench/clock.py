"""ais_bench's clock: since 2023-10 instants in float32 milliseconds since the session began, before that durations."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from clipperf.measure.row_warning import RowWarning
from clipperf.tools.ais_bench import row_warnings
from clipperf.tools.ais_bench.times import Times

_COARSE = 0.01
"""Steps of the clock over this share of the median show in percentiles."""

_RANGE = 20
"""The last of many instants is far from the first; times of one model are not."""

_MANTISSA_BITS = 23


def check_durations(durations_ms: Sequence[float]) -> RowWarning | None:
    """Whether durations that are differences of instants have lost their digits.

    Such are whole steps of the instants, and the session is at least as old as its requests together. Builds up to
    2023-09 keep durations, which are no multiples of such steps, and lose nothing.
    """
    age_ms = sum(durations_ms)
    late = np.asarray(durations_ms[len(durations_ms) // 2 :]) / (_step_ms(age_ms) / 2)
    return check_age(age_ms, float(np.median(durations_ms))) if np.all(late == np.round(late)) else None


def check_age(age_ms: float, median_ms: float) -> RowWarning | None:
    """Whether the instants of a session of that age are too coarse for requests of that length."""
    step_ms = _step_ms(age_ms)
    return row_warnings.coarse_clock(step_ms, median_ms, age_ms / 1e3) if step_ms > _COARSE * median_ms else None


def look_like_instants(times: Times) -> bool:
    """Whether figures are those of instants that were taken for durations.

    Instants of equal requests are spread evenly, so that their statistics lie where those of a ruler do.
    """
    low, high, middle, p99 = times.min, times.max, times.median, times.p99
    if low is None or high is None or middle is None or p99 is None or low <= 0 or high < _RANGE * low:
        return False
    at = [(value - low) / (high - low) for value in (times.mean, middle, p99)]
    return abs(at[0] - 0.5) < 0.03 and abs(at[1] - 0.5) < 0.03 and abs(at[2] - 0.99) < 0.005


def _step_ms(instant_ms: float) -> float:
    """The distance of float32 numbers at an instant; before the session began there is none."""
    return float(2.0 ** (math.floor(math.log2(instant_ms)) - _MANTISSA_BITS)) if instant_ms > 0 else 0.0
