"""Runs that never happened: service times of a known law, judged as a sweep would, without a clock."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from rows import Row, row

from clipperf.analysis.compare_case import Side
from clipperf.analysis.compare_match import records
from clipperf.analysis.compare_runs import in_window
from clipperf.measure.samples import Samples
from clipperf.measure.stop_rule import StopRule
from clipperf.measure.window import Window
from clipperf.results.figures import figures_of
from clipperf.results.frame import frame_of
from clipperf.results.measured import Measured

MEAN_MS = 5.0
_CV = 0.05
"""Standard deviation of one service time, of the independent and the autocorrelated ones."""

Draw = Callable[[np.random.Generator, int], np.ndarray]


def independent(random: np.random.Generator, number: int) -> np.ndarray:
    """Normal, each for itself."""
    return np.maximum(0.2, random.normal(1.0, _CV, number))


def autocorrelated(correlation: float) -> Draw:
    """Lognormal, each like the one before: an autoregressive process of first order."""

    def draw(random: np.random.Generator, number: int) -> np.ndarray:
        innovations = random.normal(0.0, math.sqrt(1 - correlation**2), number)
        innovations[0] /= math.sqrt(1 - correlation**2)
        powers = np.empty(number)
        last = 0.0
        for place, innovation in enumerate(innovations):
            last = powers[place] = correlation * last + innovation
        return np.exp(_CV * powers - _CV**2 / 2)

    return draw


def bimodal(random: np.random.Generator, number: int) -> np.ndarray:
    """One request in five takes 1.4 times as long as the others."""
    return np.where(random.random(number) < 0.2, 1.4, 1.0) / 1.08 * random.normal(1.0, 0.02, number)


def heavy_tailed(random: np.random.Generator, number: int) -> np.ndarray:
    """Lomax with shape 2.2 above a floor: the variance is finite, the third moment is not."""
    return 0.9 + 0.12 * random.pareto(2.2, number)


NOISES: dict[str, Draw] = {
    "independent": independent,
    "autocorrelated 0.5": autocorrelated(0.5),
    "autocorrelated 0.9": autocorrelated(0.9),
    "bimodal": bimodal,
    "heavy tail": heavy_tailed,
}
"""Service times as shares of their mean."""


def virtual_run(
    noise: Draw, random: np.random.Generator, requests: int, slower: float = 1.0, **columns: Any
) -> tuple[Row, Samples, Window]:
    """Row, samples and window of a closed loop of one slot; every service time is multiplied by ``slower``."""
    service_ns = np.round(1e6 * MEAN_MS * slower * noise(random, requests + 1)).astype(np.int64)
    completed_ns = 1_000_000_000 + np.cumsum(service_ns)
    slot = np.zeros(requests + 1, dtype=np.int64)
    samples = Samples(completed_ns - service_ns, completed_ns - service_ns, completed_ns, slot, slot)
    measured = Measured(samples, 1, int(completed_ns[0]), int(completed_ns[-1]), True, False)
    figures = figures_of(measured, StopRule(1, 0, iterations=requests), 1)
    return row() | figures.values | columns, samples, figures.window


def virtual_side(
    noise: Draw,
    random: np.random.Generator,
    cases: int,
    repeats: int,
    requests: int,
    slower: float = 1.0,
    between_runs: float = 0.0,
) -> Side:
    """Cases that differ in their device's name only; each run has a speed of its own, deviating by ``between_runs``."""
    runs = [
        virtual_run(
            noise,
            random,
            requests,
            slower * math.exp(random.normal(0.0, between_runs)),
            case_id=f"case-{case}",
            device=str(case),
            repeat=repeat,
        )
        for case in range(cases)
        for repeat in range(repeats)
    ]
    kept = {
        (made["case_id"], made["repeat"]): in_window(samples, window.holds(samples)) for made, samples, window in runs
    }
    return Side(records(frame_of([made for made, *_ in runs])), lambda made: kept[made["case_id"], made["repeat"]])
