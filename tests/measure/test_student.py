"""Student's t against scipy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from clipperf.measure.student import t_cdf, t_quantile


@given(st.floats(-50, 50), st.integers(1, 400))
def test_distribution(t: float, freedom: int):
    # Where they differ by more than 1e-12, near 0, it is scipy that takes 0.5.
    assert t_cdf(t, freedom) == pytest.approx(student.cdf(t, freedom), abs=1e-9)


@given(st.floats(0.5001, 0.9999), st.integers(1, 400))
def test_quantile(probability: float, freedom: int):
    assert t_quantile(probability, freedom) == pytest.approx(student.ppf(probability, freedom), rel=1e-8)
