"""The tables of ``clipperf capacity``: the answer of each configuration, and every rate that was offered."""

from __future__ import annotations

import math
from collections.abc import Sequence

from clipperf.analysis.capacity import Capacity, Trial
from clipperf.analysis.objective import Objective
from clipperf.report.capacity_sentences import samples_per_s
from clipperf.report.capacity_words import interval_text, share_text, verdict_text
from clipperf.report.grid import Column, Style, grid_text, name_columns
from clipperf.report.number import DASH, align_points, figure
from clipperf.results.frame import frame_of

_ALWAYS = (50, 99)


def answers_text(found: Sequence[Capacity], objective: Objective, style: Style) -> str:
    """A line for each configuration."""
    met, not_met = [one.met for one in found], [one.not_met for one in found]
    most = [one.most_per_s for one in found]
    shares = [None if trial is None else one.utilisation(trial) for one, trial in zip(found, met, strict=True)]
    columns = [
        *name_columns(frame_of([one.closed for one in found])),
        Column("met up to", align_points([_rate(trial) for trial in met])),
        Column("not at", align_points([_rate(trial) for trial in not_met])),
        Column("samples/s", align_points([figure(samples_per_s(one)) if one.met else DASH for one in found])),
        Column("closed loop", align_points([DASH if one is None else figure(one.value) for one in most])),
        Column("% of it", align_points([share_text(share).removesuffix(" %") for share in shares])),
        Column(f"{objective.name} ms", align_points([_value(trial, objective.percentile) for trial in met])),
        Column("95 % interval", [_interval(trial, objective.percentile) for trial in met], "left"),
    ]
    return grid_text(columns, style)


def rates_text(found: Sequence[Capacity], objective: Objective, style: Style) -> str:
    """A line for each rate of each configuration; takes at least one rate."""
    pairs = [(one, trial) for one in found for trial in one.trials]
    trials = [trial for _, trial in pairs]
    # How often a rate was measured has a column of its own.
    frame = frame_of([trial.row for trial in trials]).assign(repeat=0, offered_rate=None)
    shares = [share_text(one.utilisation(trial)).removesuffix(" %") for one, trial in pairs]
    requests = [trial.row.get("requests") for trial in trials]
    columns = [
        *name_columns(frame),
        Column("requests/s", align_points([f"{trial.rate:.4g}" for trial in trials])),
        Column("% of max", align_points(shares)),
        Column("served/s", align_points([_cell(trial, "requests_per_s") for trial in trials])),
    ]
    for number in sorted({*_ALWAYS, objective.percentile}):
        columns.append(Column(f"p{number} ms", align_points([_value(trial, number) for trial in trials])))
        if number == objective.percentile:
            columns.append(Column("95 % interval", [_interval(trial, number) for trial in trials], "left"))
    columns.append(Column("requests", [DASH if number is None else f"{int(number):,}" for number in requests]))
    columns.append(Column("times", [str(trial.times) for trial in trials]))
    columns.append(Column(objective.text, [verdict_text(trial) for trial in trials], "left"))
    return grid_text(columns, style)


def _rate(trial: Trial | None) -> str:
    return DASH if trial is None else f"{trial.rate:.4g}"


def _cell(trial: Trial, column: str) -> str:
    value = trial.row.get(column)
    return DASH if value is None else figure(value)


def _value(trial: Trial | None, percentile: int) -> str:
    if trial is None or math.isinf(trial.latency(percentile).value):
        return DASH
    return figure(trial.latency(percentile).value)


def _interval(trial: Trial | None, percentile: int) -> str:
    if trial is None or math.isinf(trial.latency(percentile).value):
        return DASH
    return interval_text(trial.latency(percentile))
