"""Runs a plan: for each case workers, a row, the samples; whatever a case does, the sweep goes on."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import yaml

from clipperf.plan import Case
from clipperf.profile import make_profile, read_profile, sources_in
from clipperf.results.environment import changes_between, environment_of_host
from clipperf.results.folder import (
    ENVIRONMENT,
    PROFILE,
    RunFolder,
    create_default_folder,
    create_folder,
    read_json,
    reopen_folder,
)
from clipperf.results.schema import MEASURED
from clipperf.sweeping.artefact import Artefact, file_of, must_build, prepare
from clipperf.sweeping.bench import Artefacts, Bench, artefact_key
from clipperf.sweeping.control import FEWEST_CASES, measure_control
from clipperf.sweeping.display import Display
from clipperf.sweeping.lengths import longest_case_s, stop_rule
from clipperf.sweeping.planning import Plan, make_plan
from clipperf.sweeping.require_idle import require_idle
from clipperf.sweeping.variants import artefact_for


def start_sweep(plan: Plan, out: Path | None, display: Display) -> Path:
    """Measures every case of a plan into a new run folder and gives its path; raises Interrupted at Ctrl-C."""
    artefacts = prepare_all(plan, display)
    require_idle(plan)
    with make_folder(plan, out) as folder:
        profile = yaml.safe_dump(plan.profile.model_dump(), sort_keys=False, allow_unicode=True)
        folder.begin(profile, environment_of(plan, artefacts))
        run_cases(plan, artefacts, folder, display)
    return folder.path


def resume_sweep(path: Path, display: Display) -> Path:
    """Measures what a run folder lacks, by the profile stored in it; says what changed on the host since."""
    with reopen_folder(path) as folder:
        keys, file = read_profile(str(path / PROFILE))
        plan = make_plan(make_profile(keys, sources_in(file, keys)))
        artefacts = prepare_all(plan, display)
        require_idle(plan)
        for change in changes_between(read_json(path / ENVIRONMENT), environment_of(plan, artefacts)):
            display.note(f"{ENVIRONMENT} has changed since the run began: {change}")
        run_cases(plan, artefacts, folder, display)
    return path


def make_folder(plan: Plan, out: Path | None) -> RunFolder:
    """A new run folder, named after the time, the first model and the runner where ``out`` names none."""
    if out is not None:
        return create_folder(out)
    return create_default_folder(f"{Path(plan.profile.model[0]).stem}-{plan.profile.runner.rpartition(':')[2]}")


def run_cases(plan: Plan, artefacts: Artefacts, folder: RunFolder, display: Display) -> None:
    """Measures those cases of a plan that the folder lacks, each row written at once."""
    finished = folder.finished()
    todo = [
        (case, repeat)
        for repeat in range(plan.profile.repeat)
        for group in plan.groups(repeat)
        for case in group
        if (case.case_id, repeat) not in finished
    ]
    display.begin(len(todo), longest_case_s(stop_rule(plan.profile)))
    with Bench(plan, artefacts, folder, display) as bench:
        first: tuple[Case, Mapping[str, Any]] | None = None
        for case, repeat in todo:
            display.case(case, repeat)
            row = bench.measure(case, repeat)
            folder.append(row)
            display.row(row)
            if first is None and row["status"] in MEASURED:
                first = case, row
        if plan.profile.control and first is not None and len(todo) >= FEWEST_CASES:
            display.case(first[0], "control")
            control = measure_control(bench, *first)
            if control is not None:
                folder.save_control(control)


def prepare_all(plan: Plan, display: Display) -> Artefacts:
    """What each case opens; a file without {batch} in its name is looked at once, and converted once."""
    sources: dict[str, Artefact] = {}
    made: dict[tuple[str, str, str], Artefact] = {}
    artefacts: dict[Hashable, Artefact] = {}
    for case in plan.cases:
        name = str(file_of(case.model, case.batch_size))
        if name not in sources:
            if must_build(case.model, plan.profile, plan.facts.model_formats):
                display.note(f"Building {case.model}; it is kept in the cache and not built again.")
            sources[name] = prepare(case.model, case.batch_size, plan.profile, plan.facts.model_formats)
        asked = (name, case.precision, case.int8)
        if asked not in made:
            made[asked] = artefact_for(case, sources[name], plan, display)
        artefacts[artefact_key(case)] = made[asked]
    return artefacts


def environment_of(plan: Plan, artefacts: Artefacts) -> dict[str, Any]:
    """What environment.json holds: the host, the models and the runner."""
    facts = plan.facts
    runner = {
        "name": plan.profile.runner,
        "version": facts.version,
        "driver": facts.driver_version,
        "devices": list(facts.devices),
        **facts.libraries,
    }
    models = {artefact.location: artefact.sha256 for artefact in artefacts.values() if artefact.sha256}
    return {**environment_of_host(models=models), "runner": runner}
