"""Years of nights of known truth, judged every night as in use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from nights import night, track
from numpy.typing import NDArray

from clipperf.analysis.night_tracks import Track
from clipperf.analysis.night_verdict import FEWEST_NIGHTS, REGRESSION, SUSPECTED, judge_night

NIGHTS = 365
NOISES = (0.005, 0.01, 0.02)
STEPS = (0.02, 0.03, 0.05, 0.10)
DEMANDED = (0.01, 0.05)
"""The noise and the step of every other series that has one."""

BAD_NIGHTS = 0.005
MISSING = 0.03
MOVES = 2
_SETTLED = 30
"""A step comes so many nights after the last change of circumstances, and as many before the end."""


@dataclass(frozen=True)
class Truth:
    """What really happened to a series: its noise, its bad nights, and its step, if it has one."""

    noise: float
    bad: NDArray[np.bool_]
    step: float = 0.0
    at: int = NIGHTS


@dataclass
class Found:
    """Counts over all years: series-years, regressions without a step, bad nights and those in a new regression.

    ``late`` counts by noise and step after how many judged nights of it a step was found; ``nights`` all that were
    judged and ``suspicions`` those that were good and suspected.
    """

    years: int = 0
    false: int = 0
    bad: int = 0
    bad_flagged: int = 0
    nights: int = 0
    suspicions: int = 0
    steps: Counter[tuple[float, float]] = field(default_factory=Counter)
    late: Counter[tuple[float, float, int]] = field(default_factory=Counter)

    def add(self, other: Found) -> None:
        """Counts those of another as well."""
        for name in ("years", "false", "bad", "bad_flagged", "nights", "suspicions"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.steps.update(other.steps)
        self.late.update(other.late)

    def share_within(self, noise: float, step: float, nights: int) -> float:
        """The share of such steps that are found by so many judged nights."""
        found = sum(self.late[noise, step, late] for late in range(1, nights + 1))
        return found / self.steps[noise, step]


def year_of_series(number: int, random: np.random.Generator, has_step: bool) -> tuple[Track, Truth]:
    """A year of one series: normal noise, isolated bad nights, missing nights, and other circumstances twice."""
    is_demanded = random.random() < 0.5
    noise = float(random.choice(NOISES)) if has_step else float(random.uniform(NOISES[0], NOISES[-1]))
    if has_step and is_demanded:
        noise = DEMANDED[0]
    values = 100 * np.exp(noise * random.standard_normal(NIGHTS))
    bad = random.random(NIGHTS) < BAD_NIGHTS
    values[bad] *= 1 - random.uniform(0.05, 0.3, bad.sum())
    moves = sorted(int(move) for move in random.integers(1, NIGHTS, MOVES))
    for move in moves:
        values[move:] *= random.uniform(0.8, 1.2)
    step, at = 0.0, NIGHTS
    places = [at for at in range(_SETTLED, NIGHTS - 10) if not any(-10 < at - move < _SETTLED for move in moves)]
    if has_step and places:
        step, at = DEMANDED[1] if is_demanded else float(random.choice(STEPS)), int(random.choice(places))
        values[at:] *= 1 - step
    values[random.random(NIGHTS) < MISSING] = np.nan
    circumstances = {move: f"after {move}" for move in moves}
    return track(values, series=str(number), circumstances=circumstances), Truth(noise, bad, step, at)


def study(families: int, series: int, seed: int, with_steps: float, nights: int = NIGHTS) -> Found:
    """Families of ``series`` judged together, ``with_steps`` the share of them that have a step."""
    total = Found()
    for family in range(families):
        random = np.random.default_rng([seed, family])
        years = [year_of_series(number, random, random.random() < with_steps) for number in range(series)]
        total.add(_judge_year(years, nights))
    return total


def _judge_year(years: list[tuple[Track, Truth]], nights: int) -> Found:
    truths = {of.series: truth for of, truth in years}
    found = Found(years=len(years), steps=Counter((truth.noise, truth.step) for _, truth in years if truth.step))
    was_alarm: set[str] = set()
    told: set[str] = set()
    seen: Counter[str] = Counter()
    for number in range(FEWEST_NIGHTS, nights):
        for series, kind in _verdicts([of for of, _ in years], number):
            truth = truths[series]
            is_bad, is_step = bool(truth.bad[number]), number >= truth.at
            found.nights += 1
            found.bad += is_bad and not is_step
            found.suspicions += kind == SUSPECTED and not is_bad and not is_step
            seen[series] += is_step
            if kind != REGRESSION:
                was_alarm.discard(series)
                continue
            if is_step and series not in told:
                told.add(series)
                found.late[truth.noise, truth.step, seen[series]] += 1
            elif not is_step and series not in was_alarm:
                found.false += 1
                found.bad_flagged += bool(truth.bad[max(0, number - 2) : number + 1].any())
            was_alarm.add(series)
    return found


def _verdicts(tracks: list[Track], number: int) -> Iterator[tuple[str, str]]:
    """Those of the series that have a figure of the night."""
    for verdict in judge_night(tracks, night(number)):
        if verdict.tonight is not None:
            yield verdict.track.series, verdict.kind
