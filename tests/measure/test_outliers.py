"""Far-out requests are counted, and only those that come together are interference."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from noises import NOISES, Noise, pareto_tail
from scipy.stats import binom

from clipperf.measure.outliers import binomial_tail, find_outliers

MS = 1e6


def with_slow(places: list[int], requests: int = 1000, seed: int = 1) -> np.ndarray:
    values = 10 * MS * (1 + 0.01 * np.random.default_rng(seed).standard_normal(requests))
    values[places] *= 1.5
    return values


def test_strewn_outliers_are_counted_but_no_burst():
    found = find_outliers(with_slow([100, 250, 430, 640, 700, 910]))
    assert found is not None
    assert (found.number, found.bursts, found.in_bursts) == (6, 0, 0)
    assert not found.come_in_bursts


def test_the_limit_is_tukeys_outer_fence():
    values = np.random.default_rng(2).normal(10 * MS, MS, 999)
    first, third = np.percentile(values, (25, 75))
    found = find_outliers(values)
    assert found is not None
    assert found.limit_ns == pytest.approx(third + 3 * (third - first))
    assert found.number == (values > found.limit_ns).sum()


def test_without_noise_a_tenth_above_the_median_is_far_out():
    values = np.full(100, 10 * MS)
    values[40] = 10.9 * MS
    values[60] = 11.1 * MS
    found = find_outliers(values)
    assert found is not None
    assert (found.number, found.limit_ns) == (1, pytest.approx(11 * MS))


@pytest.mark.parametrize(("begins", "each"), [((300,), 4), ((300,), 12), ((100, 500, 900), 6)])
def test_bursts_are_found_with_their_number(begins: tuple[int, ...], each: int):
    found = find_outliers(with_slow([begin + place for begin in begins for place in range(each)]))
    assert found is not None
    assert found.come_in_bursts
    assert (found.bursts, found.in_bursts) == (len(begins), len(begins) * each)


@pytest.mark.parametrize("requests", [100, 1000])
@pytest.mark.parametrize("noise", [*NOISES, pareto_tail(1.5)], ids=lambda noise: noise.name)
def test_noise_alone_comes_in_no_bursts(noise: Noise, requests: int):
    runs = noise.draw(np.random.default_rng(3), 200, requests)
    found = [find_outliers(run * 10 * MS) for run in runs]
    assert sum(one is not None and one.come_in_bursts for one in found) <= 2


def test_too_few_requests():
    assert find_outliers(np.ones(19)) is None


@given(st.integers(1, 200), st.floats(0.01, 0.99), st.data())
def test_the_tail_is_never_told_too_small(trials: int, probability: float, data: st.DataObject):
    hits = data.draw(st.integers(0, trials))
    assert binomial_tail(hits, trials, probability) >= binom.sf(hits - 1, trials, probability) - 1e-12
