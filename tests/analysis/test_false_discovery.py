"""Which of many tests may be believed together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from clipperf.analysis.false_discovery import discoveries

P_VALUES = st.lists(st.floats(0, 1), max_size=50)


@given(P_VALUES, st.sampled_from([0.01, 0.05, 0.2]))
def test_they_are_those_of_scipy(p_values: list[float], rate: float):
    adjusted = false_discovery_control(p_values) if p_values else []
    for counts, p_value in zip(discoveries(p_values, rate), adjusted, strict=True):
        assert counts == (p_value <= rate) or abs(p_value - rate) < 1e-12


@given(P_VALUES)
def test_a_smaller_p_never_counts_less(p_values: list[float]):
    counted = [p for p, counts in zip(p_values, discoveries(p_values, 0.1), strict=True) if counts]
    left = [p for p, counts in zip(p_values, discoveries(p_values, 0.1), strict=True) if not counts]
    assert not counted or not left or max(counted) < min(left)


def test_one_of_two_hundred_has_to_be_far_out():
    assert discoveries([6e-5, *[0.5] * 199], 0.01)[0] is False
    assert discoveries([4e-5, *[0.5] * 199], 0.01)[0] is True
