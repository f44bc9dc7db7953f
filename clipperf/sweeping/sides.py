"""Two profiles planned as the sides of one comparison: each case of A with its counterpart of B."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clipperf.errors import ProfileError
from clipperf.plan import Case
from clipperf.profile import Profile
from clipperf.results.axes import case_key, differing, text_of
from clipperf.sweeping.planning import Plan, make_plan

MEASURED_ALIKE = (
    "iterations", "duration", "warmup", "target_ci", "max_duration", "case_timeout", "timeout_ms", "seed",
)  # fmt: skip
"""How is measured must be the same on both sides, or a difference of the method would pass for one of the device."""


@dataclass(frozen=True)
class Sides:
    """Both plans, and their cases in pairs."""

    a: Plan
    b: Plan
    cases: tuple[tuple[Case, Case], ...]

    def plan(self, side: str) -> Plan:
        """That of ``A`` or of ``B``."""
        return self.a if side == "A" else self.b


def make_sides(a: Profile, b: Profile) -> Sides:
    """The plans of both; raises ProfileError with every problem of either, each told once."""
    problems = [
        f"A and B have to be measured alike, but {key} is {text_of(getattr(a, key))} in A and "
        f"{text_of(getattr(b, key))} in B; give --{key.replace('_', '-')} once, for both."
        for key in MEASURED_ALIKE
        if getattr(a, key) != getattr(b, key)
    ]
    plans: list[Plan] = []
    told: dict[str, Sequence[str]] = {}
    for side, profile in (("A", a), ("B", b)):
        try:
            plans.append(plans[0] if plans and a == b else make_plan(profile))
        except ProfileError as error:
            told[side] = error.problems
    of_both = set(told.get("A", ())) & set(told.get("B", ()))
    problems += dict.fromkeys(
        problem if problem in of_both else f"{side}: {problem}" for side, found in told.items() for problem in found
    )
    if problems:
        raise ProfileError(problems)
    plan_a, plan_b = plans
    return Sides(plan_a, plan_b, pair_cases(plan_a.cases, plan_b.cases))


def pair_cases(a: tuple[Case, ...], b: tuple[Case, ...]) -> tuple[tuple[Case, Case], ...]:
    """Each case of A with the one of B that is like it in every axis of which the sides have any value in common.

    Raises ProfileError where a case has no counterpart, or several.
    """
    apart = differing([case.identity for case in a], [case.identity for case in b])
    keyed_a, keyed_b = ({case_key(case.identity, apart): case for case in cases} for cases in (a, b))
    if len(keyed_a) < len(a) or len(keyed_b) < len(b) or keyed_a.keys() != keyed_b.keys():
        raise ProfileError(
            [
                f"The {len(a)} cases of A and the {len(b)} of B are no pairs: an axis that both sides share needs the "
                f"same values on both, and one that sets them apart ({', '.join(apart) or 'there is none'}) one value "
                "on each."
            ]
        )
    return tuple((case, keyed_b[key]) for key, case in keyed_a.items())
