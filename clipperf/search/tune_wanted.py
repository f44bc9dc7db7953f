"""What a search was asked for, and how a run folder keeps it so that the search can be gone on with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clipperf.analysis.goal import Goal
from clipperf.analysis.objective import read_constraint
from clipperf.analysis.quantity import QUANTITIES
from clipperf.errors import ProfileError, UsageError
from clipperf.profile import Profile, make_profile, read_profile, sources_in
from clipperf.results.folder import PROFILE
from clipperf.search.tune_budget import Budget, read_budget

OBJECTIVES = ("qps", "p99", "energy", "qps_per_watt")


@dataclass(frozen=True)
class Wanted:
    """The goal, the budget if there is one, and how often the answer is measured again."""

    goal: Goal
    budget: Budget | None
    pairs: int


def make_wanted(objective: str, constraints: Sequence[str], budget: str | None, pairs: int) -> Wanted:
    """From the words of a user; raises UsageError for any that cannot be read."""
    limits = tuple(read_constraint(text) for text in dict.fromkeys(constraints))
    return Wanted(Goal(QUANTITIES[objective], limits), None if budget is None else read_budget(budget), pairs)


def check_profile(profile: Profile) -> None:
    """Raises ProfileError, all problems at once, for a profile whose cases could not be held against each other."""
    problems = []
    if len(profile.model) > 1:
        problems.append(f"--model {','.join(profile.model)}: two models are no choice; give one, and run it again.")
    if profile.rate:
        problems.append(
            "--rate: a search is for a closed loop, where the device is never without work; leave the rate out. For "
            "requests that arrive at a rate see clipperf sweep --rate."
        )
    if problems:
        raise ProfileError(problems)


def stored(wanted: Wanted, profile: Profile) -> dict[str, Any]:
    """What ``profile.yaml`` of a run folder holds."""
    asked = {
        "objective": wanted.goal.quantity.name,
        "constraints": [constraint.text for constraint in wanted.goal.constraints],
        "budget": None if wanted.budget is None else wanted.budget.text,
        "pairs": wanted.pairs,
    }
    return {"tune": asked, "profile": profile.model_dump()}


def read_stored(path: Path) -> tuple[Wanted, Profile]:
    """What a run folder was asked; raises UsageError where it was not begun by ``clipperf tune``."""
    found, file = read_profile(str(path / PROFILE))
    if found.keys() != {"tune", "profile"} or not all(isinstance(part, dict) for part in found.values()):
        raise UsageError(f"--resume {path}: it was not begun by clipperf tune; try clipperf sweep --resume {path}.")
    profile = make_profile(found["profile"], sources_in(file, found["profile"], "profile"))
    asked = found["tune"]
    objective, constraints = asked.get("objective"), asked.get("constraints")
    budget, pairs = asked.get("budget"), asked.get("pairs")
    if (
        objective not in OBJECTIVES
        or not isinstance(constraints, list)
        or not isinstance(budget, str | None)
        or not isinstance(pairs, int)
        or isinstance(pairs, bool)
        or pairs < 2
    ):
        raise UsageError(
            f"{path / PROFILE}: tune.objective has to be one of {', '.join(OBJECTIVES)}, tune.constraints a list, "
            "tune.budget a text or nothing, and tune.pairs a number from 2."
        )
    return make_wanted(objective, [str(text) for text in constraints], budget, pairs), profile
