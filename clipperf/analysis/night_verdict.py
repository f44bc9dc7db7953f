"""What a night says of every series: quiet, suspected, a regression, an improvement, or why nobody can tell."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from clipperf.analysis.change_points import SHORTEST
from clipperf.analysis.false_discovery import discoveries
from clipperf.analysis.night_levels import Change, Level, Levels, comparable, levels_of
from clipperf.analysis.night_tracks import Track

REGRESSION, SUSPECTED, IMPROVED, QUIET = "regression", "suspected", "improved", "quiet"
NEW, BROKEN, TOO_NOISY, ABSENT = "new", "broken", "too noisy", "absent"
VERDICTS = (REGRESSION, SUSPECTED, TOO_NOISY, BROKEN, ABSENT, IMPROVED, NEW, QUIET)
"""In the order in which people want to read them."""

DEFAULT_THRESHOLD = 0.02
MOST_NOISE = 0.10
"""A series whose threshold, three times its noise, is above this can hide any change that people care about."""

FEWEST_NIGHTS = 5
"""With fewer nights before tonight nothing is known of the noise."""

_FALSE_REGRESSIONS = 0.01
_FALSE_SUSPICIONS = 0.05
_OF_THE_LOSS = 1 / 3
_LASTING = 7
_FRESH = timedelta(days=7)
_NEARBY = timedelta(days=SHORTEST)


@dataclass(frozen=True)
class Acknowledged:
    """A change that somebody has seen: of this figure of this series, which began in this night or close to it."""

    series: str
    metric: str
    night: date


@dataclass(frozen=True)
class Verdict:
    """What a night says of one figure of one series.

    ``since`` is the first night of the change, ``before`` and ``after`` are the levels in the unit of the figure, and
    ``change`` is their gain. ``levels`` holds the evidence; it is None where there are too few nights for any.
    ``known`` are the first nights of changes that were acknowledged.
    """

    track: Track
    kind: str
    tonight: float | None
    levels: Levels | None = None
    since: date | None = None
    before: float | None = None
    after: float | None = None
    change: Change | None = None
    known: tuple[date, ...] = ()


def judge_night(
    tracks: Sequence[Track],
    night: date,
    acknowledged: Collection[Acknowledged] = (),
    threshold: float = DEFAULT_THRESHOLD,
) -> list[Verdict]:
    """A verdict for each track that has begun by ``night``; later readings are left out.

    A figure that a night does not tell has none, unless its whole series is absent.

    A **regression** is a level that is worse than the best level since the last acknowledged change, by the threshold
    or three times the noise, whichever is more, and has lasted for three nights; **suspected** is a night as far off
    its level. Over all tracks together at most 1 % of the regressions and 5 % of the suspicions are expected to be
    false.
    """
    now = [replace(track, readings=tuple(each for each in track.readings if each.night <= night)) for track in tracks]
    begun = [track for track in now if track.readings]
    measured = {track.series for track in begun if track.readings[-1].night == night}
    # Where only a percentile lacks its bound tonight, the series is not missing.
    told = [track for track in begun if track.readings[-1].night == night or track.series not in measured]
    sayings = [_sayings(track, night, acknowledged, threshold) for track in told]
    for kind, rate in ((REGRESSION, _FALSE_REGRESSIONS), (SUSPECTED, _FALSE_SUSPICIONS)):
        counts = discoveries([_p_value(said[0], kind) for said in sayings], rate)
        sayings = [
            said if counts_here or said[0].kind != kind else said[1:]
            for said, counts_here in zip(sayings, counts, strict=True)
        ]
    return [said[0] for said in sayings]


def _p_value(verdict: Verdict, kind: str) -> float:
    return 1.0 if verdict.kind != kind or verdict.change is None else verdict.change.p_value


def _sayings(track: Track, night: date, acknowledged: Collection[Acknowledged], threshold: float) -> list[Verdict]:
    """All that can be said of a track by itself, the gravest first; what the tests do not bear out is left out."""
    last = track.readings[-1]
    if last.night != night:
        return [Verdict(track, ABSENT, None)]
    before = len(comparable(track)) - 1
    if before < FEWEST_NIGHTS:
        return [Verdict(track, BROKEN if before < len(track.readings) - 1 else NEW, last.value)]
    levels = levels_of(track, threshold)
    ours = [each.night for each in acknowledged if (each.series, each.metric) == (track.series, track.metric.column)]
    reference, known = _reference(levels, ours)
    quiet = Verdict(track, QUIET, last.value, levels, known=known)
    calm = replace(quiet, kind=TOO_NOISY) if levels.threshold > MOST_NOISE else _improved(quiet, levels) or quiet
    grave = [_regressed(quiet, levels, reference), _suspected(quiet, levels)]
    return [*(verdict for verdict in grave if verdict), calm]


def _reference(levels: Levels, acknowledged: Collection[date]) -> tuple[Level, tuple[date, ...]]:
    """The best level since the last acknowledged change, and the first nights of those.

    A better level has to last a week before its loss counts: three lucky nights and their end are no news.
    """
    best, known = levels.levels[0], []
    for level in levels.levels[1:]:
        begins = levels.night(level.first)
        is_known = any(abs(begins - night) <= _NEARBY for night in acknowledged)
        if is_known:
            known.append(begins)
        if is_known or (level.gain >= best.gain and level.nights >= _LASTING):
            best = level
    return best, tuple(known)


def _regressed(quiet: Verdict, levels: Levels, reference: Level) -> Verdict | None:
    last = levels.levels[-1]
    change = levels.change(reference, last)
    loss = -change.gain.middle
    if loss < levels.threshold:
        return None
    bad = _worse(levels, reference, last)
    if len(bad) < SHORTEST:
        return None
    return _told(quiet, REGRESSION, levels.night(bad[0]), (reference.gain, last.gain), change)


def _worse(levels: Levels, from_: Level, last: Level) -> list[int]:
    """The nights of the last level that are clearly off the one before, the first night of the change first.

    Two bad nights beside a good one are a level of three with a bad median, so each has to be worse itself.
    """
    limit = from_.gain - (from_.gain - last.gain) * _OF_THE_LOSS
    return [index for index in range(last.first, last.end) if levels.gains[index] < limit]


def _suspected(quiet: Verdict, levels: Levels) -> Verdict | None:
    *earlier, level = levels.levels
    if earlier and level.gain < earlier[-1].gain and len(_worse(levels, earlier[-1], level)) < SHORTEST:
        level = earlier[-1]
    end = len(levels.readings)
    first = end
    while first > 0 and level.gain - levels.gains[first - 1] > levels.threshold:
        first -= 1
    if first == end:
        return None
    change = levels.change_of_night(level, end - 1)
    return _told(quiet, SUSPECTED, levels.night(first), (level.gain, float(levels.gains[-1])), change)


def _improved(quiet: Verdict, levels: Levels) -> Verdict | None:
    if len(levels.levels) == 1:
        return None
    before, last = levels.levels[-2:]
    begins = levels.night(last.first)
    if last.gain < before.gain or begins in quiet.known or quiet.track.readings[-1].night - begins > _FRESH:
        return None
    change = levels.change(before, last)
    # With few nights a step can be larger than the threshold and still be nothing for certain.
    return _told(quiet, IMPROVED, begins, (before.gain, last.gain), change) if change.gain.low > 0 else None


def _told(quiet: Verdict, kind: str, since: date, gains: tuple[float, float], change: Change) -> Verdict:
    before, after = (math.exp(gain if quiet.track.metric.more_is_better else -gain) for gain in gains)
    return replace(quiet, kind=kind, since=since, before=before, after=after, change=change)
