"""Two modes are found; one mode with any tail is not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from clipperf.measure.modes import find_modes

MS = 1e6
Draw = Callable[[np.random.Generator, int], np.ndarray]
ONE_MODE: dict[str, Draw] = {
    "normal": lambda random, n: random.normal(10, 1, n),
    "uniform": lambda random, n: random.uniform(5, 15, n),
    "exponential": lambda random, n: random.exponential(10, n),
    "lognormal": lambda random, n: random.lognormal(0, 1, n),
    "Pareto": lambda random, n: 0.9 + random.pareto(1.2, n),
    "a spike with a long tail": lambda random, n: np.where(
        random.random(n) < 0.9, 10 + 0.01 * random.random(n), random.uniform(10, 20, n)
    ),
    "rarely slow": lambda random, n: np.where(random.random(n) < 0.99, 10, 30) * random.normal(1, 0.01, n),
    "two that nobody could tell apart": lambda random, n: np.where(random.random(n) < 0.5, 10, 10.3),
    "none": lambda random, n: np.full(n, 10.0),
    "told in steps of the clock": lambda random, n: np.round(random.normal(65, 5, n), -1) * 1e-6,
}


def two(share: float, slower: float, deviation: float) -> Draw:
    return lambda random, n: np.where(random.random(n) < share, 10 * slower, 10) * random.normal(1, deviation, n)


TWO_MODES = [(0.15, 1.3, 0.01), (0.5, 1.2, 0.02), (0.08, 4.0, 0.001), (0.85, 1.5, 0.03), (0.3, 2.0, 0.1)]


def found_share(draw: Draw, requests: int, runs: int = 100) -> float:
    random = np.random.default_rng(requests)
    return float(np.mean([find_modes(draw(random, requests) * MS) is not None for _ in range(runs)]))


@pytest.mark.parametrize("requests", [100, 1000, 10_000])
@pytest.mark.parametrize("name", ONE_MODE)
def test_one_mode_raises_no_alarm(name: str, requests: int):
    assert found_share(ONE_MODE[name], requests) <= 0.02


@pytest.mark.parametrize("requests", [500, 5000])
@pytest.mark.parametrize("modes", TWO_MODES)
def test_two_modes_are_found(modes: tuple[float, float, float], requests: int):
    assert found_share(two(*modes), requests) >= 0.98


def test_where_they_lie_and_how_many_are_slow():
    found = find_modes(two(0.2, 1.4, 0.01)(np.random.default_rng(1), 5000) * MS)
    assert found is not None
    assert found.fast_ns == pytest.approx(10 * MS, rel=0.01)
    assert found.slow_ns == pytest.approx(14 * MS, rel=0.01)
    assert found.slow_share == pytest.approx(0.2, abs=0.02)


def test_too_few_requests():
    assert find_modes(np.where(np.arange(49) % 2, 1.0, 2.0)) is None
