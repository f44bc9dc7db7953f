"""The simulated VACC: every published throughput and latency, without a clock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from twins import VACC_RUNTIMES, twin_cases, virtual_run

from clipperf.data import published
from clipperf.data.device_tables import read_device_table
from clipperf.plan import Case

DEPTHS = {"0": 1, "1": 3}
"""Requests in flight by queue size, for those that are published."""

REQUESTS = 20_000


def rows_of(table: str) -> dict[tuple[str, int], dict[str, str]]:
    told = [row for row in published() if row["device"] == "VACC" and row["runtime"] == VACC_RUNTIMES[table]]
    return {(row["model"].split()[0], DEPTHS[row["vendor_queue_size"]]): row for row in told}


def of_both() -> Iterator[tuple[str, Case]]:
    for table in VACC_RUNTIMES:
        yield from ((table, case) for case in twin_cases("vacc-simulated", option={"device_table": table}))


BOTH = pytest.mark.parametrize(
    ("table", "case"),
    list(of_both()),
    ids=lambda one: one if isinstance(one, str) else f"{one.model}-{one.queue_depth}",
)


@pytest.mark.parametrize("table", VACC_RUNTIMES)
def test_every_published_case_is_measured_and_no_other(table: str):
    cases = twin_cases("vacc-simulated", option={"device_table": table})
    assert {(case.model, case.queue_depth) for case in cases} == set(rows_of(table))
    assert {case.batch_size for case in cases} == {1}


@BOTH
def test_throughput_is_the_published_one(table: str, case: Case):
    row = rows_of(table)[case.model, case.queue_depth]
    assert virtual_run(case, REQUESTS).qps == pytest.approx(float(row["qps"]), rel=1e-3)


@BOTH
def test_mean_and_percentiles_are_within_one_percent_of_the_published_ones(table: str, case: Case):
    row = rows_of(table)[case.model, case.queue_depth]
    found = virtual_run(case, REQUESTS).latency_ms
    assert found == pytest.approx({name: float(row[f"latency_{name}_ms"]) for name in found}, rel=0.01)


@BOTH
def test_as_many_requests_are_in_flight_as_were_asked_for(table: str, case: Case):
    assert virtual_run(case, REQUESTS).in_flight == pytest.approx(case.queue_depth, abs=0.001)


@pytest.mark.parametrize("table", VACC_RUNTIMES)
def test_the_stages_are_those_that_follow_from_both_throughputs(table: str):
    for model, options in read_device_table(table).items():
        alone, busy = (1e3 / float(rows_of(table)[model, depth]["qps"]) for depth in (1, 3))
        stages = {stage: float(options[stage].removeprefix("1:")) for stage in ("copy_in_ms", "execute_ms")}
        assert stages == pytest.approx({"execute_ms": busy, "copy_in_ms": alone - busy}, abs=1e-5)
