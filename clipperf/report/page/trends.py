"""Every figure of every series over the nights, with what its verdict rests on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from clipperf.analysis.night_summary import NightSummary, Remark
from clipperf.analysis.night_verdict import VERDICTS, Verdict
from clipperf.report.night_sentences import series_text, verdict_text
from clipperf.report.page.content import Step, Trend

MOST_NIGHTS = 120
_DIGITS = 5


@dataclass(frozen=True)
class Trends:
    """The trends, the gravest first, and the nights that they count in."""

    nights: Sequence[date]
    trends: Sequence[Trend]


def trends_of(summary: NightSummary) -> Trends:
    """Of the last 120 nights, those of the control at the end."""
    verdicts = [verdict for kind in VERDICTS for verdict in summary.of_kind(kind)]
    everything = [*verdicts, *summary.control]
    known = {reading.night for verdict in everything for reading in verdict.track.readings}
    nights = sorted(known | {summary.night})[-MOST_NIGHTS:]
    place = {night: number for number, night in enumerate(nights)}
    trends = [_trend(verdict, summary, place) for verdict in verdicts]
    # What a control says of itself as its own witness is nothing.
    controls = [
        replace(trend, subject=f"control: {trend.subject}", sentence="", is_control=True)
        for trend in (_trend(verdict, summary, place) for verdict in summary.control)
    ]
    return Trends(nights, [*trends, *controls])


def trend_key(verdict: Verdict) -> str:
    """The name of a trend on its page, by which links find it."""
    return f"{verdict.track.series}-{verdict.track.metric.column}"


def _trend(verdict: Verdict, summary: NightSummary, place: dict[date, int]) -> Trend:
    readings = [each for each in verdict.track.readings if each.night in place]
    metric = verdict.track.metric
    low, high = _band(verdict)
    return Trend(
        key=trend_key(verdict),
        subject=series_text(summary.series[verdict.track.series]),
        heading=metric.heading,
        unit="samples/s" if metric.more_is_better else "ms",
        verdict=verdict.kind,
        sentence=verdict_text(verdict, summary),
        nights=[place[each.night] for each in readings],
        values=[_short(each.value) for each in readings],
        breaks=[place[b.night] for a, b in pairwise(readings) if a.circumstances != b.circumstances],
        steps=_steps(verdict, place),
        low=low,
        high=high,
        since=None if verdict.since is None else place.get(verdict.since),
        known=[place[night] for night in verdict.known if night in place],
        remarks=[(place[each.night], _remark(each)) for each in _remarks(verdict, summary) if each.night in place],
    )


def _steps(verdict: Verdict, place: dict[date, int]) -> list[Step]:
    levels = verdict.levels
    if levels is None:
        return []
    steps = []
    for level in levels.levels:
        nights = [place[each.night] for each in levels.readings[level.first : level.end] if each.night in place]
        if nights:
            steps.append(Step(nights[0], nights[-1], _short(_figure(level.gain, verdict))))
    return steps


def _band(verdict: Verdict) -> tuple[float | None, float | None]:
    """The figures that are one threshold off the level that the verdict is held against."""
    levels = verdict.levels
    if levels is None:
        return None, None
    gain = levels.levels[-1].gain
    if verdict.before is not None:
        gain = math.log(verdict.before) * (1 if verdict.track.metric.more_is_better else -1)
    ends = sorted(_figure(gain + sign * levels.threshold, verdict) for sign in (-1, 1))
    return _short(ends[0]), _short(ends[1])


def _figure(gain: float, verdict: Verdict) -> float:
    return math.exp(gain if verdict.track.metric.more_is_better else -gain)


def _remarks(verdict: Verdict, summary: NightSummary) -> list[Remark]:
    return [each for each in summary.remarks if each.series in (None, verdict.track.series)]


def _remark(remark: Remark) -> str:
    return f"{remark.text} ({remark.author})" if remark.author else remark.text


def _short(value: float) -> float:
    """Five significant digits are more than any chart shows, and half of the page's size."""
    return float(f"{value:.{_DIGITS - 1}e}")
