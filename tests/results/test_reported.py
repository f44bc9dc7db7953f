"""The figures of a row from what a tool reported."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.measure.row_warning import RowWarning
from clipperf.measure.stop_rule import StopRule
from clipperf.results.reported import reported
from clipperf.tools.base import Report

FIXED = StopRule(0, 0, iterations=1)
DURATIONS = st.lists(st.floats(0.01, 100.0), min_size=1, max_size=200)


@given(DURATIONS)
def test_one_place_keeps_every_request(durations: list[float]):
    found = reported([Report("compute", durations_ms=tuple(durations), qps_compute=1.0)], FIXED, 8)
    values, ns = found.values, np.round(np.array(durations) * 1e6)
    assert (values["requests"], values["samples"]) == (len(durations), 8 * len(durations))
    assert [values["latency_mean_ms"], values["compute_mean_ms"]] == pytest.approx([ns.mean() / 1e6] * 2)
    assert values["latency_p50_ms"] == np.sort(ns)[(len(ns) + 1) // 2 - 1] / 1e6
    assert values["latency_max_ms"] == ns.max() / 1e6
    assert values["qps_compute"] == 1.0
    assert values.get("qps") is None


@given(DURATIONS, DURATIONS)
def test_places_count_for_as_long_as_all_of_them_work(first: list[float], second: list[float]):
    reports = [Report("compute", durations_ms=tuple(one), qps_compute=10.0) for one in (first, second)]
    found = reported(reports, FIXED, 1)
    ends = [np.cumsum(np.round(np.array(one) * 1e6)) for one in (first, second)]
    together = min(one[-1] for one in ends)
    assert found.values["requests"] == sum(int((one <= together).sum()) for one in ends)
    assert found.values["qps_compute"] == 20.0


def test_rates_are_added_only_where_every_place_has_one():
    def two(**other: float | None) -> dict[str, object]:
        first = Report("host", qps=100.0, qps_compute=110.0, vendor={"vendor_qps": 100.0})
        return reported([first, Report("host", vendor={"vendor_qps": 90.0}, **other)], FIXED, 1).values  # type: ignore[arg-type]

    assert two(qps=90.0, qps_compute=95.0) == {"qps": 190.0, "qps_compute": 205.0, "vendor_qps": 190.0}
    assert two(qps_compute=95.0).get("qps") is None
    alone = two(qps=90.0)
    assert (alone["qps"], alone["qps_compute"], alone["qps_compute_ci_low"]) == (190.0, None, None)


def test_percentiles_of_several_places_are_never_made_from_percentiles():
    report = Report("host", latency_ms={"p50": 5.0, "p99": 9.0}, vendor={"vendor_latency_p99_ms": 9.0}, requests=10)
    one = reported([report], FIXED, 2)
    assert (one.values["latency_p50_ms"], one.values["latency_p99_ms"], one.values["samples"]) == (5.0, 9.0, 20)
    two = reported([report, report], FIXED, 2)
    assert two.values["requests"] == 20
    assert not [name for name in two.values if name.startswith(("latency_", "vendor_latency_"))]


def test_without_durations_the_row_says_that_its_precision_is_not_known():
    found = reported([Report("host", qps=100.0)], StopRule(0, 0), 1)
    assert [warning.code for warning in found.warnings] == ["no-interval"]
    assert found.is_precise


def test_an_imprecise_row_says_so():
    random = np.random.default_rng(0)
    durations = tuple(5.0 * random.lognormal(0.0, 0.5, 120))
    found = reported([Report("compute", durations_ms=durations, qps_compute=200.0)], StopRule(0, 0), 1)
    assert not found.is_precise
    assert found.warnings[0].code == "not-precise"


def test_what_the_tool_warned_of_comes_first_and_once():
    warning = RowWarning("zero-inputs", "Inputs are zero.", "Give some.")
    reports = [Report("compute", durations_ms=(5.0,) * 50, qps_compute=200.0, warnings=(warning,))] * 2
    assert [one.code for one in reported(reports, FIXED, 1).warnings].count("zero-inputs") == 1


def test_what_the_tool_read_of_its_device_is_kept():
    report = Report("host", qps=1.0, device_readings={"power_w": 80.0}, compute_ms={"p50": 4.0})
    values = reported([report], FIXED, 1).values
    assert (values["power_w"], values["compute_p50_ms"]) == (80.0, 4.0)


def test_requests_in_flight_are_summed_where_all_places_tell_them():
    places = [Report("pipeline", qps=100.0, in_flight_mean=3.0), Report("pipeline", qps=90.0, in_flight_mean=2.5)]
    assert reported(places, FIXED, 1).values["in_flight_mean"] == 5.5
    assert "in_flight_mean" not in reported([places[0], Report("pipeline", qps=90.0)], FIXED, 1).values
