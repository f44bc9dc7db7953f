"""From the history to verdicts on a night of this host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from clipperf.analysis.compare_verdict import METRICS
from clipperf.analysis.night_summary import CONTROL
from clipperf.analysis.night_tracks import WATCHED, tracks_of
from clipperf.analysis.night_verdict import BROKEN, Acknowledged, Verdict, judge_night
from clipperf.history.database import History
from clipperf.history.notes import read_acknowledgements
from clipperf.history.reading import (
    Wanted,
    last_nights,
    read_circumstances,
    read_environments,
    read_figures,
    read_runs,
    read_series,
)
from clipperf.history.tables import SERIES_COLUMNS
from clipperf.results.axes import Row, text_of
from clipperf.results.environment import changes_between
from clipperf.results.frame import records

_NIGHTS = 120
_MISSED_FOR = timedelta(days=7)
"""A series without a figure for longer is taken to have been given up."""

_COLUMNS = (
    *(metric.column for metric in WATCHED),
    *(column.replace("_ms", "_high_ms") for column in METRICS if column in ("latency_p50_ms", "latency_p99_ms")),
    "warnings",
)


@dataclass(frozen=True)
class Judged:
    """Verdicts on the series of a night, on those of its control, and what there is to say of both."""

    verdicts: tuple[Verdict, ...]
    control: tuple[Verdict, ...]
    series: Mapping[str, Mapping[str, Any]]
    breaks: Mapping[str, str]


def judge(history: History, night: date, host: str, threshold: float) -> Judged:
    """The verdicts of a night, over the last 120 nights before it.

    Series that were measured on this host in the last week are judged: those of other hosts that share the history are
    theirs to judge. Of a series that this host has measured before, only its own nights count.
    """
    nights = last_nights(history, _NIGHTS, until=night)
    rows = records(read_figures(history, _COLUMNS, Wanted(since=nights[0], until=night))) if nights else []
    kept = [row for own in _by_series(rows).values() for row in _of_host(own, host, night)]
    known = {
        Acknowledged(row["series"], row["metric"], row["night"]) for row in records(read_acknowledgements(history))
    }
    series = {row["series"]: {name: row[name] for name in SERIES_COLUMNS} for row in records(read_series(history))}
    tracks = tracks_of(kept)
    of_control = {key for key, axes in series.items() if axes["side"] == CONTROL}
    control = judge_night([track for track in tracks if track.series in of_control], night, known, threshold)
    verdicts = judge_night([track for track in tracks if track.series not in of_control], night, known, threshold)
    told = {verdict.track.series for verdict in (*verdicts, *control)}
    return Judged(
        tuple(verdicts), tuple(control), {key: series[key] for key in told}, _breaks(history, [*verdicts, *control])
    )


def changed_since_last_night(history: History, night: date, host: str) -> list[str]:
    """What differs between the environments of this night's runs and of those before, profile by profile."""
    nights = last_nights(history, _MISSED_FOR.days + 1, until=night)
    runs = records(read_runs(history, Wanted(since=nights[0], until=night))) if nights else []
    own = [run for run in runs if run["host"] == host]
    before = {run["profile"]: run["run"] for run in own if run["night"] < night}
    now = {run["profile"]: run["run"] for run in own if run["night"] == night}
    keys = [before[profile] for profile in before.keys() & now.keys()] + list(now.values())
    environments = read_environments(history, Wanted(runs=keys))
    changes = [
        change
        for profile, run in now.items()
        if profile in before
        for change in changes_between(environments[before[profile]], environments[run])
    ]
    return list(dict.fromkeys(changes))


def _by_series(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["series"], []).append(row)
    return found


def _of_host(rows: Sequence[Row], host: str, night: date) -> Sequence[Row]:
    """The nights of this host; all where it measured the series for the first time, so that the move is told."""
    own = [row for row in rows if row["host"] == host]
    if not own or max(row["night"] for row in own) < night - _MISSED_FOR:
        return ()
    has_before = any(row["night"] < night for row in own)
    return own if has_before else [row for row in rows if row["night"] < night or row["host"] == host]


def _breaks(history: History, verdicts: Sequence[Verdict]) -> dict[str, str]:
    """For each series that begins anew what is no longer the same, in words."""
    broken = {verdict.track.series: verdict.track.readings for verdict in verdicts if verdict.kind == BROKEN}
    known = read_circumstances(history) if broken else {}
    found = {}
    for key, readings in broken.items():
        now = readings[-1].circumstances
        other = next(reading.circumstances for reading in readings[::-1] if reading.circumstances != now)
        pairs = [(name, known[other][name], value) for name, value in known[now].items()]
        found[key] = "; ".join(
            f"{name} was {text_of(was)[:60]} and is {text_of(value)[:60]}"
            for name, was, value in pairs
            if not pd.isna(value) | pd.isna(was) and was != value
        )
    return found
