"""Searches on the devices of tune_devices.py against the whole grid, in virtual time: regret and share of its cost."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from rows import Row, lost, row
from tune_devices import Clock, Device, Load, truth

from clipperf.analysis.compare_runs import InWindow
from clipperf.analysis.goal import Goal, ranked_by, standings
from clipperf.analysis.objective import MISSED, UNKNOWN, read_constraint
from clipperf.analysis.quantity import QUANTITIES
from clipperf.analysis.tune_answer import Grid, TuneAnswer, finals_of, tune_answer
from clipperf.measure.stop_rule import StopRule
from clipperf.plan import Case
from clipperf.profile import Profile
from clipperf.search.modes import turns
from clipperf.search.tune_budget import Budget, is_spent
from clipperf.search.tune_chooser import next_step
from clipperf.search.tune_finals import Round, next_round
from clipperf.search.tune_lengths import final_rule, longest_final_s, search_rule, telling_rule
from clipperf.search.tune_space import Space
from clipperf.sweeping.lengths import stop_rule
from clipperf.validation.virtual_run import run_virtual

RULE = stop_rule(Profile())
PAIRS = 3
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
        self._inside: dict[tuple[str, int], InWindow] = {}

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
        window = run.figures.window
        inside = InWindow(run.samples.select(window.holds(run.samples)), window.open_ns, load.slots)
        self._inside[case.case_id, repeat] = inside
        warnings = json.dumps([vars(warning) for warning in run.figures.warnings])
        status = "ok" if run.is_precise else "inconclusive"
        return row(case.batch_size) | own | run.figures.values | {"status": status, "warnings": warnings}

    def samples(self, of: Row) -> InWindow | None:
        """The requests in the window of a row."""
        return self._inside.get((of["case_id"], of["repeat"]))


def search(device: Device, goal: Goal, seed: int, budget: Budget | None = None) -> tuple[TuneAnswer, Lab]:
    """As ``clipperf tune`` goes about it; the answer, and the lab with what was spent."""
    lab, space, rows = Lab(device, seed), Space(device.cases), list[Row]()
    cases = {case.case_id: case for case in device.cases}

    def is_over() -> bool:
        return bool(rows) and is_spent(budget, space, goal, rows, RULE, PAIRS, lab.spent_s)

    while (step := next_step(space, goal, rows)) and not is_over():
        for shot in step.shots:
            if is_over():
                break
            rule = search_rule(RULE, goal, _of(rows, shot.case_id))
            rows.append(lab.measure(cases[shot.case_id], shot.repeat, rule))
    again: list[Row] = []
    while found := _missing(space, goal, rows, again, lab):
        longest_s = longest_final_s(space.whole_s(rows, RULE), PAIRS)
        chosen = [(side, cases[case_id]) for case_id, side in found.sides.items()]
        for turn in turns(chosen, found.pairs, {case_id: len(_of(rows, case_id)) for case_id in found.sides}):
            if any((one["case_id"], one["repeat"]) == (turn.case.case_id, turn.repeat) for one in again):
                continue
            requests = found.requests.get(turn.case.case_id, 0)
            rule = final_rule(RULE, goal, _of(rows, turn.case.case_id), longest_s, requests)
            again.append(lab.measure(turn.case, turn.repeat, rule, turn.side))
    grid = Grid(len(device.cases), device.cases[0].case_id, space.whole_s(rows, telling_rule(RULE, goal)))
    return tune_answer(goal, [*rows, *again], grid, lab.samples), lab


def _missing(space: Space, goal: Goal, rows: Sequence[Row], again: Sequence[Row], lab: Lab) -> Round | None:
    rows_of, finals = finals_of(goal, again, lab.samples)
    counts = {case_id: len(of_case) for case_id, of_case in rows_of.items()}

    def verdict(case_id: str) -> str:
        return finals[case_id].whole_verdict if case_id in finals else MISSED if case_id in counts else UNKNOWN

    return next_round(space, goal, rows, counts, verdict, PAIRS)


def _of(rows: Sequence[Row], case_id: str) -> list[Row]:
    return [one for one in rows if one["case_id"] == case_id]


@dataclass(frozen=True)
class WholeGrid:
    """Every case by a stop rule: what it cost in s, what it would have chosen, what it shows to hold every limit."""

    spent_s: float
    chosen: str
    met: frozenset[str]


def whole_grid(device: Device, goal: Goal, seed: int) -> WholeGrid:
    """What the search is held against: the default stop rule, and under a limit of a percentile as many requests of
    every case as can show that it holds, since else the grid has no answer.
    """
    lab, rule = Lab(device, seed), telling_rule(RULE, goal)
    known = standings(goal, [lab.measure(case, 0, rule) for case in device.cases])
    met = {case_id: one for case_id, one in known.items() if one.estimate is not None and one.is_met}
    chosen = ranked_by(met or known)[0].case_id
    return WholeGrid(lab.spent_s, chosen, frozenset(met))


@cache
def truths(device: Device) -> Mapping[str, Mapping[str, float]]:
    """The true figures of every case by id, of those that do not fail."""
    found = {case.case_id: truth(device, case) for case in device.cases}
    return {case_id: figures for case_id, figures in found.items() if figures}


def regret(device: Device, goal: Goal, case_id: str | None, shown: Collection[str]) -> float:
    """How far the true figure of a case is from the true best of those that hold the limits and are ``shown`` to by
    whole grids, as a share of it; 0 where it is better, as where a grid could not tell.

    1 for one that does not hold them, and for no case where there is one.
    """
    able = {one: true for one, true in truths(device).items() if holds(goal, true)}
    name, sign = goal.quantity.name, 1 if goal.quantity.more_is_better else -1
    decided = [sign * math.log(able[one][name]) for one in able if one in shown]
    if case_id is None or case_id not in able:
        return 1.0 if decided or case_id is not None else 0.0
    return max(0.0, -math.expm1(sign * math.log(able[case_id][name]) - max(decided, default=-math.inf)))


def holds(goal: Goal, true: Mapping[str, float]) -> bool:
    """Whether true figures hold every constraint."""
    return all(
        (true[one.name] >= one.limit) if one.quantity.more_is_better else (true[one.name] <= one.limit)
        for one in goal.constraints
    )


def study_goals(device: Device) -> tuple[Goal, Goal, Goal]:
    """Most qps; most qps under a limit of p99 that leaves out the fastest points; least p99.

    The limit lies in the middle between the true p99 of two points: no measurement can tell on which side a point
    stands that lies on the limit. Of the gaps below all that come within 5 % of the most qps, the widest of the upper
    half.
    """
    true = list(truths(device).values())
    most = max(one["qps"] for one in true)
    ceiling = min(one["p99"] for one in true if one["qps"] >= 0.95 * most)
    tails = sorted({one["p99"] for one in true})
    below = [tail for tail in tails if tail <= ceiling]
    below = below if len(below) > 1 else tails[:2]
    gaps = [(after / before, math.sqrt(before * after)) for before, after in itertools.pairwise(below)]
    limit_ms = max(gaps[len(gaps) // 2 :])[1]
    qps = QUANTITIES["qps"]
    return Goal(qps), Goal(qps, (read_constraint(f"p99<={limit_ms:.3f}ms"),)), Goal(QUANTITIES["p99"])


@dataclass(frozen=True)
class Found:
    """Regrets and shares of the searches on a device, one a seed; ``of_grid`` are the regrets of whole grids.

    ``of_truth`` are regrets against all points that hold the limits in truth, whether a grid can tell or not; ``shown``
    is the number of points that most of the grids show to hold every limit.
    """

    regrets: list[float]
    of_truth: list[float]
    shares: list[float]
    of_grid: list[float]
    grid_s: float
    shown: int


def study(device: Device, place: int, seeds: Sequence[int]) -> Found:
    """A device with the goal of that place among ``study_goals``, against as many whole grids, of three at most."""
    goal = study_goals(device)[place]
    grids = [whole_grid(device, goal, 1000 + seed) for seed in seeds[:3]]
    grid_s = sum(grid.spent_s for grid in grids) / len(grids)
    counts = Counter(case_id for grid in grids for case_id in grid.met)
    shown = {case_id for case_id, count in counts.items() if 2 * count > len(grids)}
    regrets, of_truth, shares = [], [], []
    for seed in seeds:
        answer, lab = search(device, goal, seed)
        chosen = None if answer.chosen is None else answer.chosen.case_id
        regrets.append(regret(device, goal, chosen, shown))
        of_truth.append(regret(device, goal, chosen, truths(device)))
        shares.append(lab.spent_s / grid_s)
    of_grid = [regret(device, goal, grid.chosen if grid.met else None, shown) for grid in grids]
    return Found(regrets, of_truth, shares, of_grid, grid_s, len(shown))
