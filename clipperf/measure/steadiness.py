"""Whether the requests of a window all met the same device: no drift, no new mode, no coming and going."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clipperf.measure.ranks import ranks_of
from clipperf.measure.steadiness_tests import slope_probability, split_probability, variation_probability, windows_of

MATERIAL = 0.01
"""What moves less is steady, however surely it moves: it is no more than the precision that a window is asked for."""

CHANCE = 0.01
"""False alarms of independent noise, over the three tests together."""

MOST_CELLS = 256
FEWEST_CELLS = 10
"""Five windows of two values each: with fewer it cannot be told."""


@dataclass(frozen=True)
class Steadiness:
    """Which tests found the window unsteady, and by how much; shares are of the mean.

    ``slope`` is the change by linear fit over the window, ``change`` the step at the share ``change_at`` of the window,
    ``variation`` the deviation among its five or ten parts; each is signed where it has a direction, and None where its
    test found nothing.
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
    number, mean = int(cells.size), float(cells.mean())
    series = ranks_of(cells) if by_rank else cells
    if float(np.ptp(series)) <= 0.0:
        return Steadiness()
    each = chance / 3.0
    place = np.arange(number) - (number - 1) / 2.0
    slope = float(place @ cells) / float(place @ place) * number / mean
    split = split_probability(series)
    change = float(cells[split.at :].mean() - cells[: split.at].mean()) / mean
    parts = windows_of(cells).mean(axis=1)
    variation = float(parts.std(ddof=1)) / mean
    changes = abs(change) >= MATERIAL and split.probability < each
    return Steadiness(
        slope if abs(slope) >= MATERIAL and slope_probability(series) < each else None,
        change if changes else None,
        split.at / number if changes else None,
        variation if variation >= MATERIAL and variation_probability(series) < each else None,
    )
