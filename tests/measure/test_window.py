"""The window on random closed loops: whole cycles, counted ends, and Little's law to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.measure.samples import Samples
from clipperf.measure.throughput import rate_of
from clipperf.measure.window import Window, choose_window, in_flight_mean, opening_ns
from clipperf.validation.virtual import closed_load, open_load


@st.composite
def loads(draw: st.DrawFn) -> tuple[Samples, int]:
    """A closed or open loop of one to four slots on one to three units."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    slots, units, requests = draw(st.integers(1, 4)), draw(st.integers(1, 3)), draw(st.integers(1, 80))
    service_ns = random.integers(1, 1000, (1, requests))
    if draw(st.booleans()):
        return closed_load([service_ns], slots, (units,)).samples(0), slots
    arrivals_ns = np.sort(random.integers(1, 400 * requests, (1, requests)))
    return open_load([service_ns], arrivals_ns, slots, (units,)).samples(0), slots


@given(loads(), st.floats(0, 1), st.floats(0, 1))
def test_a_window_opens_and_closes_at_completions(load: tuple[Samples, int], warm: float, stop: float):
    samples, slots = load
    last = int(samples.completed_ns[-1])
    warm_ns, stop_ns = int(warm * last), int(stop * last)
    window = choose_window(samples, slots, warm_ns, stop_ns)
    if window is None:
        return
    assert warm_ns <= window.open_ns < window.close_ns <= stop_ns
    assert {window.open_ns, window.close_ns} <= set(samples.completed_ns.tolist())
    assert not window.holds(samples)[samples.completed_ns <= window.open_ns].any()
    before_open = samples.select((samples.completed_ns >= warm_ns) & (samples.completed_ns <= window.open_ns))
    assert set(before_open.slot) == set(range(slots))


@given(loads(), st.integers(1, 60))
def test_iterations_are_counted_from_the_first_after_the_opening(load: tuple[Samples, int], iterations: int):
    samples, slots = load
    last = int(samples.completed_ns[-1])
    window, longest = choose_window(samples, slots, 0, last, iterations), choose_window(samples, slots, 0, last)
    if window is None or longest is None:
        assert window is longest
        return
    number = int(longest.holds(samples).sum())
    distinct = np.unique(samples.completed_ns).size == len(samples)
    found = int(window.holds(samples).sum())
    assert found == min(iterations, number) if distinct else found >= min(iterations, number)


@given(loads())
def test_littles_law_holds_over_a_whole_load(load: tuple[Samples, int]):
    samples, _ = load
    begin, end = int(samples.scheduled_ns.min()), int(samples.completed_ns[-1])
    window = Window(begin, end)
    rate = len(samples) / window.length_ns
    assert in_flight_mean(samples, window) == pytest.approx(rate * samples.latency_ns.mean())


@given(loads(), st.floats(0, 0.9), st.floats(0.05, 1))
def test_mean_in_flight_is_the_area_under_the_count(load: tuple[Samples, int], begin: float, length: float):
    samples, _ = load
    last = int(samples.completed_ns[-1])
    window = Window(int(begin * last), int(begin * last) + max(1, int(length * last)))
    instants = np.unique(np.clip(np.concatenate([samples.scheduled_ns, samples.completed_ns]), *vars(window).values()))
    instants = np.unique([window.open_ns, *instants, window.close_ns])
    middle = (instants[1:] + instants[:-1]) / 2
    count = [((samples.scheduled_ns <= at) & (at < samples.completed_ns)).sum() for at in middle]
    assert in_flight_mean(samples, window) == pytest.approx((np.diff(instants) @ count) / window.length_ns)


@pytest.mark.parametrize("requests", [10, 25, 1000])
def test_a_device_without_noise_has_its_exact_rate_however_short_the_window(requests: int):
    samples = closed_load([np.full((1, requests), 1_000_000)], 3, (3,)).samples(0)
    window = choose_window(samples, 3, 0, 10**18, duration_ns=2_500_000)
    assert window is not None
    inside = samples.select(window.holds(samples))
    assert rate_of(inside.completed_ns, window.open_ns, 3).per_s == pytest.approx(3000.0)


def test_no_window_before_every_slot_has_completed():
    at = np.array([1, 2, 3])
    samples = Samples(at, at, at + 1, np.array([0, 1, 0]), np.zeros(3, dtype=int))
    assert opening_ns(samples, 3, 0) is None
    assert choose_window(samples, 3, 0, 100) is None
    assert opening_ns(samples, 2, 0) == 3


def test_a_duration_shorter_than_a_request_holds_one():
    samples = closed_load([np.full((1, 5), 1000)], 1).samples(0)
    window = choose_window(samples, 1, 0, 10**9, duration_ns=10)
    assert window is not None
    assert window.holds(samples).sum() == 1
