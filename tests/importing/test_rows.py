"""Rows of imported reports: figures of the log, statistics from its durations, and nothing made up."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.errors import UsageError
from clipperf.importing.rows import imported_row
from clipperf.importing.told import Told
from clipperf.plan import Case
from clipperf.results.schema import NAMES, SCHEMA_VERSION
from clipperf.tools.base import Report

DURATIONS = st.lists(st.floats(0.01, 1e4), min_size=1, max_size=60).map(tuple)


def columns(report: Report, **told: str):
    return imported_row(report, Told(**told), "ais_bench", "ais_bench").columns


def codes(row) -> list[str]:
    return [warning["code"] for warning in json.loads(row["warnings"])]


def test_what_nobody_said_is_empty():
    row = columns(Report("device-io", qps=58.79, vendor={"vendor_qps": 58.79}))
    assert {name for name, value in row.items() if value is not None} == {
        "schema_version", "case_id", "runner", "loop", "scope", "options", "measured_by", "clipperf_version", "status",
        "warnings", "qps", "vendor_qps",
    }  # fmt: skip
    assert set(row) <= set(NAMES)
    assert (row["schema_version"], row["status"], row["options"]) == (SCHEMA_VERSION, "ok", "{}")
    assert codes(row) == ["no-interval", "not-told"]


def test_the_case_is_the_one_that_a_sweep_would_measure():
    report = Report("compute", "0,1", "", "vit.om", "fp16", 8, 2, 1, options={"threads": 2, "loop": 100})
    row = columns(report, host="ascend", runner_version="7")
    case = Case("vit.om", "fp16", 8, "ais_bench", "0,1", 2, 1, "compute", (("threads", 2),))
    assert row["case_id"] == case.case_id
    assert (row["devices"], row["host"], json.loads(row["options"])) == (2, "ascend", {"threads": 2})
    assert "not-told" not in codes(row)


def test_the_version_names_who_measured():
    row = columns(Report("host", runner_version="1.7.0", driver_version="5.10"))
    assert (row["measured_by"], row["runner_version"], row["driver_version"]) == ("ais_bench 1.7.0", "1.7.0", "5.10")


@given(DURATIONS, st.integers(1, 64))
def test_statistics_come_from_the_durations(durations_ms: tuple[float, ...], batch_size: int):
    row = columns(Report("compute", batch_size=batch_size, durations_ms=durations_ms, requests=len(durations_ms)))
    ordered = np.sort(durations_ms)
    for share in (0.5, 0.9, 0.95, 0.99):
        rank = math.ceil(round(len(ordered) * share, 9))
        assert row[f"latency_p{100 * share:.0f}_ms"] == pytest.approx(ordered[rank - 1], abs=1e-6)
    assert row["latency_mean_ms"] == pytest.approx(ordered.mean(), abs=1e-6)
    assert (row["latency_min_ms"], row["latency_max_ms"]) == pytest.approx((ordered[0], ordered[-1]), abs=1e-6)
    assert (row["requests"], row["samples"]) == (len(ordered), len(ordered) * batch_size)
    assert row.get("qps") is None


@given(DURATIONS)
def test_without_a_batch_size_nothing_counts_samples(durations_ms: tuple[float, ...]):
    row = columns(Report("compute", durations_ms=durations_ms, qps_compute=100.0))
    assert [row[name] for name in ("batch_size", "samples", "qps_compute_ci_low", "qps_compute_ci_high")] == [None] * 4
    assert row["qps_compute"] == 100.0


@pytest.mark.parametrize(
    ("vendor", "disagrees"),
    [
        ({"vendor_qps": 800.0, "vendor_latency_mean_ms": 5.0, "vendor_latency_p99_ms": 5.0}, False),
        ({"vendor_qps": 1600.0, "vendor_latency_mean_ms": 2.5}, True),
        ({"vendor_latency_p99_ms": 9.0}, True),
        ({}, False),
    ],
)
def test_statistics_of_the_tool_that_do_not_follow_from_its_durations_are_told(vendor, disagrees: bool):
    row = columns(Report("compute", batch_size=4, durations_ms=(5.0,) * 50, qps_compute=800.0, vendor=vendor))
    assert ("vendor-disagrees" in codes(row)) == disagrees
    assert {name: row[name] for name in vendor} == vendor
    assert row["latency_p99_ms"] == 5.0


def test_the_rate_of_several_threads_is_not_that_of_one():
    report = Report("compute", batch_size=4, instances=2, durations_ms=(5.0,) * 50, vendor={"vendor_qps": 1600.0})
    assert "vendor-disagrees" not in codes(columns(report))


def test_models_of_the_catalogue_bring_their_flops():
    row = columns(Report("device-io", model="vision", batch_size=8, qps=100.0))
    assert row["gflops_per_s"] == pytest.approx(881.76, rel=1e-4)
    assert columns(Report("compute", model="vision", batch_size=8, qps_compute=100.0))["gflops_per_s"] is None


@pytest.mark.parametrize(
    "report",
    [
        Report("compute", durations_ms=(1.0, math.nan)),
        Report("compute", durations_ms=(1.0, math.inf)),
        Report("compute", durations_ms=(-1.0,)),
        Report("compute", latency_ms={"p50": 1e300}),
        Report("host", qps=math.nan),
        Report("host", vendor={"vendor_qps": -5.0}),
    ],
)
def test_figures_that_are_none_are_refused(report: Report):
    with pytest.raises(UsageError, match="which is no time and no rate"):
        columns(report)
