"""Sides of comparisons from virtual runs: the noise inside a run is simulated, that between runs is laid on top."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from coverage_study import default_rule, virtual_runs
from noises import Noise
from rows import Row, row

from clipperf.analysis.compare_case import Side
from clipperf.measure.stop_rule import StopRule
from clipperf.results.schema import NAMES

_RATES = ("qps", "requests_per_s")


def pool_of(noise: Noise, runs: int, seed: int, rule: StopRule | None = None) -> list[Row]:
    """The rows of that many runs, by the default stop rule unless told otherwise."""
    return [
        row() | run.figures.values | {"status": "ok" if run.is_precise else "inconclusive"}
        for run in virtual_runs(noise, runs, seed, rule or default_rule())
    ]


def slowed(made: Row, factor: float) -> Row:
    """The row of the same run on a device that takes ``factor`` times as long for everything."""
    changed = {}
    for column, value in made.items():
        if isinstance(value, float) and column.startswith(_RATES):
            changed[column] = value / factor
        elif isinstance(value, float) and column.startswith(("latency_", "service_")):
            changed[column] = value * factor
    return made | changed


def sides_of(
    pool: Sequence[Row],
    random: np.random.Generator,
    cases: int,
    repeats: int,
    slower: float = 1.0,
    between_runs: float = 0.0,
    between_pairs: float = 0.0,
) -> tuple[Side, Side]:
    """A, and B that is slower by that factor; cases differ in the name of their device only.

    Each run of the pool is drawn about equally often, and no comparison draws one twice. ``between_runs`` is the
    standard deviation of what a run multiplies its times by, ``between_pairs`` of what both runs of a pair do.
    """
    needed = 2 * cases * repeats
    drawn = np.concatenate([random.permutation(len(pool)) for _ in range(-(-needed // len(pool)))])[:needed]
    sides: tuple[list[Row], list[Row]] = ([], [])
    draws = iter(drawn)
    for case in range(cases):
        for repeat in range(repeats):
            of_pair = random.normal(0.0, between_pairs)
            for side, factor in zip(sides, (1.0, slower), strict=True):
                own = factor * math.exp(of_pair + random.normal(0.0, between_runs))
                named = {"case_id": f"case-{case}", "device": str(case), "repeat": repeat}
                side.append(slowed(pool[next(draws)], own) | named)
    a, b = (Side([dict.fromkeys(NAMES) | made for made in side], lambda _row: None) for side in sides)
    return a, b
