"""Whether the machine or the code is slow: what the control did in the nights of a change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clipperf.analysis.night_levels import levels_of
from clipperf.analysis.night_tracks import Track
from clipperf.analysis.night_verdict import FEWEST_NIGHTS, Verdict

MACHINE, CODE, UNKNOWN = "machine", "code", "unknown"
_MOST = 0.5
_NOISES = 3.0


@dataclass(frozen=True)
class Attribution:
    """The ``cause`` of a change, and what the control did meanwhile as a logarithm, None where it tells nothing."""

    cause: str
    gain: float | None = None


def attribute(verdict: Verdict, control: Track | None) -> Attribution:
    """``machine`` where the control moved the same way by half as much and more, ``code`` where it stood still.

    The control is judged by the nights since the change against those before it. Unknown is what lies between, or where
    the control has too few nights, or is too noisy to show half of the change.
    """
    if verdict.change is None or verdict.since is None or control is None:
        return Attribution(UNKNOWN)
    since = verdict.since
    sides = [[each for each in control.readings if (each.night >= since) is after] for after in (False, True)]
    before, after = ([reading.value for reading in side] for side in sides)
    if len(before) < FEWEST_NIGHTS or not after:
        return Attribution(UNKNOWN)
    noise = levels_of(control, 0.0).noise
    gain = _middle(after, control) - _middle(before, control)
    of_change = verdict.change.gain.middle
    reach = _NOISES * noise * math.sqrt(1 / len(before) + 1 / len(after))
    if abs(gain) >= max(_MOST * abs(of_change), reach) and gain * of_change > 0:
        return Attribution(MACHINE, gain)
    if reach < _MOST * abs(of_change) and abs(gain) < _MOST * abs(of_change):
        return Attribution(CODE, gain)
    return Attribution(UNKNOWN, gain)


def _middle(values: Sequence[float], of: Track) -> float:
    return float(np.median(np.log(values))) * (1 if of.metric.more_is_better else -1)
