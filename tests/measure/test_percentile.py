"""Percentiles and their ranks against numpy and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from clipperf.measure.percentile import dependent_ranks, interval_ranks, nearest_rank, percentile

SHARES = (0.5, 0.9, 0.95, 0.99)
some_values = st.lists(st.integers(1, 10**12), min_size=1, max_size=300).map(lambda values: np.sort(np.array(values)))


@given(some_values, st.sampled_from((*SHARES, 0.999)))
def test_nearest_rank_is_the_inverse_of_the_empirical_distribution(values: np.ndarray, share: float):
    assert nearest_rank(values, share) == np.percentile(values, round(100 * share, 1), method="inverted_cdf")


@given(some_values, st.sampled_from(SHARES))
def test_nearest_rank_is_the_smallest_value_with_enough_at_or_below_it(values: np.ndarray, share: float):
    found = nearest_rank(values, share)
    assert (values <= found).sum() >= share * values.size - 1e-9
    assert (values < found).sum() < share * values.size


def test_a_product_that_is_no_whole_number_in_binary_takes_the_right_rank():
    assert nearest_rank(np.arange(1, 21), 0.95) == 19


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("n", [1, 5, 6, 35, 36, 71, 72, 100, 367, 368, 1000, 12345, 1_000_000])
def test_ranks_are_those_of_the_binomial_distribution(n: int, share: float):
    low, high = interval_ranks(n, share)
    # scipy's inverse is the smallest k with P(B <= k) >= q.
    below, above = int(binom.ppf(0.025, n, share)), int(binom.ppf(0.975, n, share)) + 1
    if binom.cdf(below, n, share) <= 0.025:
        below += 1
    assert low == (below if below >= 1 else None)
    assert high == (above if above <= n else None)


@pytest.mark.parametrize(("share", "fewest"), [(0.5, 6), (0.9, 36), (0.95, 72), (0.99, 368)])
def test_an_upper_bound_exists_from_the_documented_number_on(share: float, fewest: int):
    assert interval_ranks(fewest - 1, share)[1] is None
    assert all(interval_ranks(n, share)[1] is not None for n in range(fewest, fewest + 500))


@given(st.integers(1, 5000), st.sampled_from(SHARES))
def test_ranks_hold_at_least_the_confidence(n: int, share: float):
    low, high = interval_ranks(n, share)
    held = (1.0 if high is None else binom.cdf(high - 1, n, share)) - binom.cdf((low or 0) - 1, n, share)
    assert held >= 0.95 - 1e-12


@given(st.integers(1, 5000), st.sampled_from(SHARES))
def test_independent_requests_have_the_exact_ranks(n: int, share: float):
    assert dependent_ranks(n, share, 1.0) == interval_ranks(n, share)


@given(st.integers(2, 5000), st.sampled_from(SHARES), st.floats(1.0, 50.0))
def test_dependence_only_widens(n: int, share: float, inefficiency: float):
    low, high = dependent_ranks(n, share, inefficiency)
    exact_low, exact_high = interval_ranks(n, share)
    if low is not None:
        assert exact_low is not None
        assert 1 <= low <= exact_low + 1
    if high is not None:
        assert exact_high is not None
        assert n >= high >= exact_high - 1


def test_ranks_of_dependent_requests_stand_for_the_same_shares_as_those_of_fewer():
    assert interval_ranks(400, 0.5) == (180, 221)
    assert dependent_ranks(4000, 0.5, 10.0) == (1796, 2206)
    assert dependent_ranks(3679, 0.99, 10.0)[1] is not None
    assert dependent_ranks(3674, 0.99, 10.0)[1] is None


@given(some_values, st.sampled_from(SHARES))
def test_bounds_bracket_the_value(values: np.ndarray, share: float):
    found = percentile(values, share)
    assert found.low is None or found.low <= found.value
    assert found.high is None or found.high >= found.value


def test_no_values_have_no_ranks():
    assert interval_ranks(0, 0.5) == (None, None)
