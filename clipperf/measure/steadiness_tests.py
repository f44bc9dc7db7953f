"""Three questions to a series: whether it slopes, changes once, or varies more than its noise.

Each gives the probability that noise alone, autocorrelated to first order, would answer so clearly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clipperf.measure.probability import largest_split, normal_of_f, normal_of_t, two_sided

_MARGIN = 0.05
"""A change is looked for between the first and the last twentieth."""

_FEWEST_BESIDE = 3
_MOST_CORRELATION = 0.98
_WINDOWS, _FEWEST_WINDOWS = 10, 5
_FEWEST_FOR_WINDOWS = 100


@dataclass(frozen=True)
class Split:
    """``probability`` that noise has such a change somewhere; ``at`` is the number of values before the clearest."""

    probability: float
    at: int


def slope_probability(series: np.ndarray) -> float:
    """Of a straight line as steep, by least squares."""
    place = np.arange(series.size) - (series.size - 1) / 2.0
    spread = float(place @ place)
    slope = float(place @ (series - series.mean())) / spread
    rest = series - series.mean() - slope * place
    noise = _Noise.of(rest, 2, series.size)
    return two_sided(normal_of_t(slope * spread**0.5 / noise.deviation, noise.freedom)) if noise.deviation else 0.0


def split_probability(series: np.ndarray) -> Split:
    """Of two halves, cut anywhere, whose means differ as much: the largest standardised cumulative sum."""
    number = int(series.size)
    beside = max(_FEWEST_BESIDE, -(-number // round(1.0 / _MARGIN)))
    before = np.arange(beside, number - beside + 1)
    sums = np.cumsum(series - series.mean())[before - 1] / np.sqrt(before * (1.0 - before / number))
    clearest = int(np.abs(sums).argmax())
    at = int(before[clearest])
    rest = np.concatenate([series[:at] - series[:at].mean(), series[at:] - series[at:].mean()])
    noise = _Noise.of(rest, 2, number)
    if not noise.deviation:
        return Split(0.0, at)
    z = normal_of_t(abs(float(sums[clearest])) / noise.deviation, noise.freedom)
    return Split(largest_split(z, beside / number), at)


def windows_of(series: np.ndarray) -> np.ndarray:
    """The series in ten windows, five where it is short, as rows; what does not fill one is left out in front."""
    windows = _WINDOWS if series.size >= _FEWEST_FOR_WINDOWS else _FEWEST_WINDOWS
    each = series.size // windows
    rows: np.ndarray = series[series.size - windows * each :].reshape(windows, each)
    return rows


def variation_probability(series: np.ndarray) -> float:
    """Of windows whose means differ as much among themselves: one-way analysis of variance."""
    rows = windows_of(series)
    windows, each = rows.shape
    means = rows.mean(axis=1)
    noise = _Noise.of((rows - means[:, np.newaxis]).ravel(), windows, each)
    if not noise.deviation:
        return 0.0
    f = each * float(means.var(ddof=1)) / noise.deviation**2
    return two_sided(max(0.0, normal_of_f(f, windows - 1, noise.freedom))) / 2.0


@dataclass(frozen=True)
class _Noise:
    """What is left after a fit: the deviation that counts for a mean of many, and its degrees of freedom."""

    deviation: float
    freedom: float

    @classmethod
    def of(cls, rest: np.ndarray, fitted: int, stretch: int) -> _Noise:
        """``fitted`` parameters were taken out of the values, of every ``stretch`` of them at least one.

        Taking out a mean hides (1 + 3r)/n of the correlation (Kendall, Biometrika 41, 1954), a slope or a step about as
        much again.
        """
        total = float(rest @ rest)
        freedom = rest.size - fitted
        if total <= 0.0 or freedom < 1:
            return cls(0.0, 1.0)
        found = float(rest[1:] @ rest[:-1]) / total
        found += 2.0 * (1.0 + 3.0 * found) / stretch
        found = min(max(found, 0.0), _MOST_CORRELATION)
        inefficiency = (1.0 + found) / (1.0 - found)
        return cls((total / freedom * inefficiency) ** 0.5, max(1.0, rest.size / inefficiency - fitted))
