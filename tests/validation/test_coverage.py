"""A smaller study of coverage: enough runs to catch a statistic that has gone wrong, in seconds.

The full one is tests/benchmarks/coverage.py, whose figures are in coverage.md.
"""

from __future__ import annotations

import pytest
from coverage_study import Coverage, default_rule, exact_coverage, study
from noises import NOISES, Noise, heavy_tail, normal, two_modes
from scipy.integrate import quad

RUNS = 300
TRIED = (normal(0.02), normal(0.05, 0.5), normal(0.02, 0.9), two_modes(0.15, 1.3), heavy_tail())
SLACK = 0.03
"""Three standard errors of a share of 97 % among 300; the limits are those of the full study."""


@pytest.mark.parametrize(
    "noise",
    [normal(0.02), normal(0.05, 0.5), normal(0.02, 0.9), two_modes(0.15, 1.3), heavy_tail()],
    ids=lambda n: n.name,
)
def test_intervals_hold_the_truth_under_the_stop_rule(noise: Noise):
    found = study(noise, RUNS, 11)
    assert not found.fails(SLACK), found
    assert found.inconclusive <= 0.02
    assert found.unsteady <= 0.03


def test_without_allowing_for_dependence_they_would_not():
    """The study can fail: a window of 100 requests, though its autocorrelation of 0.9 leaves it worth five."""
    found = study(normal(0.05, 0.9), 100, 12, default_rule(iterations=12))
    assert found.fails(SLACK)


@pytest.mark.parametrize("noise", NOISES, ids=lambda noise: noise.name)
def test_noises_have_a_mean_of_one(noise: Noise):
    assert quad(noise.quantile, 0.0005, 0.9995, limit=200)[0] == pytest.approx(0.999, abs=3e-3)


def test_exact_coverage_of_half_open_intervals_counts_their_one_side():
    assert exact_coverage(100, 0.99) == pytest.approx(0.9816, abs=1e-4)
    assert exact_coverage(1000, 0.5) == pytest.approx(0.9537, abs=1e-3)


def test_limits():
    held = {"qps": 0.95, "p50": 0.98, "p90": 0.93, "p99": 0.96}
    exact = dict.fromkeys(held, 0.955)
    found = Coverage("", 1, (1, 1, 1), 0.0, 0.0, held, exact, exact)
    assert found.fails() == ["p50", "p90"]
    assert found.fails(0.02) == []
