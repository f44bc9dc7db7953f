"""A whole night: doctor, control, sweeps, control, history, verdicts."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from clipperf.analysis.night_summary import CONTROL, NightSummary, NightSweep, Remark
from clipperf.analysis.night_verdict import REGRESSION, SUSPECTED
from clipperf.doctor.examine import examine
from clipperf.history.adding import add_run
from clipperf.history.address import Address
from clipperf.history.database import open_history
from clipperf.history.entry import read_entry
from clipperf.history.notes import read_annotations
from clipperf.nightly.again import measure_again
from clipperf.nightly.control import control_of, measure_control
from clipperf.nightly.folder import RUNS
from clipperf.nightly.judging import changed_since_last_night, judge
from clipperf.nightly.sweeps import named, run_sweep
from clipperf.profile import Profile
from clipperf.results.frame import records
from clipperf.sweeping.display import Display

_MOST_AGAIN = 5
"""Each takes a minute and more; what has one cause needs no more witnesses."""


@dataclass(frozen=True)
class Plan:
    """What a night does: its profiles in order, the model of the control if there is one, what counts as a change.

    ``against`` is the Python of an earlier build, with which what looks slower is measured in turn.
    """

    night: date
    profiles: Sequence[Profile]
    control: str | None
    threshold: float
    history: Address
    against: str | None = None


def measure_night(plan: Plan, folder: Path, display: Display) -> NightSummary:
    """Measures, keeps everything in the history, and judges; a night that was interrupted is gone on with.

    Raises HistoryError where the history cannot take the rows, which are safe in their run folders then.
    """
    unfit = [f"{each.subject}: {each.found}" for each in examine((), None) if each.level == "mend"]
    sweeps, controls = _measure(plan, folder / RUNS, display)
    unfit += [f"{each.name}: {each.error}" for each in controls if each.error]
    with open_history(plan.history) as history:
        for sweep in (*sweeps, *controls):
            if sweep.rows:
                add_run(history, read_entry(sweep.folder))
        host = socket.gethostname()
        judged = judge(history, plan.night, host, plan.threshold)
        changes = changed_since_last_night(history, plan.night, host)
        written = records(read_annotations(history))
    summary = NightSummary(
        night=plan.night,
        host=host,
        threshold=plan.threshold,
        sweeps=tuple(sweeps),
        verdicts=judged.verdicts,
        control=judged.control,
        series=judged.series,
        unfit=tuple(unfit),
        changes=tuple(changes),
        breaks=judged.breaks,
        remarks=tuple(Remark(each["night"], each["text"], each["author"], each["series"]) for each in written),
    )
    if plan.against is None:
        return summary
    return replace(summary, again=_again(summary, plan.against, plan.profiles, folder / RUNS, display))


def _again(
    summary: NightSummary, before: str, profiles: Sequence[Profile], runs: Path, display: Display
) -> dict[str, str]:
    """What an earlier build does tonight, for the series that look slower, the worst first."""
    found: dict[str, str] = {}
    for verdict in summary.of_kind(REGRESSION, SUSPECTED):
        key, axes = verdict.track.series, summary.series[verdict.track.series]
        profile = next(
            (each for each in profiles if each.runner == axes["runner"] and axes["model"] in each.model), None
        )
        if profile is None or key in found or len(found) == _MOST_AGAIN:
            continue
        folder = runs / f"again-{key}"
        found[key] = measure_again(axes, verdict.track.metric, before, profile, folder, summary.threshold, display)
    return found


def _measure(plan: Plan, runs: Path, display: Display) -> tuple[list[NightSweep], list[NightSweep]]:
    controls = _controls(plan, runs)
    for folder, control in controls.items():
        measure_control(control, 0, folder, plan.night, display)
    sweeps = [run_sweep(wanted, runs / wanted.name, plan.night, display) for wanted in named(plan.profiles)]
    return sweeps, [measure_control(control, 1, folder, plan.night, display) for folder, control in controls.items()]


def _controls(plan: Plan, runs: Path) -> Mapping[Path, Profile]:
    """One for each runner and device of the profiles, by its folder."""
    if plan.control is None:
        return {}
    found: dict[str, Profile] = {}
    for profile in plan.profiles:
        control = control_of(profile, plan.control)
        found.setdefault(control.model_dump_json(), control)
    return {runs / f"{CONTROL}-{number}": control for number, control in enumerate(found.values(), 1)}
