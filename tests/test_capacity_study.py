"""The exact answer of M/D/c, and that the search comes near it in virtual time.

Reduced; tests/benchmarks/capacity.py has all devices, more seeds, and how often "met" is said wrongly.
"""

from __future__ import annotations

import numpy as np
import pytest
from capacity_study import Device, offered, search, served
from crommelin import ConstantService, highest_rate

from clipperf.measure.stop_rule import StopRule
from clipperf.measure.warmup import AUTO_NS, AUTO_REQUESTS
from clipperf.validation.truth import Queue
from clipperf.validation.virtual import open_load


@pytest.mark.parametrize("load", [0.3, 0.8, 0.95])
def test_the_distribution_has_the_mean_of_pollaczek_and_khinchine(load: float):
    queue = ConstantService(load / 10.0, 10.0)
    waits = np.linspace(0.0, 4000.0, 16_001)
    mean = np.trapezoid([1.0 - queue.waits_at_most(wait) for wait in waits], waits)
    assert mean == pytest.approx(Queue(load / 10.0, 10.0).mean_wait_constant, rel=2e-3)


def test_more_servers_wait_less_at_the_same_load():
    responses = [ConstantService(0.08 * servers, 10.0, servers).response(0.99) for servers in (1, 2, 4)]
    assert responses == sorted(responses, reverse=True)
    assert ConstantService(0.02 * 4, 10.0, 4).response(0.5) == 10.0


def test_at_the_highest_rate_the_percentile_is_the_limit():
    rate = highest_rate(10.0, 2, 0.99, 50.0)
    assert ConstantService(rate, 10.0, 2).response(0.99) == pytest.approx(50.0, rel=1e-4)


@pytest.mark.parametrize("servers", [1, 2, 4])
def test_the_short_cut_serves_as_the_virtual_device_does(servers: int):
    due = np.cumsum(np.random.default_rng(servers).exponential(1e7 / (0.9 * servers), 500)).astype(np.int64)
    service = np.full((1, due.size), 10_000_000)
    slow = open_load([service], due[None, :], servers, [servers]).samples(0)
    fast = served(due, servers)
    np.testing.assert_array_equal(fast.completed_ns, slow.completed_ns)
    np.testing.assert_array_equal(fast.issued_ns, slow.issued_ns)


@pytest.mark.parametrize("device", [Device(1, "p95<=100ms"), Device(2, "p90<=30ms"), Device(4, "p95<=30ms")])
def test_the_search_finds_the_rate_within_3_percent(device: Device):
    truth = device.truth_per_s
    rule = StopRule(AUTO_REQUESTS, AUTO_NS, max_duration_ns=round(400_000 / truth * 1e9))
    found = search(device, rule, seed=1, within=0.01)
    assert found.met is not None
    assert found.not_met is not None
    assert found.met.rate == pytest.approx(truth, rel=0.03)
    assert found.not_met.rate <= 1.011 * found.met.rate


def test_no_short_window_of_an_overloaded_device_meets_a_loose_objective():
    device = Device(1, "p99<=10000ms")
    rule = StopRule(AUTO_REQUESTS, AUTO_NS, duration_ns=20_000_000_000)
    made = offered(1, 110.0, rule, seed=0)
    assert made["latency_p99_high_ms"] is None or made["latency_p99_high_ms"] < device.objective.limit_ms
    found = search(device, rule, seed=0, within=0.05)
    assert found.met is not None
    assert found.met.rate < 105.0
