"""The ratio of one figure between two sides, with its 95 % confidence interval; all in natural logarithms.

Logarithms make a ratio a difference: swapping the sides changes its sign and nothing else, and the mean of several is
the geometric mean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, variance

from clipperf.measure.student import t_quantile

CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


@dataclass(frozen=True)
class Logarithm:
    """The logarithm of a figure or of a ratio, with its 95 % interval; a bound is infinite where none is known."""

    middle: float
    low: float = -math.inf
    high: float = math.inf


def logarithm(value: float | None, low: float | None, high: float | None, scale: float = 1.0) -> Logarithm | None:
    """Of a figure × ``scale`` and of the bounds of its interval; None where there is no positive figure."""
    if value is None or not value > 0:
        return None
    return Logarithm(
        math.log(value * scale),
        math.log(low * scale) if low is not None and low > 0 else -math.inf,
        math.log(high * scale) if high is not None else math.inf,
    )


def mean_of_runs(runs: Sequence[Logarithm]) -> Logarithm:
    """The geometric mean of a figure over repeats; its interval is Student's, from the spread between them.

    One run keeps its own interval, and the spread never counts as less than the runs' own intervals say.
    """
    if len(runs) == 1:
        return runs[0]
    return _interval(fmean(run.middle for run in runs), _variance_of_a_run(runs, runs) / len(runs), len(runs) - 1)


def ratio_of_runs(a: Sequence[Logarithm], b: Sequence[Logarithm]) -> Logarithm:
    """B ÷ A from the figures of the repeats of each side; the middle is the geometric mean of all ratios B ÷ A.

    With one run a side the two intervals are put together, and how much runs differ stays unknown. With more the
    interval is Welch's, from the spread between the repeats of each side; a side of one run is taken to spread as the
    other does. The spread never counts as less than the runs' own intervals say: where few repeats agree better than
    that it is by luck.
    """
    if len(a) == len(b) == 1:
        return _difference(a[0], b[0])
    spread_a, spread_b = _variance_of_a_run(a, b), _variance_of_a_run(b, a)
    part_a, part_b = spread_a / len(a), spread_b / len(b)
    middle = fmean(run.middle for run in b) - fmean(run.middle for run in a)
    return _interval(middle, part_a + part_b, _welch_freedom(part_a, len(a), part_b, len(b)))


def ratio_of_pairs(pairs: Sequence[tuple[Logarithm, Logarithm]]) -> Logarithm:
    """B ÷ A from pairs (A, B) of runs that were neighbours in time: Student's t of the pairs' differences.

    What moves both runs of a pair alike, such as a machine that grows warm, cancels. As with ``ratio_of_runs`` the
    spread never counts as less than the runs' own intervals say.
    """
    if len(pairs) == 1:
        return _difference(*pairs[0])
    differences = [b.middle - a.middle for a, b in pairs]
    inside = fmean(_variance_inside(a) + _variance_inside(b) for a, b in pairs)
    return _interval(fmean(differences), max(variance(differences), inside) / len(pairs), len(pairs) - 1)


def geometric_mean(ratios: Sequence[Logarithm]) -> Logarithm:
    """Of the ratios of several cases, for these very cases: their intervals squared and added.

    The interval says how well the mean over these cases is known, not how a case that was not measured would turn out.
    """
    count = len(ratios)
    middle = fmean(ratio.middle for ratio in ratios)
    below = math.hypot(*(ratio.middle - ratio.low for ratio in ratios)) / count
    above = math.hypot(*(ratio.high - ratio.middle for ratio in ratios)) / count
    return Logarithm(middle, middle - below, middle + above)


def _difference(a: Logarithm, b: Logarithm) -> Logarithm:
    # The method of variance estimates recovery (Zou and Donner, Statistics in Medicine 27, 2008): it keeps the
    # asymmetry of order-statistic intervals, and an open end of either stays open.
    middle = b.middle - a.middle
    return Logarithm(
        middle,
        middle - math.hypot(b.middle - b.low, a.high - a.middle),
        middle + math.hypot(b.high - b.middle, a.middle - a.low),
    )


def _interval(middle: float, variance_of_middle: float, freedom: int) -> Logarithm:
    half = t_quantile((1 + CONFIDENCE) / 2, freedom) * math.sqrt(variance_of_middle)
    return Logarithm(middle, middle - half, middle + half)


def _variance_of_a_run(runs: Sequence[Logarithm], others: Sequence[Logarithm]) -> float:
    between = variance(run.middle for run in (runs if len(runs) > 1 else others))
    return max(between, fmean(_variance_inside(run) for run in runs))


def _variance_inside(run: Logarithm) -> float:
    width = run.high - run.low
    return (width / (2 * _Z)) ** 2 if math.isfinite(width) else 0.0


def _welch_freedom(part_a: float, runs_a: int, part_b: float, runs_b: int) -> int:
    if min(runs_a, runs_b) == 1:
        return max(runs_a, runs_b) - 1
    if part_a + part_b == 0:
        return min(runs_a, runs_b) - 1
    freedom = (part_a + part_b) ** 2 / (part_a**2 / (runs_a - 1) + part_b**2 / (runs_b - 1))
    # Rounded down: the interval may come out a little too wide, never too narrow.
    return max(1, math.floor(freedom))
