"""The chooser of rates, on devices whose verdicts follow from one true rate."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.analysis.objective import MET, MISSED, UNKNOWN
from clipperf.search.capacity_chooser import Bounds, Offered, next_rate

MOST = 200.0


def outcome(rate: float, truth: float, doubt: float) -> str:
    """Met to the truth, and not known for a share above it."""
    return MET if rate <= truth else UNKNOWN if rate <= truth * (1 + doubt) else MISSED


def searched(bounds: Bounds, truth: float, doubt: float = 0.0, looks: int = 1) -> list[Offered]:
    """All that is offered, in the order of the first time; a rate may be measured ``looks`` times."""
    times: dict[float, int] = {}
    for _ in range(200):
        tried = [Offered(rate, outcome(rate, truth, doubt), number < looks) for rate, number in times.items()]
        rate = next_rate(bounds, tried)
        if rate is None:
            return tried
        times[rate] = times.get(rate, 0) + 1
    raise AssertionError("The search does not end.")


def bracket(tried: list[Offered]) -> tuple[float, float]:
    met = max((one.rate for one in tried if one.outcome == MET), default=0.0)
    return met, min((one.rate for one in tried if one.outcome != MET and one.rate > met), default=math.inf)


def test_half_the_maximum_first_then_the_bracket_then_the_curve():
    tried = searched(Bounds(MOST, 0.0, 0.1), truth=120.0)
    rates = [one.rate for one in tried]
    assert rates[:5] == [100.0, 200.0, 150.0, 125.0, 112.5]
    assert bracket(tried) == (118.8, 125.0)
    assert {50.0, 180.0, 220.0} <= set(rates)


@given(
    share=st.floats(0.02, 1.6),
    doubt=st.floats(0.0, 0.5),
    within=st.floats(0.005, 0.2),
    looks=st.integers(1, 3),
)
def test_the_bracket_holds_the_truth_and_is_narrow(share: float, doubt: float, within: float, looks: int):
    truth = share * MOST
    tried = searched(Bounds(MOST, 0.0, within), truth, doubt, looks)
    met, not_met = bracket(tried)
    assert met <= truth < not_met
    # Four digits are a rate's own grain.
    assert not_met <= met * (1 + within) * 1.001
    assert all(not one.may_be_longer for one in tried if one.rate in (met, not_met))


@given(truth=st.floats(1.0, 400.0), low=st.floats(1.0, 150.0), wide=st.floats(1.1, 4.0))
def test_nothing_outside_the_users_bounds_is_offered(truth: float, low: float, wide: float):
    bounds = Bounds(MOST, 0.0, 0.02, low, low * wide)
    rates = [one.rate for one in searched(bounds, truth)]
    assert rates
    assert min(rates) >= 0.999 * low
    assert max(rates) <= 1.001 * low * wide


def test_what_is_met_everywhere_ends_at_the_users_bound():
    tried = searched(Bounds(MOST, 0.0, 0.02, 0.0, 150.0), truth=1000.0)
    assert bracket(tried) == (150.0, math.inf)


def test_where_no_rate_meets_it_the_floor_is_the_last():
    bounds = Bounds(MOST, 0.0, 0.02)
    tried = searched(bounds, truth=0.0)
    assert min(one.rate for one in tried) == bounds.floor == 3.125


def test_no_rate_is_sought_where_no_window_is_long_enough_for_the_percentile():
    tried = searched(Bounds(8.0, 12.3, 0.02), truth=5.0)
    assert [one.rate for one in tried] == [2.0, 4.0, 6.0, 7.2, 8.0, 8.8]


def test_the_floor_has_enough_requests_for_the_percentile():
    assert Bounds(MOST, 12.27, 0.02).floor == 12.27


def test_what_is_not_known_is_offered_again_before_anything_else():
    tried = [Offered(100.0, MET, True), Offered(200.0, MISSED, True), Offered(150.0, UNKNOWN, True)]
    assert next_rate(Bounds(MOST, 0.0, 0.02), tried) == 150.0


@pytest.mark.parametrize(("first", "second"), [(MET, 100.0), (MISSED, 101.0)])
def test_the_ends_of_a_narrow_bracket_are_confirmed(first: str, second: float):
    lower, upper = Offered(100.0, MET, first == MET), Offered(101.0, MISSED, True)
    assert next_rate(Bounds(MOST, 0.0, 0.02), [lower, upper]) == second


def test_an_end_that_is_not_confirmed_opens_the_bracket_again():
    tried = [Offered(90.0, MET, False), Offered(100.0, UNKNOWN, False), Offered(101.0, MISSED, False)]
    assert next_rate(Bounds(MOST, 0.0, 0.02), tried) == 95.0
