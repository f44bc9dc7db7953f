"""Runs scenarios and holds their rows against the truth; a disturbed scenario is tried again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clipperf.profile import make_profile
from clipperf.results.folder import RESULTS
from clipperf.results.frame import read_rows
from clipperf.sweeping.display import Display
from clipperf.sweeping.planning import make_plan
from clipperf.sweeping.run import start_sweep
from clipperf.validation.check import Check
from clipperf.validation.scenario import Outcome, Scenario

TRIES = 3
DISTURBANCES = frozenset({"host-busy", "steal", "throttled", "swap", "frequency-change", "bursts", "late-issue"})
"""Warnings that speak of the machine and not of the device: a simulated device gives no cause for any of them."""


@dataclass(frozen=True)
class Verdict:
    """The checks of a scenario's last try; ``disturbed_by`` are the warnings of its rows that blame the machine."""

    scenario: Scenario
    checks: tuple[Check, ...]
    tries: int
    disturbed_by: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every figure is within what is allowed."""
        return all(check.holds for check in self.checks)

    @property
    def is_open(self) -> bool:
        """Whether a figure is out, but on a machine too disturbed to blame the profiler for it."""
        return not self.holds and bool(self.disturbed_by)


def validate(scenario: Scenario, out: Path, display: Display, tell: Callable[[str], None]) -> Verdict:
    """The verdict on a scenario, tried again up to three times while a figure is out and the machine was disturbed."""
    profile = make_profile({"name": f"validate {scenario.name}", **scenario.keys}, {})
    for number in range(1, TRIES + 1):
        folder = out / f"{scenario.name.replace(' ', '-').lower()}-{number}"
        rows = read_rows(start_sweep(make_plan(profile), folder, display) / RESULTS)
        checks = tuple(scenario.judge(scenario.name, Outcome(rows, folder)))
        codes = {warning["code"] for cell in rows["warnings"] for warning in json.loads(cell)}
        verdict = Verdict(scenario, checks, number, tuple(sorted(codes & DISTURBANCES)))
        if not verdict.is_open:
            break
        if number < TRIES:
            tell(f"{scenario.name}: disturbed ({', '.join(verdict.disturbed_by)}); trying again.")
    return verdict
