"""Batches: their sizes follow the dependence, their means and correlation follow numpy."""

from __future__ import annotations

import numpy as np
import pytest
from noises import series

from clipperf.measure.batch_means import BatchMeans, independent_batches, means_of, neighbour_correlation


def test_what_fills_no_batch_is_left_out_in_front():
    assert means_of(np.array([100.0, 1.0, 3.0, 5.0, 7.0]), 2).tolist() == [2.0, 6.0]


def test_correlation_is_the_sample_correlation_and_its_known_bias():
    values = np.array([1.0, 2.0, 4.0, 3.0, 5.0, 6.0])
    centred = values - values.mean()
    plain = (centred[1:] * centred[:-1]).sum() / (centred**2).sum()
    assert neighbour_correlation(values) == pytest.approx(plain + (1 + 3 * plain) / 6)


@pytest.mark.parametrize("values", [[1.0, -1.0] * 20, [3.0] * 10])
def test_correlation_is_never_negative(values: list[float]):
    assert neighbour_correlation(np.array(values)) == 0.0


def test_correlation_is_unbiased_in_short_series():
    runs = series(np.random.default_rng(1), 4000, 60, 0.5)
    assert np.mean([neighbour_correlation(run) for run in runs]) == pytest.approx(0.5, abs=0.02)


def test_independent_values_are_not_batched_further():
    means = independent_batches(np.random.default_rng(2).standard_normal(300)).means
    assert means.size == 300


def test_dependent_values_are_batched_until_they_hardly_depend():
    found = independent_batches(series(np.random.default_rng(3), 1, 4000, 0.9)[0])
    assert found.means.size <= 128
    assert found.correlation < 0.35


@pytest.mark.parametrize("correlation", [0.0, 0.5, 0.9])
def test_variance_of_the_mean_is_that_of_an_autoregressive_process(correlation: float):
    number = 3000
    runs = series(np.random.default_rng(4), 300, number, correlation)
    found = np.mean([independent_batches(run).variance for run in runs])
    assert found == pytest.approx((1 + correlation) / (1 - correlation) / number, rel=0.12)


def test_two_values_are_enough():
    assert independent_batches(np.array([1.0, 2.0])).means.tolist() == [1.0, 2.0]


def test_effective_number():
    assert BatchMeans(np.arange(30.0), 0.5).effective == pytest.approx(10.0)
