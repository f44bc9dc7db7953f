"""What a search measures next: a pure function of the rows, on devices whose answer is known."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import Row, lost, row
from test_tune_space import space

from clipperf.analysis.goal import Goal, standings
from clipperf.analysis.objective import MET, MISSED, UNKNOWN, read_constraint
from clipperf.analysis.quantity import QUANTITIES
from clipperf.plan import Case
from clipperf.search.tune_chooser import MOST_TIMES, next_step
from clipperf.search.tune_finals import BEST, DEFAULT, NEXT, RUNNER_UP, next_round
from clipperf.search.tune_space import Space

QPS = Goal(QUANTITIES["qps"])
GRID = {"batch": [1, 2, 4, 8, 16, 32, 64], "queue_depth": [1, 2, 3, 4]}


def top(case: Case) -> float:
    """Most qps at batch 16 and depth 3."""
    return 1000 * math.exp(-0.2 * (math.log2(case.batch_size) - 4) ** 2 - 0.1 * (case.queue_depth - 3) ** 2)


def row_of(case: Case, qps: float, repeat: int = 0, half: float = 0.005, **columns: Any) -> Row:
    told = {**case.identity, "options": json.dumps(case.identity["options"]), "case_id": case.case_id}
    bounds = {"qps_ci_low": qps * (1 - half), "qps_ci_high": qps * (1 + half), "window_s": 1.0}
    return row(case.batch_size, qps, **told, repeat=repeat, **bounds, requests_per_s=qps / case.batch_size) | columns


def searched(grid: Space, measure: Callable[[Case, int], Row], goal: Goal = QPS) -> list[Row]:
    cases, rows = {case.case_id: case for case in grid.cases}, list[Row]()
    while step := next_step(grid, goal, rows):
        rows += [measure(cases[shot.case_id], shot.repeat) for shot in step.shots]
    return rows


def test_the_top_is_found_with_a_part_of_the_points():
    grid = space(**GRID)
    rows = searched(grid, lambda case, repeat: row_of(case, top(case), repeat))
    found = next_round(grid, QPS, rows, {}, lambda _: MET, 3)
    assert found is not None
    cases = {case.case_id: case for case in grid.cases}
    sides = {side: cases[case_id] for case_id, side in found.sides.items()}
    assert (sides[BEST].batch_size, sides[BEST].queue_depth) == (16, 3)
    assert sides[DEFAULT] == grid.cases[0]
    assert len({one["case_id"] for one in rows}) < len(grid.cases)


def test_the_first_look_comes_first_and_is_asked_for_until_it_is_there():
    grid = space(**GRID)
    step = next_step(grid, QPS, [])
    assert step is not None
    assert {shot.case_id for shot in step.shots} == set(grid.coarse)
    half = [row_of(case, top(case)) for case in grid.cases if case.case_id in grid.coarse[:3]]
    rest = next_step(grid, QPS, half)
    assert rest is not None
    assert {shot.case_id for shot in rest.shots} == set(grid.coarse[3:])


def test_what_fails_is_not_measured_again_and_hides_nothing():
    grid = space(**GRID)

    def measure(case: Case, repeat: int) -> Row:
        made = row_of(case, top(case), repeat)
        if case.batch_size <= 16:
            return made
        gone = lost(case.batch_size, error_kind="out-of-memory")
        return gone | {key: made[key] for key in ("case_id", "options", "queue_depth", "repeat")}

    rows = searched(grid, measure)
    failed = [one["case_id"] for one in rows if one["status"] == "failed"]
    assert len(failed) == len(set(failed)) > 0
    found = next_round(grid, QPS, rows, {}, lambda _: MET, 3)
    assert found is not None
    assert next(iter(found.sides)) == next(
        case.case_id for case in grid.cases if (case.batch_size, case.queue_depth) == (16, 3)
    )


def test_nothing_works_nothing_is_chosen():
    grid = space(**GRID)
    rows = searched(grid, lambda case, _: lost(case.batch_size) | {"case_id": case.case_id})
    assert len(rows) == len(grid.coarse)
    assert next_round(grid, QPS, rows, {}, lambda _: MET, 3) is None


@pytest.mark.parametrize("limit_ms", [12, 25, 60])
def test_a_constraint_leads_to_the_best_that_holds_it(limit_ms: int):
    grid = space(**GRID)
    goal = Goal(QUANTITIES["qps"], (read_constraint(f"p99<={limit_ms}ms"),))
    rows = searched(grid, lambda case, repeat: row_of(case, top(case), repeat), goal)
    able = [case for case in grid.cases if 1.2 * 1.01 * 1000 * case.batch_size / top(case) <= limit_ms]
    found = next_round(grid, goal, rows, {}, lambda _: MET, 3)
    assert found is not None
    assert next(iter(found.sides)) == max(able, key=top).case_id


def test_a_loser_comes_back_when_measurements_differ_more_than_they_seemed_to():
    grid = space(batch=[1, 2, 4])
    one, two, _ = grid.cases
    first = [row_of(one, 100.0), row_of(two, 80.0)]
    assert standings(QPS, first)[two.case_id].surely_below(standings(QPS, first)[one.case_id])
    more = [*first, row_of(one, 60.0, 1), row_of(one, 110.0, 2), row_of(one, 70.0, 3)]
    assert not standings(QPS, more)[two.case_id].surely_below(standings(QPS, more)[one.case_id])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**20), st.sampled_from([0.0, 0.01, 0.05, 0.3]))
def test_every_search_ends_and_is_the_same_from_the_same_rows(seed: int, noise: float):
    grid = space(**GRID)

    def measure(case: Case, repeat: int) -> Row:
        wave = math.sin(seed + 7919 * int(case.case_id, 16) % 104729 + 31 * repeat)
        return row_of(case, top(case) * math.exp(noise * wave), repeat)

    rows = searched(grid, measure)
    times = [sum(one["case_id"] == case.case_id for one in rows) for case in grid.cases]
    assert max(times) <= MOST_TIMES
    assert len({(one["case_id"], one["repeat"]) for one in rows}) == len(rows)
    # Gone on with after a kill: whatever part of the rows is there, each is asked for again by its own repeat.
    part = rows[: seed % len(rows)]
    step = next_step(grid, QPS, part)
    assert step is not None
    known = {(one["case_id"], one["repeat"]) for one in part}
    assert not known & {(shot.case_id, shot.repeat) for shot in step.shots}


def rounds(goal: Goal, verdicts: dict[str, str]) -> list[tuple[list[str], int]]:
    """All rounds of second measurements over three depths, by verdicts of the sides in their order."""
    grid = space(batch=[1, 2, 4, 8])
    rows = [row_of(case, 100.0 * case.batch_size) for case in grid.cases]
    names = {case.case_id: str(case.batch_size) for case in grid.cases}
    again: dict[str, int] = {}
    told = []
    while found := next_round(grid, goal, rows, again, lambda case_id: verdicts[names[case_id]], 2):
        told.append(([f"{names[case_id]} {side}" for case_id, side in found.sides.items()], found.pairs))
        again |= dict.fromkeys(found.sides, found.pairs)
    return told


FIRST = ([f"8 {BEST}", f"4 {RUNNER_UP}", f"1 {DEFAULT}"], 2)
LIMIT = Goal(QUANTITIES["qps"], (read_constraint("p99<=1s"),))


def test_without_a_constraint_there_is_one_round():
    assert rounds(QPS, {}) == [FIRST]


def test_one_of_the_best_that_holds_the_constraint_is_enough():
    assert rounds(LIMIT, {"8": MISSED, "4": MET}) == [FIRST]


def test_what_is_not_known_is_measured_for_longer_and_then_others_follow():
    found = rounds(LIMIT, {"8": UNKNOWN, "4": MISSED, "2": UNKNOWN, "1": MET})
    assert found == [FIRST, ([f"8 {BEST}"], 4), ([f"2 {NEXT}"], 1), ([f"2 {NEXT}"], 2), ([f"2 {NEXT}"], 4)]


def test_one_look_is_enough_for_what_misses_the_constraint():
    grid = space(batch=[1, 2, 4, 8])
    rows = [row_of(case, 100.0 * case.batch_size) for case in grid.cases]
    ids = {case.batch_size: case.case_id for case in grid.cases}
    again = {ids[8]: 2, ids[4]: 2, ids[1]: 2, ids[2]: 1}
    verdicts = {ids[8]: MISSED, ids[4]: MISSED, ids[1]: MISSED, ids[2]: MISSED}
    assert next_round(grid, LIMIT, rows, again, verdicts.__getitem__, 2) is None


def test_only_the_best_is_measured_for_so_many_requests_as_bound_a_percentile():
    grid = space(batch=[1, 2, 4, 8])
    rows = [row_of(case, 100.0 * case.batch_size) for case in grid.cases]
    found = next_round(grid, LIMIT, rows, {}, lambda _: UNKNOWN, 4)
    assert found is not None
    assert found.requests == {next(iter(found.sides)): 100}
    tail = next_round(grid, Goal(QUANTITIES["p99"]), rows, {}, lambda _: UNKNOWN, 4)
    assert tail is not None
    assert tail.requests == dict.fromkeys(tail.sides, 100)
