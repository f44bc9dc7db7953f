"""From a profile to a plan that can run here, every problem told before anything is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from clipperf.errors import ProfileError, RunnerUnavailable, UsageError
from clipperf.plan import Case, expand, groups_of, option_sets
from clipperf.profile import Profile
from clipperf.sweeping.artefact import DEFAULT_PRECISION, check_models, precision_of
from clipperf.sweeping.conversions import check_conversions
from clipperf.sweeping.preflight import RunnerFacts, ask_runner
from clipperf.sweeping.tool_facts import ask_tool
from clipperf.tools import TABLE as TOOLS


@dataclass(frozen=True)
class Plan:
    """The cases in the order of the axes, and in the groups in which they run.

    ``precisions`` holds the one that each model has by itself.
    """

    profile: Profile
    facts: RunnerFacts
    cases: tuple[Case, ...]
    precisions: Mapping[str, str]

    @property
    def is_by_tool(self) -> bool:
        """Whether a vendor's tool measures, which may tell more than the monitors do."""
        return self.profile.runner in TOOLS

    def groups(self, repeat: int) -> list[list[Case]]:
        """The groups of one repeat, each repeat in an order of its own."""
        profile = self.profile
        return groups_of(self.cases, self.facts.dynamic_batch, profile.order, profile.seed + repeat)


def make_plan(profile: Profile) -> Plan:
    """The plan; raises ProfileError with every problem, RunnerUnavailable where the runner does not work here."""
    facts = _facts_of(profile)
    problems = [*facts.problems, *check_models(profile, facts.model_formats), *check_conversions(profile, facts)]
    if profile.vendor_multi_device and profile.runner not in TOOLS:
        problems.append(
            f"--vendor-multi-device: {profile.runner} is no vendor's tool that could serve a set of devices by its own "
            "means; clipperf serves it. Leave the flag out."
        )
    # Of models that cannot be read the precision is unknown; the filter is judged all the same.
    precisions = {
        model: DEFAULT_PRECISION if problems else precision_of(model, profile, facts.model_formats)
        for model in profile.model
    }
    try:
        cases = tuple(expand(profile, facts.default_devices, precisions, facts.default_scope))
    except ProfileError as error:
        problems += error.problems
    if problems:
        raise ProfileError(problems)
    return Plan(profile, facts, cases, precisions)


def _facts_of(profile: Profile) -> RunnerFacts:
    options = [dict(chosen) for chosen in option_sets(profile)]
    sets = [entry.split(",") for entry in profile.device]
    try:
        if profile.runner in TOOLS:
            return ask_tool(profile.runner, sets, options, profile.worker_python)
        return ask_runner(profile.runner, profile.model[0], sets, options, profile.worker_python)
    except RunnerUnavailable as error:
        raise UsageError(str(error)) from None
