"""Where measured cases stand under a goal."""

from __future__ import annotations

import pytest
from rows import Row, lost, row

from clipperf.analysis.goal import Goal, ranked_by, standings
from clipperf.analysis.objective import read_constraint
from clipperf.analysis.quantity import QUANTITIES


def goal(objective: str, *limits: str) -> Goal:
    return Goal(QUANTITIES[objective], tuple(read_constraint(limit) for limit in limits))


def order(found: Goal, *rows: Row) -> list[str]:
    return [each.case_id for each in ranked_by(standings(found, rows))]


def made(batch: int, qps: float, **columns: object) -> Row:
    return row(batch, qps, qps_ci_low=qps * 0.99, qps_ci_high=qps * 1.01, **columns)


def test_each_objective_has_its_own_best():
    rows = [
        made(1, 100.0, energy_j_per_sample=3.0, power_w=10.0),
        made(2, 150.0, energy_j_per_sample=2.0, power_w=100.0),
    ]
    assert order(goal("qps"), *rows) == ["case-2", "case-1"]
    assert order(goal("p99"), *rows) == ["case-1", "case-2"]
    assert order(goal("energy"), *rows) == ["case-2", "case-1"]
    assert order(goal("qps_per_watt"), *rows) == ["case-1", "case-2"]


@pytest.mark.parametrize("limit", ["device_memory<=8GB", "power<=200W", "energy<=2J"])
def test_what_is_beyond_a_limit_comes_last(limit: str):
    large = {"device_memory_mb": 9e3, "power_w": 300.0, "energy_j_per_sample": 3.0}
    small = {"device_memory_mb": 4e3, "power_w": 100.0, "energy_j_per_sample": 1.0}
    rows = [made(1, 100.0, **small), made(2, 150.0, **large)]
    found = standings(goal("qps", limit), rows)
    assert order(goal("qps", limit), *rows) == ["case-1", "case-2"]
    assert (found["case-1"].is_met, found["case-2"].is_met) == (True, False)


def test_of_what_is_alike_the_cheapest_comes_first():
    assert order(goal("qps"), made(4, 100.2, instances=2), made(2, 100.0)) == ["case-2", "case-4"]


def test_what_failed_or_contradicts_itself_is_lost_and_never_first():
    rows = [made(1, 100.0), made(2, 300.0, warnings='[{"code": "littles-law"}]'), lost(4)]
    found = standings(goal("qps"), rows)
    assert "littles-law" in found["case-2"].lost
    assert found["case-4"].estimate is None
    assert order(goal("qps"), *rows) == ["case-1", "case-2"]


def test_the_chance_falls_from_well_within_a_limit_to_well_beyond_it():
    rows = [made(1, 100.0), made(2, 100.0), made(3, 100.0)]
    chances = [standings(goal("qps", limit), rows)["case-2"].chance for limit in ("p99<=60ms", "p99<=24ms", "p99<=9ms")]
    assert chances[0] > 0.99
    assert chances[1] == pytest.approx(0.5, abs=0.05)
    assert chances[2] < 0.01
