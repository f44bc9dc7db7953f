"""From the turns of a net to a report in clipperf's words.

Latency is ``calculate`` by launch: the host's time round the executions of a loop, without copies, which Sophon's
tables divide by the batch size for the time of an image (sophon-demo's ``auto_test.sh``). ``compute_ms`` is the NPU's
own time of a launch. Of the loops the first is cold, and none of its figures count where there are others.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from clipperf.measure.row_warning import RowWarning
from clipperf.tools.base import Report
from clipperf.tools.bmrt_test import row_warnings
from clipperf.tools.bmrt_test.log import Run, Turn
from clipperf.tools.rates import compute_rate, statistics_of

SCOPE = "compute"
_COMPUTE = ("mean", "p50", "p99")
_SLACK_US = 30.0
_SLACK = 0.02
"""What the host may spend on a launch beside it; the published logs have 2 to 10 us."""


@dataclass(frozen=True)
class Circumstances:
    """What is known of a measurement beside its turns.

    ``launches`` are those of a loop and ``groups`` the groups of cores that executed at once, None where they are not
    known; ``warmup_loops`` are those that do not count.
    """

    batch_size: int | None
    launches: int | None
    groups: int | None
    warmup_loops: int = 1
    device: str = ""
    model: str = ""
    precision: str = ""
    label: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


def counted_turns(turns: Sequence[Turn], warmup_loops: int) -> list[Turn]:
    """The turns that count: without the first loops, unless there are no others."""
    if all(turn.loop is not None for turn in turns):
        found = [turn for turn in turns if turn.loop is not None and turn.loop >= warmup_loops]
    else:
        found = list(turns[warmup_loops:])
    return found or list(turns)


def usable_turns(turns: Sequence[Turn], launches: int | None) -> list[Turn]:
    """The turns that tell a time of a launch: by their totals, else by their averages."""
    by_total = [turn for turn in turns if turn.calculate_us is not None and launches is not None]
    return by_total or [turn for turn in turns if turn.launch is not None and turn.launch.total_us]


def report_of(run: Run, turns: Sequence[Turn], about: Circumstances) -> Report:
    """The report of one net and stage, all of whose turns are usable; warnings say what had to be believed."""
    warnings: list[RowWarning] = []
    kept = counted_turns(turns, about.warmup_loops)
    if len(kept) == len(turns) and kept[0].loop in (None, 0):
        warnings.append(row_warnings.only_cold(len(kept)))
    latencies_ms = _latencies(kept, about, warnings)
    launches, groups = about.launches, about.groups
    busy_ms = float(latencies_ms.sum())
    is_single = launches == 1 and groups == 1 and all(turn.calculate_us is not None for turn in kept)
    if groups is None:
        warnings.append(row_warnings.groups_unknown())
    elif groups > 1 and about.batch_size is not None:
        warnings.append(row_warnings.core_groups(groups, about.batch_size))
    if launches is not None and launches > 1:
        warnings.append(row_warnings.averaged(launches))
    if run.is_priority_refused:
        warnings.append(row_warnings.priority_refused())
    one_group = None if groups is None else compute_rate(about.batch_size, len(kept), busy_ms)
    return Report(
        scope=SCOPE,
        device=about.device,
        label=about.label,
        model=about.model,
        precision=about.precision,
        batch_size=about.batch_size,
        instances=1,
        queue_depth=1,
        requests=None if launches is None or groups is None else len(kept) * launches * groups,
        warmup_requests=None if launches is None else (len(turns) - len(kept)) * launches * (groups or 1),
        durations_ms=tuple(latencies_ms.tolist()) if is_single else (),
        latency_ms=_told(latencies_ms, launches),
        compute_ms=_npu(kept, launches) if groups == 1 else {},
        qps_compute=None if one_group is None or groups is None else one_group * groups,
        options=about.options,
        warnings=tuple(warnings),
        runner_version=run.runtime,
        driver_version=run.driver,
    )


def launches_of(turns: Sequence[Turn]) -> int | None:
    """How many launches a loop had, by its total and its average; None where several numbers would do.

    A total is the launches and what the host spends between them; the average is cut to whole microseconds.
    """
    low, high = 1, 2**31
    for turn in turns:
        if turn.launch is None or not turn.launch.total_us or turn.calculate_us is None:
            continue
        total_us, mean_us = turn.calculate_us, turn.launch.total_us
        # The average may have been raised to the NPU's time, which then is a little more than the total.
        high = min(high, max(1, math.floor((total_us + 1) / mean_us * (1 + _SLACK))))
        low = max(low, math.ceil((total_us - 1) / (mean_us + 1 + max(_SLACK_US, _SLACK * mean_us))))
    return high if high in (1, low) else None


def _latencies(turns: Sequence[Turn], about: Circumstances, warnings: list[RowWarning]) -> np.ndarray:
    """The time of a launch in each turn, in ms."""
    totals = [turn.calculate_us for turn in turns if turn.calculate_us is not None]
    averages = [turn.launch.total_us / 1e3 for turn in turns if turn.launch is not None and turn.launch.total_us]
    if len(totals) == len(turns) and about.launches is not None:
        found = np.asarray(totals) / 1e3 / about.launches
        if len(averages) == len(turns):
            differs = row_warnings.check_launch(float(found.mean()), float(np.mean(averages)))
            warnings += [] if differs is None else [differs]
        return found
    warnings.append(row_warnings.launches_unknown() if totals else row_warnings.only_launches())
    return np.asarray(averages)


def _told(latencies_ms: np.ndarray, launches: int | None) -> dict[str, float]:
    """Of averages over several launches the mean alone is that of requests."""
    found = statistics_of(latencies_ms)
    return found if launches == 1 else {"mean": found["mean"]}


def _npu(turns: Sequence[Turn], launches: int | None) -> dict[str, float]:
    """The NPU's time of a launch; nothing where a turn does not tell it, as on the simulator."""
    told = [turn.launch.npu_us / 1e3 for turn in turns if turn.launch is not None and turn.launch.npu_us]
    if len(told) < len(turns):
        return {}
    found = statistics_of(np.asarray(told))
    return {name: found[name] for name in (_COMPUTE if launches == 1 else _COMPUTE[:1])}
