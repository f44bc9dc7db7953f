"""Runs a plan: for each case workers, a row, the samples; whatever a case does, the sweep goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from clipperf.errors import ClipperfError, Unsupported
from clipperf.measure.schedule import arrival_offsets_ns
from clipperf.measure.stopping import StopRule
from clipperf.plan import Case
from clipperf.profile import Profile, make_profile, read_profile
from clipperf.results.environment import changes_between, environment_of_host
from clipperf.results.figures import Measured, figures_of
from clipperf.results.folder import ENVIRONMENT, PROFILE, RunFolder, create_folder, read_environment, reopen_folder
from clipperf.sweeping.artefact import BATCH_PATTERN, Artefact, prepare
from clipperf.sweeping.crew import Crew
from clipperf.sweeping.display import Display
from clipperf.sweeping.planning import Plan, make_plan
from clipperf.sweeping.row import case_columns, error_columns, measured_columns, run_columns
from clipperf.worker.conduct import Load

_NS_PER_S = 1_000_000_000


def start_sweep(plan: Plan, out: Path | None, display: Display) -> Path:
    """Measures every case of a plan into a new run folder and gives its path."""
    path = out or default_folder(plan)
    artefacts = _prepare_all(plan, display)
    folder = create_folder(path)
    try:
        environment = {**environment_of_host(), "runner": {"name": plan.profile.runner, **_runner_facts(plan)}}
        folder.begin(yaml.safe_dump(plan.profile.model_dump(), sort_keys=False, allow_unicode=True), environment)
        _run(plan, artefacts, folder, display)
    finally:
        folder.close()
    return path


def resume_sweep(path: Path, display: Display) -> Path:
    """Measures what a run folder lacks, by the profile stored in it; says what changed on the host since."""
    folder = reopen_folder(path)
    try:
        keys, file = read_profile(str(path / PROFILE))
        plan = make_plan(make_profile(keys, dict.fromkeys(keys, str(file))))
        for change in changes_between(read_environment(path), environment_of_host()):
            if not change.startswith("runner"):
                display.note(f"{ENVIRONMENT} has changed since the run began: {change}")
        _run(plan, _prepare_all(plan, display), folder, display)
    finally:
        folder.close()
    return path


def default_folder(plan: Plan) -> Path:
    """``reports/<time>-<model>-<runner>``, with what a file name cannot hold left out."""
    what = f"{Path(plan.profile.model[0]).stem}-{plan.profile.runner.rpartition(':')[2]}"
    return Path("reports") / f"{datetime.now():%Y%m%d-%H%M%S}-{re.sub(r'[^A-Za-z0-9._-]+', '_', what)}"


def stop_rule(profile: Profile) -> StopRule:
    """The profile's lengths in the measuring core's words."""
    requests, warmup_ns, most = _warmup(profile.warmup)
    return StopRule(
        warmup_requests=requests,
        warmup_ns=warmup_ns,
        warmup_most_requests=most,
        iterations=profile.iterations,
        duration_ns=None if profile.duration is None else int(profile.duration * _NS_PER_S),
        target_ci=profile.target_ci,
        max_duration_ns=int(profile.max_duration * _NS_PER_S),
    )


def _warmup(text: str) -> tuple[int, int, int | None]:
    """Least requests of a slot, least time in ns, and the requests at which it ends all the same."""
    if text.isdigit():
        return int(text), 0, None
    # One request is owed even to a warm-up by time: no slot may enter the window cold.
    if text == "auto":
        return 1, _NS_PER_S, 10_000
    milliseconds = float(text[:-2]) if text.endswith("ms") else float(text[:-1]) * 1000
    return 1, int(milliseconds * 1e6), None


def longest_s(rule: StopRule, rate_per_s: float) -> float:
    """How long the schedule of an open loop must last: the longest window, a warm-up before it, and some to spare."""
    fixed_ns = rule.duration_ns if rule.duration_ns is not None else rule.max_duration_ns
    window_s = fixed_ns / _NS_PER_S if rule.iterations is None else 2 * rule.iterations / rate_per_s
    warm_up_s = max(rule.warmup_ns / _NS_PER_S, (rule.warmup_requests + 1) / rate_per_s)
    return 1.5 * window_s + 2 * warm_up_s + 5.0


@dataclass
class _Sweep:
    """What the cases of a run share."""

    plan: Plan
    artefacts: Mapping[tuple[str, int], Artefact]
    folder: RunFolder
    display: Display
    rule: StopRule
    columns: Mapping[str, Any]


def _run(plan: Plan, artefacts: Mapping[tuple[str, int], Artefact], folder: RunFolder, display: Display) -> None:
    finished = folder.finished()
    sweep = _Sweep(plan, artefacts, folder, display, stop_rule(plan.profile), run_columns(plan, folder.path.name))
    display.begin(len(plan.cases) * plan.profile.repeat - len(finished))
    for repeat in range(plan.profile.repeat):
        for group in plan.groups(repeat):
            missing = [case for case in group if (case.case_id, repeat) not in finished]
            _run_group(sweep, missing, repeat)


def _run_group(sweep: _Sweep, cases: list[Case], repeat: int) -> None:
    """Cases that share workers; a case that fails costs them, and the next one gets new ones."""
    crew: Crew | None = None
    refusal: Unsupported | None = None
    try:
        for case in cases:
            log = sweep.folder.log(case.case_id, repeat)
            log.touch()
            sweep.display.case(case, repeat)
            artefact = sweep.artefacts[case.model, case.batch_size]
            row = {**sweep.columns, **case_columns(case, repeat, artefact)}
            try:
                if refusal is not None:
                    raise refusal
                if crew is None:
                    try:
                        crew = _open(sweep, case, artefact, log)
                    except Unsupported as error:
                        refusal = error
                        raise
                row.update(_measure(sweep, crew, case, repeat, artefact, log))
            except ClipperfError as error:
                row.update(error_columns(error))
                if crew is not None:
                    _save_what_there_is(sweep, crew, case, repeat)
                    crew.kill()
                    crew = None
            sweep.folder.append(row)
            sweep.display.row(row)
    except BaseException:
        if crew is not None:
            crew.kill()
            crew = None
        raise
    finally:
        if crew is not None:
            crew.close()


def _open(sweep: _Sweep, case: Case, artefact: Artefact, log: Path) -> Crew:
    profile = sweep.plan.profile
    return Crew(case, artefact.location, sweep.plan.facts, profile.worker_python, log, profile.case_timeout)


def _measure(sweep: _Sweep, crew: Crew, case: Case, repeat: int, artefact: Artefact, log: Path) -> dict[str, Any]:
    profile = sweep.plan.profile
    recording = crew.measure(
        _load_of(case, profile, artefact, sweep.rule), sweep.rule, log, profile.case_timeout, sweep.display.progress
    )
    measured = Measured(
        recording.samples,
        recording.slots,
        recording.warm_ns,
        recording.stop_ns,
        recording.is_precise,
        recording.is_full,
    )
    figures = figures_of(measured, sweep.rule, case.batch_size)
    sweep.folder.save_samples(case.case_id, repeat, recording.samples, figures.window)
    return measured_columns(recording, figures, crew.ran, artefact.gflops(case.batch_size))


def _load_of(case: Case, profile: Profile, artefact: Artefact, rule: StopRule) -> Load:
    load = Load(case.batch_size, artefact.inputs, profile.seed)
    if case.offered_rate is None or case.arrival is None:
        return load
    seconds = longest_s(rule, case.offered_rate)
    offsets_ns = arrival_offsets_ns(case.arrival, case.offered_rate, seconds, profile.seed)
    return replace(load, rate_per_s=case.offered_rate, offsets_ns=offsets_ns)


def _save_what_there_is(sweep: _Sweep, crew: Crew, case: Case, repeat: int) -> None:
    samples = crew.samples()
    if len(samples):
        sweep.folder.save_samples(case.case_id, repeat, samples, None)


def _prepare_all(plan: Plan, display: Display) -> dict[tuple[str, int], Artefact]:
    """The artefact of every model and batch size; a file without {batch} in its name is looked at once."""
    artefacts: dict[tuple[str, int], Artefact] = {}
    for case in plan.cases:
        key = (case.model, case.batch_size)
        shared = next((one for (model, _), one in artefacts.items() if model == case.model), None)
        if key in artefacts:
            continue
        if shared is None or BATCH_PATTERN in case.model:
            display.note(f"Preparing {case.model}")
            shared = prepare(case.model, case.batch_size, plan.profile, plan.facts.model_formats)
        artefacts[key] = shared
    return artefacts


def _runner_facts(plan: Plan) -> dict[str, Any]:
    facts = plan.facts
    return {"version": facts.version, "driver": facts.driver_version, "devices": list(facts.devices), **facts.libraries}
