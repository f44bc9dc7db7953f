"""The interval of a mean against the t interval where that is exact, and by its coverage where it is not."""

from __future__ import annotations

import numpy as np
import pytest
from noises import series
from scipy import stats

from clipperf.measure.mean_interval import MOST_CELLS, cells_of, mean_interval


def alternating(number: int) -> np.ndarray:
    """Symmetric values whose neighbours are negatively correlated, so that nothing has to be corrected for."""
    half = np.linspace(0.1, 1.0, number // 2)
    return np.stack([10.0 + half, 10.0 - half], axis=1).ravel()


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_symmetric_values_without_autocorrelation_have_the_t_interval(confidence: float):
    values = alternating(100)
    found = mean_interval(values, confidence)
    low, high = stats.t.interval(confidence, 99, values.mean(), stats.sem(values))
    assert found is not None
    assert (found.mean, found.low, found.high) == pytest.approx((10.0, low, high))
    assert found.effective == 100.0
    assert found.relative_half_width == pytest.approx((high - low) / 20.0)


def test_a_long_tail_moves_the_bound_on_its_side_only():
    values = alternating(100)
    values[50] += 40.0
    found = mean_interval(values)
    assert found is not None
    plain = stats.t.ppf(0.975, 99) * stats.sem(values)
    assert found.mean - found.low == pytest.approx(plain, rel=0.02)
    assert found.high - found.mean > 1.5 * plain
    mirrored = mean_interval(20.0 - values)
    assert mirrored is not None
    assert mirrored.mean - mirrored.low == pytest.approx(found.high - found.mean)


def test_equal_values_have_no_width():
    found = mean_interval(np.full(50, 7.0))
    assert found is not None
    assert (found.low, found.mean, found.high) == (7.0, 7.0, 7.0)


def test_four_values_have_no_interval():
    assert mean_interval(np.arange(4.0)) is None


def test_long_series_are_averaged_down_first():
    assert cells_of(np.arange(10_000.0)).size == 1000
    assert cells_of(np.arange(float(MOST_CELLS))).size == MOST_CELLS


@pytest.mark.parametrize(("correlation", "number"), [(0.0, 40), (0.0, 3000), (0.5, 200), (0.9, 1000), (0.9, 20_000)])
def test_coverage_at_a_fixed_length(correlation: float, number: int):
    runs = series(np.random.default_rng(number), 600, number, correlation) + 50.0
    found = [mean_interval(run) for run in runs]
    held = np.mean([one is not None and one.low <= 50.0 <= one.high for one in found])
    # 600 runs tell a coverage of 95 % within 2.7 points, three standard errors.
    assert 0.923 <= held <= 0.987


def test_dependent_values_are_worth_fewer():
    found = mean_interval(series(np.random.default_rng(6), 1, 4000, 0.9)[0] + 10.0)
    assert found is not None
    assert 100 < found.effective < 600
