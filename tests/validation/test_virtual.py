"""The virtual device does what a device must, request by request."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.validation.lindley import completions_ns
from clipperf.validation.truth import Pipeline
from clipperf.validation.virtual import closed_load, open_load

random_numbers = st.integers(0, 2**32 - 1).map(np.random.default_rng)


@given(random_numbers, st.integers(1, 200), st.integers(1, 5))
def test_one_server_follows_the_lindley_recursion(random: np.random.Generator, requests: int, slots: int):
    arrivals_ns = np.sort(random.integers(1, 1000 * requests, (3, requests)))
    load = open_load([np.full((3, requests), 700)], arrivals_ns, slots)
    for run in range(3):
        assert np.array_equal(load.completed_ns[run], completions_ns(arrivals_ns[run], 700))


@given(random_numbers, st.integers(1, 100), st.integers(1, 4), st.integers(1, 3), st.booleans())
def test_slots_and_units_serve_one_request_at_a_time(
    random: np.random.Generator, requests: int, slots: int, units: int, is_open: bool
):
    service_ns = random.integers(1, 1000, (1, requests))
    arrivals_ns = np.sort(random.integers(1, 300 * requests, (1, requests)))
    load = (
        open_load([service_ns], arrivals_ns, slots, (units,)) if is_open else closed_load([service_ns], slots, (units,))
    )
    samples = load.samples(0)
    assert sorted(samples.service_ns) == sorted(samples.service_ns.clip(min=service_ns.min()))
    for slot in range(slots):
        mine = samples.select(samples.slot == slot)
        assert (mine.issued_ns[1:] >= mine.completed_ns[:-1]).all()
    began = load.completed_ns[0] - service_ns[0]
    for at in began:
        assert ((began <= at) & (at < load.completed_ns[0])).sum() <= units
    assert samples.is_open == bool((load.scheduled_ns != load.issued_ns).any())


@pytest.mark.parametrize("stages", [(5.0,), (1.954, 5.186), (2.0, 5.0, 3.0)])
@pytest.mark.parametrize("depth", [1, 2, 3, 8])
def test_pipelines_have_their_rate_and_latency(stages: tuple[float, ...], depth: int):
    times_ns = [np.full((1, 400), round(1e6 * stage)) for stage in stages]
    samples = closed_load(times_ns, depth).samples(0)
    truth = Pipeline(stages, depth)
    later_ns = samples.completed_ns[200:]
    assert (later_ns.size - 1) / (later_ns[-1] - later_ns[0]) * 1e6 == pytest.approx(truth.rate, rel=1e-3)
    assert samples.latency_ns[200:].mean() / 1e6 == pytest.approx(truth.latency, rel=5e-3)


def test_slots_of_one_instance_are_together():
    samples = closed_load([np.full((1, 12), 5)], 4, (4,)).samples(0, slots_per_instance=2)
    assert samples.slot.tolist() == [0, 1, 2, 3] * 3
    assert samples.instance.tolist() == [0, 0, 1, 1] * 3
