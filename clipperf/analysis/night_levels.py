"""A track as levels: stretches of nights on which nothing changed by as much as anybody cares about."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipperf.analysis.change_points import change_points
from clipperf.analysis.compare_ratio import Logarithm
from clipperf.analysis.night_noise import noise_about, rough_noise
from clipperf.analysis.night_tracks import Reading, Track
from clipperf.measure.student import t_cdf, t_quantile

MOST_NIGHTS = 90
"""Older nights are not looked at: a figure of last year says nothing of this one's noise."""

_CONFIDENCE = 0.95
_NOISES = 3.0
_EFFICIENCY = 0.8
_MEDIAN_VARIANCE = math.pi / 2


@dataclass(frozen=True)
class Level:
    """Nights from ``first`` to before ``end``, counted in the readings, and the median of their gains."""

    first: int
    end: int
    gain: float

    @property
    def nights(self) -> int:
        """How many there are."""
        return self.end - self.first


@dataclass(frozen=True)
class Levels:
    """A track under the circumstances of its last night.

    ``readings`` are its last nights, at most 90; their ``gains`` are the logarithms of the figure, turned so that more
    is better. ``noise`` is the standard deviation of a night's gain about its level; a change counts from
    ``threshold``, in the same unit, the larger of the one asked for and three times the noise.
    """

    readings: tuple[Reading, ...]
    gains: NDArray[np.float64]
    noise: float
    threshold: float
    levels: tuple[Level, ...]

    @cached_property
    def freedom(self) -> int:
        """Degrees of freedom of the noise, which is a little less exact than an ordinary standard deviation."""
        return max(2, int(_EFFICIENCY * (len(self.readings) - len(self.levels))))

    def night(self, index: int) -> date:
        """The night of a reading."""
        return self.readings[index].night

    def change(self, from_: Level, to: Level) -> Change:
        """What lies between two levels."""
        spread = self.noise * math.sqrt(_MEDIAN_VARIANCE * (1 / from_.nights + 1 / to.nights))
        return self._change(to.gain - from_.gain, spread)

    def change_of_night(self, from_: Level, index: int) -> Change:
        """What lies between a level and a single night."""
        spread = self.noise * math.sqrt(1 + _MEDIAN_VARIANCE / from_.nights)
        return self._change(float(self.gains[index]) - from_.gain, spread)

    def _change(self, gain: float, spread: float) -> Change:
        reach = spread * t_quantile((1 + _CONFIDENCE) / 2, self.freedom)
        p_value = 2 * (1 - t_cdf(abs(gain) / spread, self.freedom))
        return Change(Logarithm(gain, gain - reach, gain + reach), max(p_value, 0.0))


@dataclass(frozen=True)
class Change:
    """A difference as gain, more being better, with its 95 % interval and the chance that noise makes one as large."""

    gain: Logarithm
    p_value: float


def levels_of(track: Track, threshold: float) -> Levels:
    """The levels of a track; ``threshold`` is a share such as 0.02. Needs at least two comparable nights.

    Neighbouring levels that differ by less than the threshold are one, the least difference first.
    """
    readings = comparable(track)[-MOST_NIGHTS:]
    gains = np.log([reading.value for reading in readings]) * (1 if track.metric.more_is_better else -1)
    rough = rough_noise(gains)
    levels = _split(gains, change_points(gains, rough))
    noise = noise_about(np.repeat([level.gain for level in levels], [level.nights for level in levels]), gains)
    limit = max(math.log1p(threshold), _NOISES * noise)
    return Levels(tuple(readings), gains, noise, limit, tuple(_merged(gains, levels, limit)))


def comparable(track: Track) -> Sequence[Reading]:
    """The readings under the circumstances of the last one; nights under others may lie between them."""
    return [reading for reading in track.readings if reading.circumstances == track.readings[-1].circumstances]


def _split(gains: NDArray[np.float64], points: Sequence[int]) -> list[Level]:
    bounds = [0, *points, len(gains)]
    return [_level(gains, first, end) for first, end in pairwise(bounds)]


def _level(gains: NDArray[Any], first: int, end: int) -> Level:
    return Level(first, end, float(np.median(gains[first:end])))


def _merged(gains: NDArray[np.float64], levels: list[Level], limit: float) -> list[Level]:
    while len(levels) > 1:
        steps = [abs(after.gain - before.gain) for before, after in pairwise(levels)]
        least = steps.index(min(steps))
        if steps[least] >= limit:
            break
        whole = _level(gains, levels[least].first, levels[least + 1].end)
        levels = [*levels[:least], whole, *levels[least + 2 :]]
    return levels
