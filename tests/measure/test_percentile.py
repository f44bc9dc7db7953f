"""Percentiles and their ranks against numpy and scipy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from clipperf.measure.percentile import dependent_ranks, interval_ranks, nearest_rank, percentiles

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


dependences = st.fixed_dictionaries(dict.fromkeys(SHARES, st.one_of(st.just(1.0), st.floats(1.0, 100.0))))


@given(some_values, dependences)
def test_bounds_bracket_the_value_and_follow_each_other(values: np.ndarray, dependence: dict[float, float]):
    found = percentiles(values, dependence)
    for one in found.values():
        assert one.low is None or one.low <= one.value
        assert one.high is None or one.high >= one.value
    for lower, higher in itertools.pairwise(found.values()):
        assert (lower.low or 0) <= (higher.low or 0)
        assert (lower.high or np.inf) <= (higher.high or np.inf)


@given(some_values, dependences)
def test_every_bound_is_one_of_some_share_and_none_is_less_sharp_than_its_own(
    values: np.ndarray, dependence: dict[float, float]
):
    found = percentiles(values, dependence)
    alone = {share: percentiles(values, {share: each})[share] for share, each in dependence.items()}
    for share, one in found.items():
        below = [alone[other].low for other in SHARES if other <= share]
        above = [alone[other].high for other in SHARES if other >= share]
        assert one.low == max((low for low in below if low is not None), default=None)
        assert one.high == min((high for high in above if high is not None), default=None)
        assert one.value == alone[share].value


def test_a_bound_of_p95_serves_p99_where_slow_requests_come_together():
    found = percentiles(np.arange(1.0, 1001.0), {0.95: 1.0, 0.99: 400.0})
    assert found[0.99].high is None
    assert found[0.99].low == found[0.95].low == interval_ranks(1000, 0.95)[0]


@given(st.integers(1, 5000))
def test_independent_requests_have_nothing_to_lend_each_other(n: int):
    found = percentiles(np.arange(1.0, n + 1.0), dict.fromkeys(SHARES, 1.0))
    assert [(one.low, one.high) for one in found.values()] == [interval_ranks(n, share) for share in SHARES]


def test_bounds_that_are_lent_hold_as_often_as_they_claim():
    # 2 % of the requests are slow, in bursts of 20, which leaves p99 hardly any independent request and p90 many.
    runs, number, length = 400, 1000, 20
    random = np.random.default_rng(0)
    is_slow = np.repeat(random.random((runs, number // length)) < 0.02, length, axis=1)
    values = random.random((runs, number)) + is_slow
    dependence = {0.9: 1.0 + 0.2 * length, 0.99: float(length) * 3}
    truth = {0.9: 0.9 / 0.98, 0.99: 1.5}
    found = [percentiles(np.sort(run), dependence) for run in values]
    for share, quantile in truth.items():
        assert np.mean([one[share].low is not None and one[share].low > quantile for one in found]) <= 0.025 + 0.025
        assert np.mean([one[share].high is not None and one[share].high < quantile for one in found]) <= 0.025 + 0.025


def test_no_values_have_no_ranks():
    assert interval_ranks(0, 0.5) == (None, None)
