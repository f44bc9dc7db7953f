"""The second measurements of a case against what it has to hold."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from rows import row
from virtual_grid import virtual_row, virtual_run, with_samples

from clipperf.analysis.compare_runs import Run
from clipperf.analysis.goal import Goal
from clipperf.analysis.objective import MET, MISSED, UNKNOWN, read_constraint
from clipperf.analysis.quantity import QUANTITIES
from clipperf.analysis.remeasured import block_of
from clipperf.analysis.tune_final import best_of, final_of, ratio


def limited(*limits: str) -> Goal:
    return Goal(QUANTITIES["qps"], tuple(read_constraint(limit) for limit in limits))


def runs(requests: int, speeds: tuple[float, ...] = (1.0, 1.003, 0.997)) -> list[Run]:
    made = [virtual_run([5.0 * speed], 1, requests=requests, seed=seed) for seed, speed in enumerate(speeds)]
    return [with_samples(run, virtual_row(run, 1, 1)) for run in made]


def test_requests_of_all_runs_together_show_what_none_shows_alone():
    found = final_of(limited("p99<=6ms"), "a", runs(200))
    assert found is not None
    assert found.whole_verdict == MET
    alone = final_of(limited("p99<=6ms"), "a", runs(200)[:1])
    assert alone is not None
    assert alone.whole_verdict == UNKNOWN


def test_runs_of_unlike_speed_widen_the_bounds_and_do_not_take_them_away():
    steady, unlike = (final_of(limited(), "a", runs(400, speeds)) for speeds in ((1.0, 1.0, 1.0), (1.0, 1.02, 0.98)))
    assert steady is not None
    assert unlike is not None
    high = [found.block.latency_ms[99].high / found.block.latency_ms[99].value for found in (steady, unlike)]
    assert high[0] < high[1] < math.inf


def test_the_values_are_those_of_all_requests():
    made = runs(400)
    found, block = final_of(limited(), "a", made), block_of(made)
    assert found is not None
    values = {number: figure.value for number, figure in found.block.latency_ms.items()}
    assert values == pytest.approx({number: figure.value for number, figure in block.latency_ms.items()})


@pytest.mark.parametrize(
    ("limit", "verdict"),
    [("device_memory<=8GB", MET), ("device_memory<=6GB", MISSED), ("power<=100W", MET), ("cosine>=0.9", UNKNOWN)],
)
def test_the_worst_reading_of_an_extreme_and_the_mean_of_others_count(limit: str, verdict: str):
    told = [
        Run(row(1, 100.0, qps_ci_low=99.0, qps_ci_high=101.0, device_memory_mb=memory, power_w=power), None)
        for memory, power in ((5e3, 90.0), (7e3, 91.0), (5e3, 89.0))
    ]
    found = final_of(limited(limit), "a", told)
    assert found is not None
    assert found.whole_verdict == verdict


def test_the_best_is_one_that_holds_everything():
    def made(name: str, qps: float, memory: float) -> Run:
        return Run(row(1, qps, qps_ci_low=qps, qps_ci_high=qps, device_memory_mb=memory, case_id=name), None)

    goal = limited("device_memory<=6GB")
    finals = [final_of(goal, name, [made(name, qps, memory)]) for name, qps, memory in (("a", 9, 7e3), ("b", 5, 5e3))]
    best = best_of(goal, [final for final in finals if final is not None])
    assert best is not None
    assert best.case_id == "b"
    assert best_of(goal, [replace(best, judged=dict.fromkeys(best.judged))]) is None


def test_a_ratio_is_that_of_neighbours_in_time():
    slow, fast = ([row(1, qps, qps_ci_low=qps, qps_ci_high=qps) for qps in speeds] for speeds in ((10, 20), (20, 40)))
    found = ratio(QUANTITIES["qps"], fast, slow)
    assert found is not None
    assert math.exp(found.middle) == pytest.approx(2.0)
