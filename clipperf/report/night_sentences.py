"""The verdicts of a night in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from clipperf.analysis.night_control import CODE, MACHINE, attribute
from clipperf.analysis.night_summary import NightSummary
from clipperf.analysis.night_tracks import Track
from clipperf.analysis.night_verdict import (
    ABSENT,
    BROKEN,
    FEWEST_NIGHTS,
    IMPROVED,
    NEW,
    REGRESSION,
    SUSPECTED,
    TOO_NOISY,
    Verdict,
)
from clipperf.report.number import figure
from clipperf.report.safe_text import safe_text
from clipperf.results.axes import options_of

HEADINGS = {
    REGRESSION: "Regressions",
    SUSPECTED: "Suspected, to be seen tomorrow",
    TOO_NOISY: "Too noisy to say",
    BROKEN: "Begun anew, not compared",
    ABSENT: "Measured before, not tonight",
    IMPROVED: "Improved",
    NEW: "Too few nights to judge",
}
"""Of every verdict that is news, in the order of the page."""


_OF_A_SERIES = (BROKEN, ABSENT, NEW)
"""What holds for all figures of a series alike, and is told once."""


def stories(summary: NightSummary, kind: str) -> list[tuple[Verdict, str]]:
    """The verdicts of a kind to be told, the largest change first, each with its sentence."""
    found = summary.of_kind(kind)
    if kind in _OF_A_SERIES:
        found = list({verdict.track.series: verdict for verdict in found[::-1]}.values())[::-1]
    return [(verdict, verdict_text(verdict, summary)) for verdict in found]


def headline(summary: NightSummary) -> str:
    """The night in one sentence."""
    failed = sum(sweep.failed for sweep in summary.sweeps)
    ended = [sweep.name for sweep in summary.sweeps if sweep.error]
    parts = [
        _count(len({verdict.track.series for verdict in summary.of_kind(REGRESSION)}), "series slower"),
        _count(len({verdict.track.series for verdict in summary.of_kind(SUSPECTED)}), "series suspected"),
        _count(failed, "case failed", "cases failed"),
        f"{safe_text(', '.join(ended))} could not be measured" if ended else "",
        "too noisy to say" if summary.is_too_noisy else "",
    ]
    told = [part for part in parts if part]
    if not told:
        judged = len({verdict.track.series for verdict in summary.verdicts if verdict.levels is not None})
        return f"Quiet: nothing changed in {judged} series." if judged else "Quiet: no series has enough nights yet."
    text = ", ".join(told)
    return f"{text[0].upper()}{text[1:]}."


def series_text(axes: Mapping[str, Any]) -> str:
    """A series by its axes, what goes without saying left out."""
    parts = [
        axes["model"],
        axes["runner"],
        axes["precision"],
        f"device {axes['device']}",
        f"batch {axes['batch_size']}",
    ]
    parts += [f"instances {axes['instances']}"] if axes["instances"] not in (None, 1) else []
    parts += [f"depth {axes['queue_depth']}"] if axes["queue_depth"] not in (None, 1) else []
    parts += [f"{axes['offered_rate']:g} requests/s"] if axes["loop"] == "open" else []
    parts += [f"{key} {value}" for key, value in sorted(options_of(axes).items())]
    parts += [f"scope {axes['scope']}"] if axes["scope"] != "host" else []
    return safe_text(" · ".join(str(part) for part in parts))


def verdict_text(verdict: Verdict, summary: NightSummary) -> str:
    """What is to be said of one figure of one series, in a sentence or two."""
    name = verdict.track.metric.heading
    if verdict.kind in (REGRESSION, SUSPECTED, IMPROVED):
        return f"{_change_text(verdict, name)} {cause_text(verdict, summary)}".strip()
    if verdict.kind == TOO_NOISY and verdict.levels is not None:
        return (
            f"{name} varies by ± {100 * verdict.levels.noise:.1f} % from night to night, so that only a change of "
            f"{100 * verdict.levels.threshold:.0f} % would be seen. Measure longer, or on a quieter machine."
        )
    if verdict.kind == BROKEN:
        why = summary.breaks.get(verdict.track.series, "")
        return f"Not compared with the nights before: {safe_text(why) or 'its circumstances differ'}."
    if verdict.kind == ABSENT:
        return f"Last measured on {verdict.track.readings[-1].night}."
    if verdict.kind == NEW:
        nights = len(verdict.track.readings)
        return f"{_count(nights, 'night')} of the {FEWEST_NIGHTS + 1} that a verdict takes."
    return f"{name} is quiet."


def cause_text(verdict: Verdict, summary: NightSummary) -> str:
    """Whether the machine or the code is slow, as far as the control and an earlier build tell."""
    said = [summary.again[verdict.track.series]] if verdict.track.series in summary.again else []
    found = attribute(verdict, control_track(verdict, summary))
    if found.gain is not None and found.cause in (MACHINE, CODE):
        moved = _percent(found.gain)
        said.append(
            f"The control changed by {moved} as well: the machine is another, not the code."
            if found.cause == MACHINE
            else f"The control stood still ({moved}): the machine is the same."
        )
    return " ".join(said)


def control_track(verdict: Verdict, summary: NightSummary) -> Track | None:
    """The same figure of the control on the same runner and device, else of one on the host."""
    axes = summary.series[verdict.track.series]
    found = [each.track for each in summary.control if each.track.metric == verdict.track.metric]
    same = [
        track
        for track in found
        if all(summary.series[track.series][name] == axes[name] for name in ("runner", "device"))
    ]
    return next(iter([*same, *found]), None)


def _change_text(verdict: Verdict, name: str) -> str:
    assert verdict.change is not None
    assert verdict.levels is not None
    gain = verdict.change.gain
    sign = 1 if verdict.track.metric.more_is_better else -1
    low, high = sorted((math.expm1(sign * gain.low), math.expm1(sign * gain.high)))
    unit = "" if verdict.track.metric.more_is_better else " ms"
    figures = f"{figure(verdict.before or 0.0)}{unit} → {figure(verdict.after or 0.0)}{unit}"
    when = f"since {verdict.since}" if verdict.kind != SUSPECTED else f"from {verdict.since} on"
    change = f"{_percent(sign * gain.middle)} ({100 * low:+.1f} to {100 * high:+.1f} %)"
    return f"{name.removesuffix(' ms')} {figures}, {change} {when}; noise ± {100 * verdict.levels.noise:.1f} %."


def _percent(logarithm: float) -> str:
    return f"{100 * math.expm1(logarithm):+.1f} %"


def _count(number: int, one: str, several: str | None = None) -> str:
    if not number:
        return ""
    return f"{number} {one if number == 1 else several or (one if ' ' in one else one + 's')}"
