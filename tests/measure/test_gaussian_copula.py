"""Dependence of indicators against scipy's bivariate normal distribution."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from clipperf.measure.gaussian_copula import indicator_correlation, tail_inefficiency


@pytest.mark.parametrize("share", [0.5, 0.9, 0.95, 0.99])
@pytest.mark.parametrize("correlation", [0.05, 0.5, 0.9, 0.99])
def test_indicators_of_normal_values(correlation: float, share: float):
    quantile = norm.ppf(share)
    both = multivariate_normal.cdf([quantile, quantile], cov=[[1.0, correlation], [correlation, 1.0]])
    exact = (both - share**2) / (share * (1 - share))
    assert indicator_correlation(np.array([correlation]), share)[0] == pytest.approx(exact, abs=2e-4)


def test_the_median_has_a_closed_form():
    at = np.linspace(0.0, 1.0, 11)
    assert indicator_correlation(at, 0.5) == pytest.approx(2 / math.pi * np.arcsin(at))


@pytest.mark.parametrize(
    ("correlation", "share", "exact"),
    [(0.5, 0.5, 2.31), (0.5, 0.99, 1.35), (0.9, 0.5, 13.27), (0.9, 0.9, 10.13), (0.9, 0.99, 5.85)],
)
def test_inefficiency_of_an_autoregressive_process(correlation: float, share: float, exact: float):
    assert tail_inefficiency((1 + correlation) / (1 - correlation), share) == pytest.approx(exact, abs=0.02)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_independent_requests_count_fully(share: float):
    assert tail_inefficiency(1.0, share) == 1.0


def test_dependence_fades_towards_the_tail():
    found = [tail_inefficiency(10.0, share) for share in (0.5, 0.9, 0.95, 0.99, 0.999)]
    assert found == sorted(found, reverse=True)
