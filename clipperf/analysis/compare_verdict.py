"""Which figures can be compared, which way is better, and what a ratio's interval allows to be said."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from clipperf.analysis.compare_ratio import Logarithm
from clipperf.errors import UsageError
from clipperf.results.schema import COLUMNS

FASTER, SLOWER, SAME, AMBIGUOUS, NOT_COMPARED = "faster", "slower", "same", "ambiguous", "not compared"
VERDICTS = (FASTER, SLOWER, SAME, AMBIGUOUS, NOT_COMPARED)

DEFAULT_THRESHOLD = 0.02
_RATES = ("samples/s", "1/s")
_SPEED = ("qps", "requests_per_s", "qps_compute", "load_s", "first_infer_ms")
_SPEED_GROUPS = ("latency_", "compute_", "service_")


@dataclass(frozen=True)
class Metric:
    """A column that tells speed; ``more_is_better`` for rates, less for times. ``heading`` is what tables call it."""

    column: str
    more_is_better: bool
    heading: str

    def gain(self, ratio: Logarithm) -> Logarithm:
        """The ratio turned so that more is better."""
        return ratio if self.more_is_better else Logarithm(-ratio.middle, -ratio.high, -ratio.low)


def _metric(column: str, unit: str) -> Metric:
    stem = column.removesuffix(f"_{unit}").removeprefix("latency_")
    return Metric(column, unit in _RATES, column if unit in _RATES else f"{stem.replace('_', ' ')} {unit}")


METRICS: dict[str, Metric] = {
    column.name: _metric(column.name, column.unit)
    for column in COLUMNS
    if column.name in _SPEED
    or (column.name.startswith(_SPEED_GROUPS) and not column.name.endswith(("_low_ms", "_high_ms")))
}
"""Every figure of a row that tells speed; the direction follows from the unit."""


def read_metrics(names: Sequence[str]) -> tuple[Metric, ...]:
    """The metrics of those names, columns or short for a latency such as p99; raises UsageError naming the choices."""
    full = [name if name in METRICS else f"latency_{name}_ms" for name in dict.fromkeys(names)]
    unknown = [name for name, column in zip(dict.fromkeys(names), full, strict=True) if column not in METRICS]
    if unknown or not names:
        raise UsageError(
            f"--metric {','.join(unknown)}: there is no such figure; take one or more of {', '.join(METRICS)}, where "
            "p99 is short for latency_p99_ms."
        )
    return tuple(METRICS[column] for column in dict.fromkeys(full))


def judge(gain: Logarithm, threshold: float) -> str:
    """What a gain (more is better) says of B at a practical threshold, a share such as 0.02.

    ``faster``: B is better for certain, since the whole 95 % interval lies above 1, and by more than the threshold as
    far as can be told, since the ratio itself does. ``slower``: the mirror image, 1 ÷ (1 + threshold) being as far
    below 1. ``same``: whatever the difference is, it is below the threshold, since the whole interval is.
    ``ambiguous``: the interval allows for more than one of these.
    """
    limit = math.log1p(threshold)
    if gain.low > 0 and gain.middle > limit:
        return FASTER
    if gain.high < 0 and gain.middle < -limit:
        return SLOWER
    if -limit <= gain.low and gain.high <= limit:
        return SAME
    return AMBIGUOUS
