"""What a search may spend, and how long it measures."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rows import Row, row
from test_tune_space import space

from clipperf.analysis.goal import Goal
from clipperf.analysis.objective import read_constraint
from clipperf.analysis.quantity import QUANTITIES
from clipperf.errors import UsageError
from clipperf.measure.stop_rule import StopRule
from clipperf.search.tune_budget import check_budget, is_spent, read_budget
from clipperf.search.tune_finals import Round, bounding_requests
from clipperf.search.tune_lengths import final_rule, search_rule

RULE = StopRule(2, 500_000_000, 6_000_000_000)
QPS = Goal(QUANTITIES["qps"])
GRID = space(batch=[1, 2, 4, 8], queue_depth=[1, 2, 3])


def rows(number: int, **columns: object) -> list[Row]:
    made = {"requests_per_s": 20.0, "window_s": 1.0, "warmup_requests": 20}
    return [row(1, case_id=GRID.cases[place % 12].case_id, **made, **columns) for place in range(number)]


@pytest.mark.parametrize(
    ("text", "seconds", "measurements"),
    [("90s", 90.0, None), ("10min", 600.0, None), ("1.5h", 5400.0, None), ("40cases", None, 40)],
)
def test_forms(text: str, seconds: float | None, measurements: int | None):
    budget = read_budget(text)
    assert (budget.seconds, budget.measurements) == (seconds, measurements)


@pytest.mark.parametrize("text", ["", "10", "min", "0s", "0cases", "2.5cases", "-1min", "10 min", "10m", "1e3s"])
def test_other_forms_are_refused(text: str):
    with pytest.raises(UsageError, match="such as 10min, 90s or 2h, or a number of measurements such as 40cases"):
        read_budget(text)


def test_a_budget_too_small_for_an_answer_is_refused_with_what_it_takes():
    fewest = len(GRID.coarse) + 10
    check_budget(read_budget(f"{fewest}cases"), GRID, 3)
    with pytest.raises(UsageError, match=f"give at least {fewest}cases, or fewer --pairs"):
        check_budget(read_budget(f"{fewest - 1}cases"), GRID, 3)


def test_room_for_the_answer_is_kept():
    budget = read_budget("20cases")
    assert not is_spent(budget, GRID, QPS, rows(10), RULE, 3, 0.0)
    assert is_spent(budget, GRID, QPS, rows(11), RULE, 3, 0.0)
    clock = read_budget("10min")
    assert not is_spent(clock, GRID, QPS, rows(3), RULE, 3, 10.0)
    assert is_spent(clock, GRID, QPS, rows(3), RULE, 3, 590.0)


def test_without_a_budget_a_part_of_the_grid_is_the_limit_but_never_of_the_first_look():
    assert not is_spent(None, GRID, QPS, rows(len(GRID.coarse)), RULE, 3, 0.0)
    assert is_spent(None, GRID, QPS, rows(12), RULE, 3, 0.0)


def test_a_further_round_has_to_fit():
    budget, sides = read_budget("20cases"), Round({GRID.cases[0].case_id: "best"}, 6)
    assert budget.has_room(sides, rows(20, side=None), 0.0)
    assert not budget.has_room(sides, rows(20, side="best"), 0.0)


def test_glances_are_shorter_than_closer_looks_and_all_are_shorter_than_a_sweep():
    glance, closer = search_rule(RULE, QPS, []), search_rule(RULE, QPS, rows(1))
    assert glance.max_duration_ns < closer.max_duration_ns < RULE.max_duration_ns
    assert glance.target_ci > closer.target_ci > RULE.target_ci
    fixed = replace(RULE, iterations=1000)
    assert search_rule(fixed, QPS, []).iterations == 20
    assert search_rule(replace(RULE, duration_ns=10**10), QPS, []).duration_ns == 200_000_000


def test_lengths_that_the_user_fixed_low_are_never_exceeded():
    assert search_rule(replace(RULE, iterations=7), QPS, rows(1)).iterations == 7


def test_power_takes_windows_in_which_a_meter_is_read_often_enough():
    energy = Goal(QUANTITIES["energy"])
    assert search_rule(RULE, energy, []).min_duration_ns == 2_000_000_000


def test_a_percentile_takes_enough_requests_in_all_second_measurements_together():
    limited = Goal(QUANTITIES["qps"], (read_constraint("p99<=1s"),))
    rule = final_rule(RULE, limited, rows(1), 0.5, bounding_requests(limited, 4))
    assert 4 * rule.min_requests >= 368
    assert rule.max_duration_ns >= rule.min_requests / 20.0 * 1e9
