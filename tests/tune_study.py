"""Searches on the devices of tune_devices.py against the whole grid, in virtual time: regret and share of its cost."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from rows import Row, lost, row
from tune_devices import Clock, Device, Load, truth

from clipperf.analysis.goal import Goal
from clipperf.measure.stop_rule import StopRule
from clipperf.plan import Case
from clipperf.profile import Profile
from clipperf.search.tune_chooser import Step, next_step, finalists
from clipperf.search.tune_lengths import final_rule, search_rule
from clipperf.search.tune_space import Space
from clipperf.sweeping.lengths import stop_rule
from clipperf.validation.virtual_run import run_virtual

RULE = stop_rule(Profile())
PAIRS = 4
_LOAD_NS = 500_000_000
"""What passes on the device's clock between two measurements."""

_FAILS_S = 0.1


class Lab:
    """A device in virtual time; ``spent_s`` is what the measurements took: warm-up and window."""

    def __init__(self, device: Device, seed: int) -> None:
        self.device, self.spent_s = device, 0.0
        self._random = np.random.default_rng([seed, 1])
        self._clock = Clock(device.noise, np.random.default_rng([seed, 2]))
        self._now_ns = 0

    def measure(self, case: Case, repeat: int, rule: StopRule, side: str | None = None) -> Row:
        """The row that the harness would have written."""
        own = {**case.identity, "options": json.dumps(case.identity["options"]), "case_id": case.case_id}
        own |= {"repeat": repeat, "side": side}
        self._now_ns += _LOAD_NS
        work = self.device.work(case)
        if work is None:
            self.spent_s += _FAILS_S
            return lost(case.batch_size, error_kind="out-of-memory") | own
        load = Load(case, work, self.device.noise, self._random, self._clock, self._now_ns)
        requests = 64 * load.slots
        while True:
            try:
                run = run_virtual(load.samples(requests), rule, load.slots, case.batch_size)
                break
            except ValueError:
                requests *= 2
        took_ns = int(run.samples.completed_ns.max())
        self.spent_s += took_ns / 1e9
        self._now_ns += took_ns
        warnings = json.dumps([vars(warning) for warning in run.figures.warnings])
        status = "ok" if run.is_precise else "inconclusive"
        return row(case.batch_size) | own | run.figures.values | {"status": status, "warnings": warnings}


@dataclass(frozen=True)
class Outcome:
    """Of one search: ``regret`` and ``share`` as shares, ``measurements`` of the search and in all."""

    regret: float
    share: float
    searched: int
    cases: int
    spent_s: float
    grid_s: float
    chosen: str


def search(device: Device, goal: Goal, seed: int, pairs: int = PAIRS, trace=None) -> tuple[str, float, int]:
    """The chosen case, what it cost, and how many measurements the search took before the answer."""
    lab, space = Lab(device, seed), Space(device.cases)
    by_id = {case.case_id: case for case in device.cases}
    rows: list[Row] = []
    while step := next_step(space, goal, rows):
        for shot in step.shots:
            rows.append(lab.measure(by_id[shot.case_id], shot.repeat, search_rule(RULE, goal, shot.repeat)))
        if trace:
            trace(step, lab, rows)
    found = finalists(space, goal, rows)
    again: dict[str, list[Row]] = {}
    for number in range(pairs):
        for case_id in found if number % 2 == 0 else found[::-1]:
            again.setdefault(case_id, []).append(
                lab.measure(by_id[case_id], 10 + number, final_rule(RULE, goal, pairs), "final")
            )
    # The answer: best of the second measurements.
    from clipperf.analysis.goal import standings
    known = standings(goal, [one for of_case in again.values() for one in of_case])
    chosen = max((known[c] for c in found if known[c].estimate is not None), key=lambda each: each.score)
    return chosen.case_id, lab.spent_s, len(rows)


def whole_grid(device: Device, seed: int) -> tuple[list[Row], float]:
    """Every case by the standard stop rule: the rows and what they cost in s."""
    lab = Lab(device, seed)
    rows = [lab.measure(case, 0, RULE) for case in device.cases]
    return rows, lab.spent_s


@cache
def truths(device: Device) -> Mapping[str, Mapping[str, float]]:
    """The true figures of every case by id."""
    return {case.case_id: truth(device, case) for case in device.cases}
