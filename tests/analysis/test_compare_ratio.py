import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from clipperf.analysis.compare_ratio import Logarithm, geometric_mean, logarithm, ratio_of_pairs, ratio_of_runs

A = [100.0, 101.5, 99.2, 100.7]
B = [103.1, 102.2, 105.0]

middles = st.floats(-5, 5)
figures = st.builds(lambda middle, below, above: Logarithm(middle, middle - below, middle + above),
                    middles, st.floats(0, 1), st.floats(0, 1))  # fmt: skip
runs = st.lists(figures, min_size=1, max_size=6)


def exact(values: list[float]) -> list[Logarithm]:
    """Figures without any spread of their own."""
    return [Logarithm(math.log(value), math.log(value), math.log(value)) for value in values]


def test_welch():
    found = ratio_of_runs(exact(A), exact(B))
    theirs = stats.ttest_ind(np.log(B), np.log(A), equal_var=False)
    assert found.middle == pytest.approx(np.log(B).mean() - np.log(A).mean())
    # Ours takes whole degrees of freedom, the next below theirs.
    error = found.middle / theirs.statistic
    half = stats.t.ppf(0.975, math.floor(theirs.df)) * error
    assert (found.low, found.high) == pytest.approx((found.middle - half, found.middle + half))


def test_pairs():
    found = ratio_of_pairs(list(zip(exact(A[:3]), exact(B), strict=True)))
    theirs = stats.ttest_rel(np.log(B), np.log(A[:3])).confidence_interval()
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))


def test_drift_that_moves_both_runs_of_a_pair_alike_cancels():
    drift = [1.0, 0.9, 0.7, 0.4]
    a, b = exact([100 * share for share in drift]), exact([105 * share for share in drift])
    paired, unpaired = ratio_of_pairs(list(zip(a, b, strict=True))), ratio_of_runs(a, b)
    assert (paired.low, paired.high) == pytest.approx((math.log(1.05), math.log(1.05)))
    assert unpaired.low < 0 < unpaired.high


def test_one_run_a_side_puts_the_two_intervals_together():
    found = ratio_of_runs([Logarithm(0.0, -0.03, 0.01)], [Logarithm(0.1, 0.06, 0.13)])
    assert found.middle == pytest.approx(0.1)
    assert found.low == pytest.approx(0.1 - math.hypot(0.04, 0.01))
    assert found.high == pytest.approx(0.1 + math.hypot(0.03, 0.03))


def test_a_side_of_one_run_is_taken_to_spread_as_the_other_does():
    found = ratio_of_runs(exact([100.0]), exact(B))
    half = stats.t.ppf(0.975, 2) * np.log(B).std(ddof=1) * math.sqrt(1 + 1 / 3)
    assert found.high - found.low == pytest.approx(2 * half)


def test_repeats_that_agree_by_luck_do_not_hide_what_each_cannot_know():
    vague = [Logarithm(0.0, -0.02, 0.02)] * 2
    spread = 0.02 / stats.norm.ppf(0.975)
    for freedom, found in ((2, ratio_of_runs(vague, vague)), (1, ratio_of_pairs([(vague[0], vague[0])] * 2))):
        assert found.high == pytest.approx(stats.t.ppf(0.975, freedom) * spread)
    one_sure = ratio_of_runs(exact([1.0, 1.0]), exact([1.0, 1.0]))
    assert (one_sure.low, one_sure.high) == (0, 0)


def test_an_open_interval_stays_open():
    found = ratio_of_runs([Logarithm(0.0, -0.1, math.inf)], [Logarithm(0.0, -0.1, 0.1)])
    assert found.low == -math.inf
    assert found.high == pytest.approx(math.hypot(0.1, 0.1))


def test_the_geometric_mean_of_one_is_that_one():
    ratio = Logarithm(0.1, 0.0, 0.3)
    assert geometric_mean([ratio]) == ratio
    both = geometric_mean([ratio, Logarithm(0.3, 0.2, 0.4)])
    assert both.middle == pytest.approx(0.2)
    assert both.low == pytest.approx(0.2 - math.hypot(0.1, 0.1) / 2)


def test_logarithm_of_what_has_no_figure():
    assert logarithm(None, None, None) is None
    assert logarithm(0.0, None, None) is None
    assert logarithm(math.nan, None, None) is None
    assert logarithm(2.0, None, 4.0, scale=0.5) == Logarithm(0.0, -math.inf, math.log(2))


@given(runs, runs)
def test_swapping_the_sides_inverts_the_ratio(a: list[Logarithm], b: list[Logarithm]):
    there, back = ratio_of_runs(a, b), ratio_of_runs(b, a)
    assert (back.middle, back.low, back.high) == pytest.approx((-there.middle, -there.high, -there.low))


@given(runs, runs, middles)
def test_a_factor_on_both_sides_changes_nothing(a: list[Logarithm], b: list[Logarithm], factor: float):
    def scaled(side: list[Logarithm]) -> list[Logarithm]:
        return [Logarithm(one.middle + factor, one.low + factor, one.high + factor) for one in side]

    before, after = ratio_of_runs(a, b), ratio_of_runs(scaled(a), scaled(b))
    assert (after.middle, after.low, after.high) == pytest.approx((before.middle, before.low, before.high), abs=1e-9)


@given(st.lists(st.tuples(figures, figures), min_size=1, max_size=6))
def test_swapping_the_runs_of_every_pair_inverts_the_ratio(pairs: list[tuple[Logarithm, Logarithm]]):
    there, back = ratio_of_pairs(pairs), ratio_of_pairs([(b, a) for a, b in pairs])
    assert (back.middle, back.low, back.high) == pytest.approx((-there.middle, -there.high, -there.low), abs=1e-12)


@given(runs, runs)
def test_the_ratio_lies_in_its_interval(a: list[Logarithm], b: list[Logarithm]):
    found = ratio_of_runs(a, b)
    assert found.low <= found.middle <= found.high
