"""What several short measurements of a case say together."""

from __future__ import annotations

import math

import pytest
from rows import Row, row

from clipperf.analysis.pooled import UNTOLD, longest, pooled, worst
from clipperf.analysis.quantity import QUANTITIES

QPS, P99, MEMORY = QUANTITIES["qps"], QUANTITIES["p99"], QUANTITIES["device_memory"]


def measured(qps: float, half: float = 0.01, **columns: object) -> Row:
    return row(1, qps, qps_ci_low=qps * (1 - half), qps_ci_high=qps * (1 + half), **columns)


def test_a_case_measured_once_is_not_believed_to_the_width_of_its_window():
    (found,) = pooled(QPS, {"a": [measured(100.0, 0.001)]}).values()
    assert found.middle == pytest.approx(math.log(100.0))
    assert found.error > 0.02


def test_measurements_that_agree_narrow_what_is_believed_of_all_cases():
    once = pooled(QPS, {"a": [measured(100.0)]})["a"].error
    again = pooled(QPS, {"a": [measured(100.0)], "b": [measured(50.0)] * 6})["a"].error
    apart = pooled(QPS, {"a": [measured(100.0)], "b": [measured(50.0), measured(60.0)] * 3})["a"].error
    assert again < once < apart


def test_the_more_precise_measurement_counts_for_more():
    found = pooled(QPS, {"a": [measured(100.0, 0.5), measured(110.0, 0.01)]})["a"]
    assert abs(found.middle - math.log(110.0)) < abs(found.middle - math.log(100.0))


def test_a_figure_without_bounds_is_a_loose_one():
    found = pooled(QPS, {"a": [row(1, 100.0, qps_ci_low=None, qps_ci_high=None)]})["a"]
    assert found.error >= UNTOLD


def test_cases_that_do_not_tell_the_figure_are_left_out():
    assert pooled(
        QUANTITIES["energy"], {"a": [measured(100.0)], "b": [measured(9.0, energy_j_per_sample=2.0)]}
    ).keys() == {"b"}


def test_energy_is_known_no_better_than_the_qps_of_its_window():
    found = QUANTITIES["energy"].of(measured(100.0, 0.1, energy_j_per_sample=2.0))
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((2.0, 1.8, 2.2))


def test_qps_per_watt_takes_both():
    per_watt = QUANTITIES["qps_per_watt"]
    found = per_watt.of(measured(100.0, 0.1, power_w=50.0))
    assert found is not None
    assert (found.value, found.low) == pytest.approx((2.0, 1.8))
    assert per_watt.of(measured(100.0, power_w=None)) is None


def test_an_extreme_is_the_worst_of_all_and_a_percentile_that_of_most_requests():
    rows = [measured(10.0, device_memory_mb=2e3), measured(10.0, device_memory_mb=3e3), measured(10.0)]
    memory = worst(MEMORY, rows)
    assert memory is not None
    assert memory.value == 3e3
    few, many = measured(10.0, requests=50), measured(20.0, requests=500)
    tail = longest(P99, [few, many])
    assert tail is not None
    assert tail.value == many["latency_p99_ms"]
    assert longest(P99, []) is None
