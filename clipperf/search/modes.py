"""Measures a grid, chooses the modes from it, and measures those again in turn, all rows in one run folder.

The best of many noisy figures is mostly too good, since it was chosen for that. So the grid only chooses; what is told
of a mode comes from its second measurement, by fresh workers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from clipperf.analysis.modes import find_modes
from clipperf.analysis.objective import Objective, read_objective
from clipperf.errors import ProfileError, UsageError
from clipperf.plan import Case
from clipperf.profile import Profile, make_profile, read_profile, sources_in
from clipperf.results.environment import changes_between
from clipperf.results.folder import ENVIRONMENT, PROFILE, RESULTS, RunFolder, read_json, reopen_folder
from clipperf.results.frame import read_rows, records
from clipperf.sweeping.bench import Artefacts, Bench
from clipperf.sweeping.display import Display
from clipperf.sweeping.lengths import stop_rule
from clipperf.sweeping.planning import Plan, make_plan
from clipperf.sweeping.require_idle import require_idle
from clipperf.sweeping.run import environment_of, make_folder, prepare_all, run_cases
from clipperf.sweeping.turns import Turn, take_turns


@dataclass(frozen=True)
class Wanted:
    """How often the chosen points are measured again, and the objective if there is one."""

    pairs: int
    objective: Objective | None


def start_modes(plan: Plan, wanted: Wanted, out: Path | None, display: Display) -> Path:
    """Measures grid and modes into a new run folder and gives its path; raises Interrupted at Ctrl-C."""
    check_profile(plan.profile)
    artefacts = _prepare(plan, display)
    slo = None if wanted.objective is None else wanted.objective.text
    stored = {"modes": {"pairs": wanted.pairs, "slo": slo}, "profile": plan.profile.model_dump()}
    with make_folder(plan, out) as folder:
        folder.begin(yaml.safe_dump(stored, sort_keys=False, allow_unicode=True), environment_of(plan, artefacts))
        _run(plan, wanted, artefacts, folder, display)
    return folder.path


def resume_modes(path: Path, display: Display) -> tuple[Path, Wanted]:
    """Measures what a run folder lacks; raises UsageError where it was not begun by ``clipperf modes``."""
    with reopen_folder(path) as folder:
        stored, file = read_profile(str(path / PROFILE))
        if not _is_of_modes(stored):
            raise UsageError(
                f"--resume {path}: it was not begun by clipperf modes; try clipperf sweep --resume {path}."
            )
        plan = make_plan(make_profile(stored["profile"], sources_in(file, stored["profile"], "profile")))
        wanted = _read_wanted(path, stored["modes"])
        artefacts = _prepare(plan, display)
        for change in changes_between(read_json(path / ENVIRONMENT), environment_of(plan, artefacts)):
            display.note(f"{ENVIRONMENT} has changed since the run began: {change}")
        _run(plan, wanted, artefacts, folder, display)
    return path, wanted


def wanted_in(path: Path) -> Wanted | None:
    """What a run folder was asked that ``clipperf modes`` began; None for any other folder."""
    if not (path / PROFILE).is_file():
        return None
    stored, _ = read_profile(str(path / PROFILE))
    return _read_wanted(path, stored["modes"]) if _is_of_modes(stored) else None


def check_profile(profile: Profile) -> None:
    """Raises ProfileError, all problems at once, for a profile whose points could not be held against each other."""
    problems = []
    for key, why in (("model", "two models"), ("precision", "two precisions")):
        values = getattr(profile, key)
        if len(values) > 1:
            problems.append(
                f"--{key} {','.join(values)}: the points of {why} are no choice; give one, and run it again."
            )
    if profile.rate:
        problems.append(
            "--rate: modes are those of a closed loop, where the device is never without work; leave the rate out. For "
            "requests that arrive at a rate see clipperf sweep --rate."
        )
    if problems:
        raise ProfileError(problems)


def turns(chosen: list[tuple[str, Case]], pairs: int, before: Mapping[str, int] | None = None) -> Iterator[Turn]:
    """All second measurements: every point once in a round, each round the other way round than the one before.

    ``before`` says how often each case was measured already; without it, once, as in a grid.
    """
    for number in range(pairs):
        for side, case in chosen if number % 2 == 0 else chosen[::-1]:
            yield Turn(side, case, number, number + (1 if before is None else before[case.case_id]))


def _run(plan: Plan, wanted: Wanted, artefacts: Artefacts, folder: RunFolder, display: Display) -> None:
    run_cases(plan, artefacts, folder, display)
    rows = [row for row in records(read_rows(folder.path / RESULTS)) if not row["side"]]
    by_id = {case.case_id: case for case in plan.cases}
    found = find_modes(rows, wanted.objective)
    chosen = [(", ".join(modes), by_id[case_id]) for case_id, modes in found.chosen.items()]

    def bench_of(_: Turn) -> Bench:
        return Bench(plan, artefacts, folder, display)

    take_turns(list(turns(chosen, wanted.pairs)), bench_of, stop_rule(plan.profile), folder, display)


def _prepare(plan: Plan, display: Display) -> Artefacts:
    artefacts = prepare_all(plan, display)
    require_idle(plan)
    return artefacts


def _is_of_modes(stored: Mapping[str, Any]) -> bool:
    return stored.keys() == {"modes", "profile"} and all(isinstance(part, dict) for part in stored.values())


def _read_wanted(path: Path, stored: dict[str, object]) -> Wanted:
    pairs, slo = stored.get("pairs"), stored.get("slo")
    if not isinstance(pairs, int) or isinstance(pairs, bool) or pairs < 1 or not isinstance(slo, str | None):
        raise UsageError(f"{path / PROFILE}: modes.pairs has to be a number from 1, and modes.slo a text or nothing.")
    return Wanted(pairs, None if slo is None else read_objective(slo))
