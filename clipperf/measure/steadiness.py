"""Whether the requests of a window all met the same device: no drift, no new mode, no coming and going."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clipperf.measure.ranks import ranks_of
from clipperf.measure.steadiness_tests import slope_probability, split_probability, variation_probability, windows_of

MATERIAL = 0.01
"""What moves less is steady, however surely it moves: it is no more than the precision that a window is asked for."""

TESTS = 3
CHANCE = 0.01
"""False alarms of independent noise, over the tests together: slope, change point, variation."""

MOST_CELLS = 256
FEWEST_CELLS = 10
"""Five windows of two values each: with fewer it cannot be told."""


@dataclass(frozen=True)
class Steadiness:
    """What was found unsteady, and by how much; None where nothing was.

    ``slope`` is the change over the window by a straight line as a share of where it starts; ``change`` the step after
    the share ``change_at`` of the window as a share of what was before; ``variation`` the standard deviation among its
    five or ten parts as a share of the mean. Of line and step only the one is given that fits better, since either
    looks like the other from afar.
    """

    slope: float | None = None
    change: float | None = None
    change_at: float | None = None
    variation: float | None = None

    @property
    def is_steady(self) -> bool:
        """Whether no test found anything."""
        return self.slope is None and self.change is None and self.variation is None


def judge_steadiness(cells: np.ndarray, chance: float = CHANCE, by_rank: bool = True) -> Steadiness | None:
    """What three tests say of ``cells``, durations in the order of time; None for fewer than ten.

    Slope, change point and variation between windows are tested over the ranks, so that a long tail or two modes raise
    no alarm, with the noise's own autocorrelation allowed for. Each counts only where it is also ``MATERIAL`` in the
    durations themselves. ``chance`` is the share of false alarms under independent noise; with ``by_rank`` false the
    durations are tested instead, which sees a large change in ten or twenty of them that ranks cannot tell from small
    ones, for more false alarms.
    """
    if cells.size < FEWEST_CELLS:
        return None
    series = ranks_of(cells) if by_rank else cells
    if float(np.ptp(series)) <= 0.0:
        return Steadiness()
    each, number, mean = chance / TESTS, int(cells.size), float(cells.mean())
    parts = windows_of(cells).mean(axis=1)
    variation = float(parts.std(ddof=1)) / mean
    found_variation = variation >= MATERIAL and variation_probability(series) < each

    place = np.arange(number) - (number - 1) / 2.0
    spread = float(place @ place)
    slope = float(place @ cells) / spread
    found_slope = abs(slope) * number >= MATERIAL * mean and slope_probability(series) < each

    split = split_probability(series)
    before = float(cells[: split.at].mean())
    step = float(cells[split.at :].mean()) - before
    found_step = abs(step) >= MATERIAL * mean and split.probability < each
    if found_slope and found_step:
        # What each explains of the sum of squares.
        found_step = step**2 * split.at * (number - split.at) / number > slope**2 * spread
        found_slope = not found_step
    start = max(mean - slope * number / 2.0, float(cells.min()))
    return Steadiness(
        slope * number / start if found_slope else None,
        step / before if found_step else None,
        split.at / number if found_step else None,
        variation if found_variation else None,
    )
