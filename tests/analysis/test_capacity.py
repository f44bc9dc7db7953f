"""Verdicts on the rows of an open loop, and the bracket that they make."""

from __future__ import annotations

import json

import pytest
from rows import Row, lost, row

from clipperf.analysis.capacity import Capacity, capacities, gate
from clipperf.analysis.capacity_verdict import Verdict, judge_row
from clipperf.analysis.objective import MET, MISSED, UNKNOWN, read_objective

P99 = read_objective("p99<=50ms")


def offered(rate: float, low: float | None, high: float | None, *codes: str, **columns: object) -> Row:
    named = {"loop": "open", "arrival": "poisson", "offered_rate": rate, "window_s": 10.0}
    bounds = {"latency_p99_ms": low or 1.0, "latency_p99_low_ms": low, "latency_p99_high_ms": high}
    warnings = json.dumps([{"code": code, "sentence": "", "remedy": ""} for code in codes])
    return row() | named | bounds | {"warnings": warnings} | columns


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (offered(100, 30, 49), Verdict(MET)),
        (offered(100, 51, 70), Verdict(MISSED)),
        (offered(100, 40, 60), Verdict(UNKNOWN, "the interval holds the limit")),
        (offered(100, 30, None), Verdict(UNKNOWN, "too few requests")),
        (offered(100, 51, None), Verdict(MISSED)),
        (offered(100, 1, 2, "overload"), Verdict(MISSED, "overload")),
        (offered(100, 1, 2, "littles-law"), Verdict(MET)),
        (offered(100, 1, 2, "thread-pool"), Verdict(UNKNOWN, "not believed: thread-pool")),
        (offered(100, 30, 49, "late-issue", late_p99_ms=5.0), Verdict(MET)),
        (
            offered(100, 51, 70, "late-issue", late_p99_ms=5.0),
            Verdict(UNKNOWN, "the load was not kept to its schedule"),
        ),
        (offered(100, 80, 90, "late-issue", late_p99_ms=5.0), Verdict(MISSED)),
        (offered(100, 80, 90, "late-issue", "overload"), Verdict(UNKNOWN, "the load was not kept to its schedule")),
        (offered(220, 80, 90, "late-issue", "overload"), Verdict(MISSED, "overload")),
        (lost(status="unsupported", error_kind="unsupported"), Verdict(UNKNOWN, "unsupported")),
    ],
)
def test_the_verdict_on_a_row(made: Row, expected: Verdict):
    assert judge_row(made, P99, 200.0) == expected


def found(*rows: Row) -> Capacity:
    (one,) = capacities([row(qps=200.0, qps_ci_low=198.0, qps_ci_high=202.0), *rows], P99)
    return one


def test_the_bracket():
    one = found(offered(180, 60, 70), offered(100, 10, 20), offered(120, 20, 30), offered(140, 40, 60))
    assert [trial.rate for trial in one.trials] == [100, 120, 140, 180]
    assert [trial.rate for trial in (one.met, one.not_met, one.missed) if trial] == [120, 140, 180]
    assert one.met is not None
    assert one.utilisation(one.met) == pytest.approx(0.6)
    assert one.outcome == MET


def test_the_longest_measurement_of_a_rate_counts():
    one = found(offered(100, 10, 20), offered(100, 40, 60, window_s=40.0, repeat=1))
    (trial,) = one.trials
    assert (trial.times, trial.verdict.outcome) == (2, UNKNOWN)


def test_a_measurement_that_failed_takes_nothing_from_one_that_did_not():
    failed = lost() | {"loop": "open", "arrival": "poisson", "offered_rate": 100, "repeat": 1}
    assert found(offered(100, 10, 20), failed).outcome == MET


def test_the_estimates_go_on_where_the_intervals_end():
    one = found(offered(100, 10, 20), offered(120, 40, 60), offered(140, 51, 70))
    estimate = one.by_estimate(P99)
    assert estimate is not None
    assert estimate.rate == 120


def test_configurations_apart_each_with_its_own_rates():
    eight = {"batch_size": 8, "case_id": "eight"}
    rows = [row(qps=200.0), row(8, 640.0), offered(100, 10, 20), offered(40, 10, 20, **eight)]
    one, other = capacities(rows, P99)
    assert [trial.rate for trial in one.trials] == [100]
    assert [trial.rate for trial in other.trials] == [40]
    assert other.most_per_s is not None
    assert other.most_per_s.value == 80.0


@pytest.mark.parametrize(
    ("made", "code"),
    [
        ([offered(100, 10, 20)], 0),
        ([offered(100, 60, 70)], 3),
        ([offered(50, 60, 70), offered(100, 60, None)], 3),
        ([offered(100, 30, None)], 4),
        ([], 4),
    ],
)
def test_the_gate(made: list[Row], code: int):
    assert gate([found(*made)]) == code


def test_one_configuration_that_meets_it_is_enough():
    missing = [row(8, 640.0), offered(40, 60, 70, batch_size=8)]
    assert gate(capacities([row(qps=200.0), offered(100, 10, 20), *missing], P99)) == 0
