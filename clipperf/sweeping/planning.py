"""From a profile to a plan that can run here, every problem told before anything is measured."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from clipperf.errors import ProfileError, RunnerUnavailable, UsageError
from clipperf.plan import Case, expand, groups_of
from clipperf.profile import Profile
from clipperf.sweeping.artefact import check_models, precision_of
from clipperf.sweeping.preflight import RunnerFacts, ask_runner


@dataclass(frozen=True)
class Plan:
    """The cases in the order of the axes, and in the groups in which they run."""

    profile: Profile
    facts: RunnerFacts
    cases: tuple[Case, ...]

    def groups(self, repeat: int) -> list[list[Case]]:
        """The groups of one repeat, each repeat in an order of its own."""
        profile = self.profile
        return groups_of(self.cases, self.facts.dynamic_batch, profile.order, profile.seed + repeat)


def make_plan(profile: Profile) -> Plan:
    """The plan; raises ProfileError with every problem, RunnerUnavailable where the runner does not work here."""
    facts = _facts_of(profile)
    problems = [*facts.problems, *check_models(profile, facts.model_formats)]
    if problems:
        raise ProfileError(problems)
    precisions = {model: precision_of(model, profile, facts.model_formats) for model in profile.model}
    return Plan(profile, facts, tuple(expand(profile, facts.default_device, precisions)))


def _facts_of(profile: Profile) -> RunnerFacts:
    devices = sorted({device for entry in profile.device for device in entry.split(",")})
    axes = [[(key, value) for value in values] for key, values in sorted(profile.option.items())]
    options = [dict(chosen) for chosen in itertools.product(*axes)]
    try:
        return ask_runner(profile.runner, profile.model[0], devices, options, profile.worker_python)
    except RunnerUnavailable as error:
        raise UsageError(str(error)) from None
