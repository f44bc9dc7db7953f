"""What dependence costs a percentile: nothing without evidence, the known amount for known dependence."""

from __future__ import annotations

import numpy as np
import pytest
from noises import series, two_modes

from clipperf.measure.clustering import inefficiencies
from clipperf.measure.gaussian_copula import tail_inefficiency

SHARES = (0.5, 0.9, 0.95, 0.99)


def test_independent_requests_are_left_alone():
    runs = series(np.random.default_rng(1), 400, 500, 0.0)
    for share in SHARES:
        assert np.mean([inefficiencies(run, SHARES)[share] == 1.0 for run in runs]) >= 0.9


def test_a_long_tail_is_no_dependence():
    found = inefficiencies(np.random.default_rng(2).pareto(1.5, 5000), SHARES)
    assert all(one == 1.0 for one in found.values())


@pytest.mark.parametrize("correlation", [0.5, 0.9])
@pytest.mark.parametrize("share", SHARES)
def test_normal_dependence_costs_what_it_must(correlation: float, share: float):
    runs = series(np.random.default_rng(3), 60, 4000, correlation)
    found = np.median([inefficiencies(run, SHARES)[share] for run in runs])
    exact = tail_inefficiency((1 + correlation) / (1 - correlation), share)
    assert 0.9 * exact <= found <= 1.4 * exact


def test_slow_requests_that_come_together_cost_the_tail_alone():
    random = np.random.default_rng(4)
    values = random.standard_normal(5000)
    for begin in range(100, 5000, 500):
        values[begin : begin + 10] += 8.0
    found = inefficiencies(values, SHARES)
    assert found[0.99] > 4.0
    assert found[0.5] < 3.0


def test_stretches_of_a_mode_cost_the_percentile_inside_it():
    run = two_modes(0.15, 1.3, stay=0.9).draw(np.random.default_rng(5), 1, 4000)[0]
    assert inefficiencies(run, [0.9])[0.9] > 5.0


def test_a_wander_that_no_reader_would_see_is_no_dependence():
    wander = 5e6 + np.cumsum(np.random.default_rng(6).standard_normal(2000)) * 10.0
    assert set(inefficiencies(wander, SHARES).values()) == {1.0}
    assert inefficiencies(5e6 + (wander - 5e6) * 1000.0, SHARES)[0.5] > 10.0


@pytest.mark.parametrize("values", [np.ones(50), np.arange(4.0), np.array([])])
def test_too_little_to_tell(values: np.ndarray):
    assert set(inefficiencies(values, SHARES).values()) == {1.0}
