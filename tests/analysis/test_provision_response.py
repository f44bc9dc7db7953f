"""What samples wait for, against closed forms and against the event simulation of ``clipperf validate``."""

from __future__ import annotations

import math

import numpy as np
import pytest

from clipperf.analysis.provision_response import fill_ms, waiting
from clipperf.validation.virtual import open_load


def waited_at_most(ms: float, service_ms: float, load: float) -> float:
    """M/D/1: the share of requests that wait no longer (Erlang, 1909; Tijms, Stochastic Models, 1994, 4.4)."""
    rate = load / service_ms
    terms = []
    for served in range(int(ms // service_ms) + 1):
        ahead = rate * (served * service_ms - ms)
        terms.append(ahead**served / math.factorial(served) * math.exp(-ahead))
    return (1 - load) * sum(terms)


@pytest.mark.parametrize("load", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("percentile", [90, 99])
def test_single_samples_at_one_device_wait_as_in_the_closed_form(load: float, percentile: int):
    service_ms = 10.0
    found = waiting(1e3 * load / service_ms, 1, service_ms, 1, percentile)
    assert found.fill_ms == 0
    # The error of an estimate from 20,000 requests that depend on each other.
    assert waited_at_most(found.queue_ms, service_ms, load) == pytest.approx(percentile / 100, abs=0.004)


@pytest.mark.parametrize("percentile", [90, 95, 99])
def test_the_first_of_two_waits_for_the_second(percentile: int):
    # Half of all are the second and wait for nobody; the other half waits for an arrival: P(wait > t) = e^-rt / 2.
    expected_ms = 1e3 / 50 * math.log(0.5 / (1 - percentile / 100))
    assert fill_ms(50.0, 2, percentile) == pytest.approx(expected_ms, rel=0.03)


def test_batches_share_devices_as_in_a_simulation_of_events():
    rate_per_s, batch, service_ms, sets, number = 400.0, 4, 20.0, 3, 12_000
    arrivals_ms = np.cumsum(np.random.default_rng(5).exponential(1e3 / rate_per_s, number * batch))
    full_ns = (arrivals_ms.reshape(number, batch)[:, -1] * 1e6).astype(np.int64)
    service_ns = np.full((1, number), int(service_ms * 1e6))
    load = open_load([service_ns], full_ns[None, :], slots=sets, units=[sets])
    done_ms = load.completed_ns[0] / 1e6 - service_ms
    waited_ms = np.sort((done_ms[:, None] - arrivals_ms.reshape(number, batch)).ravel())
    for percentile in (50, 99):
        expected_ms = waited_ms[int(waited_ms.size * percentile / 100)]
        assert waiting(rate_per_s, batch, service_ms, sets, percentile).queue_ms == pytest.approx(expected_ms, rel=0.04)


def test_who_is_served_longer_makes_others_wait_longer():
    waits = [waiting(100.0, 4, service_ms, 2, 99).queue_ms for service_ms in (0.0, 20.0, 40.0, 60.0)]
    assert waits == sorted(waits)
    assert waits[0] == waiting(100.0, 4, 0.0, 2, 99).fill_ms
