"""What tests/benchmarks/compare_power.py records for every noise, for two of them and with fewer comparisons.

The limits are those of the study, 5 % false and 90 % found, widened by three standard errors of 200 comparisons.
"""

from __future__ import annotations

import numpy as np
import pytest
from noises import NOISES
from rows import Row
from virtual_runs import pool_of, sides_of

from clipperf.analysis.compare import Comparison, compare, compare_in_turn
from clipperf.analysis.compare_case import Question
from clipperf.analysis.compare_verdict import FASTER, SLOWER, read_metrics

COMPARISONS = 200
MOST_FALSE, LEAST_FOUND = 0.05 + 3 * 0.0154, 0.90 - 3 * 0.0212
METRICS = read_metrics(["qps", "p50"])


@pytest.fixture(scope="module", params=[0, 3], ids=lambda place: NOISES[place].name)
def pool(request: pytest.FixtureRequest) -> list[Row]:
    """Runs of 100 to 200 requests."""
    return pool_of(NOISES[request.param], 200, seed=1)


def judged(pool: list[Row], slower: float, repeats: int, between_runs: float, between_pairs: float) -> Comparison:
    random = np.random.default_rng(2)
    a, b = sides_of(pool, random, COMPARISONS, repeats, slower, between_runs, between_pairs)
    return (compare_in_turn if between_pairs else compare)(a, b, Question(METRICS))


@pytest.mark.parametrize(
    ("repeats", "between_runs", "between_pairs"),
    [(1, 0.0, 0.0), (5, 0.005, 0.0), (6, 0.01, 0.03)],
    ids=["one run", "repeats", "in turn"],
)
def test_few_false_differences_and_most_true_ones(
    pool: list[Row], repeats: int, between_runs: float, between_pairs: float
):
    alike = judged(pool, 1.0, repeats, between_runs, between_pairs)
    faster = judged(pool, 1 / 1.03, repeats, between_runs, between_pairs)
    for metric in METRICS:
        counts = alike.verdicts(metric)
        assert (counts[FASTER] + counts[SLOWER]) / COMPARISONS < MOST_FALSE
        assert faster.verdicts(metric)[FASTER] / COMPARISONS > LEAST_FOUND
        assert faster.verdicts(metric)[SLOWER] == 0
