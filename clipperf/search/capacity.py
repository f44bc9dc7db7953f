"""Searches the highest open-loop rate under an objective for each configuration of a grid, all rows in one run folder.

First each configuration has its closed loop measured, which bounds what it can be offered; what follows is chosen from
the rows alone, so that a run that was killed goes on as if nothing had been.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import yaml

from clipperf.analysis.capacity import Capacity, capacities
from clipperf.analysis.objective import read_objective
from clipperf.errors import ProfileError, UsageError
from clipperf.measure.stop_rule import StopRule
from clipperf.plan import Case
from clipperf.profile import make_profile, read_profile, sources_in
from clipperf.results.environment import changes_between
from clipperf.results.folder import ENVIRONMENT, PROFILE, RESULTS, RunFolder, read_json, reopen_folder
from clipperf.results.frame import read_rows, records
from clipperf.search.capacity_turns import Wanted, next_turn
from clipperf.sweeping.bench import Artefacts, Bench
from clipperf.sweeping.display import Display
from clipperf.sweeping.lengths import longest_case_s, stop_rule
from clipperf.sweeping.planning import Plan, make_plan
from clipperf.sweeping.require_idle import require_idle
from clipperf.sweeping.row import run_columns
from clipperf.sweeping.run import environment_of, make_folder, prepare_all

MOST_CONFIGURATIONS = 8
"""Each takes minutes, and more curves could not be told apart."""


def start_capacity(plan: Plan, wanted: Wanted, out: Path | None, display: Display) -> Path:
    """Searches into a new run folder and gives its path; raises Interrupted at Ctrl-C."""
    check_plan(plan)
    artefacts = _prepare(plan, display)
    stored = {"capacity": _stored(wanted), "profile": plan.profile.model_dump()}
    with make_folder(plan, out) as folder:
        folder.begin(yaml.safe_dump(stored, sort_keys=False, allow_unicode=True), environment_of(plan, artefacts))
        _run(plan, wanted, artefacts, folder, display)
    return folder.path


def resume_capacity(path: Path, display: Display) -> tuple[Path, Wanted]:
    """Goes on with a run folder; raises UsageError where it was not begun by ``clipperf capacity``."""
    with reopen_folder(path) as folder:
        wanted = wanted_in(path)
        if wanted is None:
            raise UsageError(
                f"--resume {path}: it was not begun by clipperf capacity; try clipperf sweep --resume {path}."
            )
        stored, file = read_profile(str(path / PROFILE))
        plan = make_plan(make_profile(stored["profile"], sources_in(file, stored["profile"], "profile")))
        artefacts = _prepare(plan, display)
        for change in changes_between(read_json(path / ENVIRONMENT), environment_of(plan, artefacts)):
            display.note(f"{ENVIRONMENT} has changed since the run began: {change}")
        _run(plan, wanted, artefacts, folder, display)
    return path, wanted


def wanted_in(path: Path) -> Wanted | None:
    """What a run folder was asked that ``clipperf capacity`` began; None for any other folder."""
    if not (path / PROFILE).is_file():
        return None
    stored, _ = read_profile(str(path / PROFILE))
    if stored.keys() != {"capacity", "profile"} or not all(isinstance(part, dict) for part in stored.values()):
        return None
    return _read_wanted(path, stored["capacity"])


def check_plan(plan: Plan) -> None:
    """Raises ProfileError, all problems at once, for a plan whose configurations cannot be searched."""
    problems = []
    if plan.profile.rate:
        problems.append("The key rate: the rates are what is sought; bound them by --rate LOW:HIGH, or leave it out.")
    if (program := run_columns(plan, "")["measured_by"]) != "clipperf":
        problems.append(
            f"--runner {plan.profile.runner}: {program} makes its load itself, in a closed loop; give a runner in "
            "which clipperf makes the load (clipperf runners lists them)."
        )
    if len(plan.cases) > MOST_CONFIGURATIONS:
        problems.append(
            f"The axes make {len(plan.cases)} configurations, at most {MOST_CONFIGURATIONS} are searched in one run; "
            "shorten one (clipperf modes finds the configurations that are worth it), or give --where."
        )
    if problems:
        raise ProfileError(problems)


def _run(plan: Plan, wanted: Wanted, artefacts: Artefacts, folder: RunFolder, display: Display) -> None:
    # Cuts out what a kill left of a row.
    folder.finished()
    rule = stop_rule(plan.profile)
    display.begin(wanted.most_cases * len(plan.cases), longest_case_s(rule))

    def measure(case: Case, repeat: int, length: StopRule) -> None:
        display.case(case, _named(case, repeat))
        with Bench(plan, artefacts, folder, display, rule=length) as bench:
            row = bench.measure(case, repeat)
        folder.append(row)
        display.row(row)

    for case in plan.cases:
        if _found(case, wanted, folder) is None:
            measure(case, 0, rule)
        while (turn := next_turn(_known(case, wanted, folder), wanted, rule)) is not None:
            offered = replace(case, arrival=plan.profile.arrival, offered_rate=turn.rate)
            measure(offered, turn.repeat, turn.rule(rule))
        if _known(case, wanted, folder).measurements >= wanted.most_cases:
            display.note(f"Ended at --max-cases {wanted.most_cases}: the bracket or the curve may lack rates.")


def _known(case: Case, wanted: Wanted, folder: RunFolder) -> Capacity:
    found = _found(case, wanted, folder)
    assert found is not None
    return found


def _found(case: Case, wanted: Wanted, folder: RunFolder) -> Capacity | None:
    """What the rows of the folder say of a configuration; None before its closed loop has one."""
    rows = records(read_rows(folder.path / RESULTS))
    return next((one for one in capacities(rows, wanted.objective) if one.closed["case_id"] == case.case_id), None)


def _named(case: Case, repeat: int) -> str:
    if case.offered_rate is None:
        return "closed loop"
    return f"{case.offered_rate:g} requests/s{', for longer' if repeat else ''}"


def _prepare(plan: Plan, display: Display) -> Artefacts:
    artefacts = prepare_all(plan, display)
    require_idle(plan)
    return artefacts


def _stored(wanted: Wanted) -> dict[str, Any]:
    """YAML knows infinity, but people who read the file do not."""
    told = asdict(wanted) | {"objective": wanted.objective.text}
    return {name: None if value == math.inf else value for name, value in told.items()}


def _read_wanted(path: Path, stored: Mapping[str, Any]) -> Wanted:
    given: dict[str, Any] = {name: math.inf if value is None else value for name, value in stored.items()}
    slo = given.pop("objective", None)
    is_number = all(isinstance(value, int | float) and not isinstance(value, bool) for value in given.values())
    if not isinstance(slo, str) or not is_number or not given.keys() <= set(Wanted.__dataclass_fields__):
        raise UsageError(
            f"{path / PROFILE}: under capacity there has to be an objective and numbers for "
            f"{', '.join(name for name in Wanted.__dataclass_fields__ if name != 'objective')}; found {dict(stored)}."
        )
    return Wanted(read_objective(slo), **given)
