"""Steady devices are called steady, the others not, at rates stated beforehand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from noises import NOISES, Noise, normal, pareto_tail
from scipy.stats import linregress

from clipperf.measure.batch_means import means_of
from clipperf.measure.pace import drift_share, pace_of, steadiness_of
from clipperf.measure.samples import Samples
from clipperf.measure.steadiness import MATERIAL, MOST_CELLS, Steadiness, judge_steadiness
from clipperf.measure.steadiness_tests import slope_probability, split_probability, variation_probability
from clipperf.validation.virtual import closed_load, open_load

RUNS = 400
SHAPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "4.5 % a fifth faster": lambda at: 0.955 ** np.floor(5 * at),
    "4.5 % a fifth slower": lambda at: 0.955 ** -np.floor(5 * at),
    "3 % over the window": lambda at: 1 + 0.03 * at,
    "slow from the middle on": lambda at: 1 + 0.3 * (at >= 0.5),
    "5 % slower from the middle on": lambda at: 1 + 0.05 * (at >= 0.5),
    "slow for the last seventh": lambda at: 1 + 0.3 * (at >= 0.85),
    "slow in its middle": lambda at: 1 + 0.1 * ((at > 0.4) & (at < 0.6)),
    "coming and going": lambda at: 1 + 0.2 * ((5 * at) % 1 < 0.5),
    "still warming up": lambda at: 1 + 0.3 * np.exp(-10 * at),
}


def judge(durations: np.ndarray) -> Steadiness:
    found = judge_steadiness(means_of(durations, -(-durations.size // MOST_CELLS)))
    assert found is not None
    return found


def false_alarms(noise: Noise, requests: int) -> float:
    runs = noise.draw(np.random.default_rng(requests), RUNS, requests)
    return float(np.mean([not judge(run).is_steady for run in runs]))


@pytest.mark.parametrize("value", [1.0, 0.00714])
@pytest.mark.parametrize("requests", [10, 100, 5000])
def test_a_device_without_noise_is_steady(requests: int, value: float):
    assert judge(np.full(requests, value)).is_steady


@pytest.mark.parametrize("requests", [100, 600, 3000])
@pytest.mark.parametrize("noise", [*(noise for noise in NOISES if not noise.correlation), pareto_tail()], ids=str)
def test_false_alarms_of_independent_noise(noise: Noise, requests: int):
    # 1 % by design; of 400 runs, three standard errors of it are 1.5 points.
    assert false_alarms(noise, requests) <= 0.025


@pytest.mark.parametrize(
    ("correlation", "requests", "most"), [(0.5, 100, 0.03), (0.5, 600, 0.025), (0.9, 100, 0.1), (0.9, 800, 0.025)]
)
def test_false_alarms_of_autocorrelated_noise(correlation: float, requests: int, most: float):
    assert false_alarms(normal(0.05, correlation), requests) <= most


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("requests", [100, 1000])
@pytest.mark.parametrize("deviation", [0.0, 0.01])
def test_what_is_not_steady_is_found(shape: str, requests: int, deviation: float):
    level = SHAPES[shape](np.arange(requests) / requests)
    noise = np.random.default_rng(7).standard_normal((40, requests))
    found = np.mean([not judge(level * (1 + deviation * one)).is_steady for one in noise])
    assert found >= 0.95


@pytest.mark.parametrize("requests", [100, 1000])
def test_drift_below_the_noise_of_one_request_is_found_in_autocorrelated_noise_too(requests: int):
    level = 1 + 0.03 * np.arange(requests) / requests
    runs = normal(0.01, 0.5).draw(np.random.default_rng(8), 100, requests)
    assert np.mean([not judge(level * run).is_steady for run in runs]) >= 0.8


def test_what_is_found_is_told_with_its_size():
    at = np.arange(1000) / 1000
    noise = 1 + 0.005 * np.random.default_rng(9).standard_normal(1000)
    rising, stepping = judge((1 + 0.1 * at) * noise), judge((1 + 0.3 * (at >= 0.8)) * noise)
    assert rising.slope == pytest.approx(0.1, abs=0.005)
    assert rising.change is None
    assert stepping.change == pytest.approx(0.3, abs=0.005)
    assert stepping.change_at == pytest.approx(0.8, abs=0.005)
    assert stepping.slope is None


def test_what_is_immaterial_is_steady_however_sure():
    at = np.arange(5000) / 5000
    assert judge(1 + 0.005 * at).is_steady
    assert judge(1 + 0.005 * (at > 0.5)).is_steady


def test_under_ten_cycles_it_cannot_be_told():
    assert judge_steadiness(np.ones(9)) is None


def test_judged_by_values_a_large_step_shows_in_twenty_of_them():
    level = 1 + 0.3 * (np.arange(20) >= 15)
    noise = 1 + 0.01 * np.random.default_rng(10).standard_normal((50, 20))
    found = [judge_steadiness(level * one, 0.05, by_rank=False) for one in noise]
    assert all(one is not None and not one.is_steady for one in found)


def test_probabilities_of_the_tests_are_uniform_under_noise():
    runs = np.random.default_rng(11).standard_normal((2000, 200))
    for probability in (slope_probability, variation_probability):
        found = np.array([probability(run) for run in runs])
        # Correcting for an autocorrelation that is not there makes them a little too large, never too small.
        assert (found < 0.05).mean() <= 0.06
        assert 0.35 <= (found < 0.5).mean() <= 0.53
    assert np.mean([split_probability(run).probability < 0.05 for run in runs]) <= 0.06


def samples_of(durations_ns: np.ndarray) -> Samples:
    return closed_load([durations_ns[np.newaxis, :].astype(np.int64)], 1).samples(0)


def test_drift_is_the_linear_fit_of_the_rate():
    durations_ns = 1e7 * (1 + 0.2 * np.arange(200) / 200)
    samples = samples_of(durations_ns)
    ends_s = np.cumsum(durations_ns) * 1e-9
    fit = linregress(ends_s - durations_ns * 0.5e-9, 1e9 / durations_ns)
    exact = fit.slope * ends_s[-1] / fit.intercept
    assert drift_share(samples, 1, 1) == pytest.approx(exact, rel=1e-4)
    assert exact == pytest.approx(-1 / 6, abs=0.01)


def test_ten_cycles_are_the_least_for_a_drift():
    assert drift_share(samples_of(np.full(9, 1e6)), 1, 1) is None
    assert drift_share(samples_of(np.full(10, 1e6)), 1, 1) == pytest.approx(0.0)


@pytest.mark.parametrize("requests", [20, 600])
@pytest.mark.parametrize("noise", [*(noise for noise in NOISES if not noise.correlation), normal(0.5)], ids=str)
def test_what_noise_alone_explains_is_no_drift(noise: Noise, requests: int):
    runs = noise.draw(np.random.default_rng(requests), RUNS, requests)
    load = closed_load([np.maximum(1000, runs * 1e7).astype(np.int64)], 1)
    samples = [load.samples(run) for run in range(RUNS)]
    told = {place: share for place, one in enumerate(samples) if (share := drift_share(one, 1, 1)) is not None}
    assert len(told) <= 0.0125 * RUNS
    for place, share in told.items():
        steadiness = steadiness_of(samples[place], 1, 1)
        assert steadiness is not None
        assert not steadiness.is_steady or abs(share) < 2 * MATERIAL, "what is steady has no material drift"


def test_a_real_drift_is_told_in_noise():
    level = 1 + 0.1 * np.arange(600) / 600
    runs = level * normal(0.05).draw(np.random.default_rng(2), 50, 600) * 1e7
    load = closed_load([runs.astype(np.int64)], 1)
    found = [drift_share(load.samples(run), 1, 1) for run in range(50)]
    assert None not in found
    assert np.mean(found) == pytest.approx(-0.09, abs=0.01)


def test_the_pace_of_an_open_loop_is_its_response_time():
    arrivals_ns = np.arange(1, 301)[np.newaxis, :] * 1_000_000
    samples = open_load([np.full((1, 300), 1_100_000)], arrivals_ns, 1).samples(0)
    pace = pace_of(samples, 0, 1)
    assert pace.size == 150
    assert pace == pytest.approx(samples.latency_ns.reshape(150, 2).mean(axis=1))
    assert not judge(pace).is_steady


@pytest.mark.parametrize(("load", "most"), [(0.5, 0.015), (0.8, 0.035), (0.95, 0.07)])
def test_a_queue_that_comes_and_goes_is_steady(load: float, most: float):
    random = np.random.default_rng(12)
    arrivals_ns = np.cumsum(random.exponential(1e6 / load, (RUNS, 3000)), axis=1).astype(np.int64)
    found = open_load([np.full((RUNS, 3000), 1_000_000)], arrivals_ns, 1)
    alarms = [
        steadiness_of(found.samples(run).select(slice(2000, None)), int(found.completed_ns[run, 1999]), 1)
        for run in range(RUNS)
    ]
    assert np.mean([one is not None and not one.is_steady for one in alarms]) <= most


def test_a_device_that_slows_down_shows_behind_its_queue():
    random = np.random.default_rng(13)
    at = np.arange(2000) / 2000
    arrivals_ns = np.cumsum(random.exponential(2e6, (1, 2000)), axis=1).astype(np.int64)
    found = open_load([(1e6 * (1 + 0.1 * at))[np.newaxis, :].astype(np.int64)], arrivals_ns, 1)
    judged = steadiness_of(found.samples(0), 0, 1)
    assert judged is not None
    assert judged.slope == pytest.approx(0.1, abs=0.01)
