"""The figures of a row against numpy, over virtual loads whose truth is known."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from noises import heavy_tail, normal, two_modes

from clipperf.errors import CaseFailed
from clipperf.measure.stop_rule import StopRule
from clipperf.results.figures import Figures, figures_of
from clipperf.results.measured import Measured
from clipperf.results.schema import NAMES
from clipperf.validation.virtual import closed_load, open_load

MS = 1_000_000
RULE = StopRule(1, 0, duration_ns=10**18)


def closed(durations_ns: np.ndarray, slots: int = 1, rule: StopRule = RULE, **circumstances: Any) -> Figures:
    samples = closed_load([durations_ns[np.newaxis, :].astype(np.int64)], slots).samples(0)
    measured = Measured(samples, slots, 1, int(samples.completed_ns[-1]), True, False, **circumstances)
    return figures_of(measured, rule, 4)


def offered(load: float, requests: int = 2000, slots: int = 1, rule: StopRule = RULE) -> Figures:
    random = np.random.default_rng(5)
    arrivals_ns = np.cumsum(random.exponential(10 * MS / load, (1, requests)), axis=1).astype(np.int64)
    samples = open_load([np.full((1, requests), 10 * MS)], arrivals_ns, slots).samples(0)
    measured = Measured(samples, slots, 1, int(samples.completed_ns[-1]), True, False, offered_rate=100 * load)
    return figures_of(measured, rule, 1)


def codes(figures: Figures) -> list[str]:
    return [warning.code for warning in figures.warnings]


def test_a_closed_loop():
    durations_ns = np.round(normal(0.05).draw(np.random.default_rng(1), 1, 1001)[0] * 10 * MS)
    values, inside_ms = closed(durations_ns).values, durations_ns[1:] / 1e6
    assert values["requests"] == 1000
    assert values["samples"] == 4000
    assert values["warmup_requests"] == 1
    assert values["window_s"] == pytest.approx(inside_ms.sum() / 1e3)
    assert values["requests_per_s"] == pytest.approx(1e6 / inside_ms.sum())
    assert values["qps"] == pytest.approx(4 * values["requests_per_s"])
    assert values["qps_ci_low"] < values["qps"] < values["qps_ci_high"]
    assert values["latency_mean_ms"] == pytest.approx(inside_ms.mean())
    for name in (50, 90, 95, 99):
        exact = np.percentile(inside_ms, name, method="inverted_cdf")
        assert values[f"latency_p{name}_ms"] == pytest.approx(exact)
    assert values["latency_p999_ms"] == pytest.approx(np.sort(inside_ms)[998])
    assert (values["latency_min_ms"], values["latency_max_ms"]) == (inside_ms.min(), inside_ms.max())
    assert values["service_p99_ms"] == values["latency_p99_ms"]
    assert values["in_flight_mean"] == pytest.approx(1.0)
    assert (values["is_steady"], values["timeouts"], values["late_p99_ms"]) == (True, None, None)
    assert values["drift_pct"] is None


def test_all_columns_are_columns_of_the_schema_and_plain_numbers():
    values = closed(np.full(50, 10 * MS)).values
    assert set(values) <= set(NAMES)
    assert json.loads(json.dumps(values)) == values


def test_a_steady_device_has_nothing_against_it():
    assert codes(closed(normal(0.02).draw(np.random.default_rng(2), 1, 600)[0] * 10 * MS)) == []
    assert codes(closed(np.full(600, 10 * MS), 3)) == []


def test_too_few_requests_are_told_and_nothing_is_guessed():
    found = closed(np.full(6, 10 * MS))
    assert codes(found) == ["too-few-for-p99"]
    assert found.values["is_steady"] is None
    assert found.values["latency_p99_high_ms"] is None


@pytest.mark.parametrize(
    ("level", "code"),
    [
        (lambda at: 1 + 0.2 * at, "drift"),
        (lambda at: 1 + 0.3 * (at > 0.6), "not-steady"),
    ],
)
def test_what_is_not_steady_says_so(level: Any, code: str):
    durations_ns = 10 * MS * level(np.arange(600) / 600) * normal(0.01).draw(np.random.default_rng(3), 1, 600)[0]
    found = closed(durations_ns)
    assert code in codes(found)
    assert found.values["is_steady"] is False
    assert found.values["drift_pct"] < -10.0


def test_two_modes_and_bursts():
    random = np.random.default_rng(4)
    assert codes(closed(two_modes(0.2, 1.4).draw(random, 1, 1000)[0] * 10 * MS)) == ["bimodal"]
    assert codes(closed(heavy_tail().draw(random, 1, 1000)[0] * 10 * MS)) == []
    durations_ns = normal(0.01).draw(random, 1, 1000)[0] * 10 * MS
    durations_ns[[*range(300, 306), *range(700, 706)]] *= 2
    assert "bursts" in codes(closed(durations_ns))


def test_the_harness_against_the_service_time():
    durations_ns = np.full(400, 100_000)
    assert codes(closed(durations_ns, harness_ns=4_000.0, resolution_ns=1.0)) == []
    assert codes(closed(durations_ns, harness_ns=6_000.0, resolution_ns=1.0)) == ["harness-share"]
    assert codes(closed(durations_ns, resolution_ns=10_000.0)) == ["sub-resolution"]


def test_timeouts_are_counted_in_the_window():
    durations_ns = np.where(np.arange(400) % 40 == 20, 30, 10) * MS
    found = closed(durations_ns, rule=StopRule(1, 0, duration_ns=10**18, timeout_ns=20 * MS))
    assert found.values["timeouts"] == 10
    assert "timeouts" in codes(found)
    assert closed(durations_ns, rule=StopRule(1, 0, iterations=30, timeout_ns=20 * MS)).values["timeouts"] == 1


def test_an_open_loop_tells_response_and_service_apart():
    values = offered(0.8).values
    assert values["service_p99_ms"] == pytest.approx(10.0)
    assert values["latency_p99_ms"] > 30.0
    assert values["late_p99_ms"] == 0.0
    assert values["in_flight_mean"] == pytest.approx(
        values["requests_per_s"] * values["latency_mean_ms"] / 1e3, rel=0.02
    )


def test_overload_is_told_as_overload():
    found = offered(1.3)
    assert codes(found)[0] == "overload"
    assert "drift" not in codes(found)
    assert "not-steady" not in codes(found)
    assert found.values["is_steady"] is False


def test_an_open_loop_is_imprecise_by_its_latency():
    samples = open_load([np.full((1, 300), 10 * MS)], np.arange(1, 301)[np.newaxis] * 9 * MS, 1).samples(0)
    found = figures_of(Measured(samples, 1, 1, 10**12, False, False), RULE, 1)
    warning = next(one for one in found.warnings if one.code == "not-precise")
    assert "the mean latency" in warning.sentence


def test_a_window_without_requests_has_no_figures():
    with pytest.raises(CaseFailed, match="--duration"):
        closed(np.full(1, 10 * MS))


def test_warnings_are_stored_as_they_are():
    (warning,) = closed(np.full(6, 10 * MS)).warnings
    assert set(asdict(warning)) == {"code", "sentence", "remedy"}
