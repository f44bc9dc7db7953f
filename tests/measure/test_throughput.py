"""The rate is counted, and its interval is that of the time between completions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from clipperf.measure.throughput import WIDEST, cycle_durations_s, rate_of

S = 1_000_000_000


def completions(durations_s: np.ndarray, open_ns: int) -> np.ndarray:
    return open_ns + np.cumsum(np.round(durations_s * S)).astype(np.int64)


@given(st.lists(st.integers(1, 10**10), min_size=1, max_size=200), st.integers(1, 8))
def test_rate_is_requests_over_wall_time(gaps_ns: list[int], slots: int):
    completed_ns = 5 * S + np.cumsum(gaps_ns)
    assert rate_of(completed_ns, 5 * S, slots).per_s == pytest.approx(len(gaps_ns) / (sum(gaps_ns) / S))


@given(st.integers(1, 3000), st.integers(1, 7), st.integers(1, 64))
def test_cycles_are_whole_and_reach_back_from_the_last_completion(number: int, slots: int, most: int):
    completed_ns = np.arange(1, number + 1) * 1000
    durations_s = cycle_durations_s(completed_ns, 0, slots, most)
    each = durations_s * S / 1000
    assert durations_s.size <= most or durations_s.size <= number // slots
    if durations_s.size:
        assert np.allclose(each, each[0])
        assert round(each[0]) % slots == 0
        assert number - round(each[0]) * durations_s.size < round(each[0])


def test_a_device_without_noise_has_an_exact_rate():
    rate = rate_of(np.arange(1, 101) * 10_000_000, 0, 1)
    assert (rate.low, rate.per_s, rate.high) == pytest.approx((100.0, 100.0, 100.0))
    assert rate.relative_half_width == pytest.approx(0.0)


def test_slots_in_lockstep_are_no_noise():
    clusters = np.repeat(np.arange(1, 26) * 40_000_000, 4) + np.tile([0, 1000, 2000, 3000], 25)
    rate = rate_of(clusters, 3000, 4)
    assert rate.relative_half_width is not None
    assert rate.relative_half_width < 1e-6


def test_interval_is_the_t_interval_of_the_mean_duration_turned_over():
    half = np.linspace(0.0001, 0.001, 50)
    durations_s = np.stack([0.01 + half, 0.01 - half], axis=1).ravel()
    rate = rate_of(completions(durations_s, S), S, 1)
    low, high = stats.t.interval(0.95, 99, durations_s.mean(), stats.sem(durations_s))
    assert (rate.low, rate.high) == pytest.approx((1 / high, 1 / low), rel=1e-6)
    assert rate.effective == pytest.approx(100.0)


@pytest.mark.parametrize(("requests", "slots"), [(4, 1), (9, 2)])
def test_under_five_cycles_there_is_no_interval(requests: int, slots: int):
    rate = rate_of(np.arange(1, requests + 1) * S, 0, slots)
    assert rate.low is rate.high is rate.relative_half_width is None


def test_an_interval_that_would_hold_any_rate_is_none():
    uneven = rate_of(completions(np.array([0.001, 0.001, 0.001, 0.001, 50.0]), 0), 0, 1)
    assert uneven.per_s == pytest.approx(5 / 50.004)
    assert uneven.low is uneven.high is uneven.relative_half_width is None


@given(st.lists(st.integers(0, 10**10), min_size=1, max_size=60).filter(any), st.integers(1, 3))
def test_bounds_are_told_together_and_tell_something(gaps_ns: list[int], slots: int):
    rate = rate_of(5 * S + np.cumsum(gaps_ns), 5 * S, slots)
    if rate.low is None or rate.high is None:
        assert rate.low is rate.high is rate.relative_half_width is None
        return
    assert 0.0 < rate.low <= rate.per_s * (1 + 1e-12)
    assert rate.per_s * (1 - 1e-12) <= rate.high < 3.0 * rate.per_s
    assert rate.relative_half_width is not None
    assert rate.relative_half_width < WIDEST


@given(st.lists(st.floats(0.0, 0.1), min_size=3, max_size=30))
def test_what_varies_little_and_independently_has_its_interval_however_few_there_are(spreads_s: list[float]):
    durations_s = np.array([1.0 + sign * spread for spread in spreads_s for sign in (1, -1)])
    assert rate_of(completions(durations_s, 0), 0, 1).relative_half_width is not None
