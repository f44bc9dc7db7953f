import math

import numpy as np
import pytest
from rows import row
from virtual_grid import virtual_row, virtual_run, with_samples

from clipperf.analysis.compare_ratio import Logarithm, mean_of_runs
from clipperf.analysis.compare_runs import Run
from clipperf.analysis.remeasured import block_of


def test_latencies_are_of_all_requests_together():
    runs = [virtual_run([5.0 * slower], 1, requests=400, seed=seed) for seed, slower in enumerate((1.0, 1.0, 1.3))]
    made = [with_samples(run, virtual_row(run, 1, 1)) for run in runs]
    block = block_of(made)
    together = np.concatenate([run.inside.samples.latency_ns for run in made]) / 1e6
    assert (block.runs, block.requests) == (3, len(together))
    assert block.mean_ms == pytest.approx(together.mean())
    assert (block.min_ms, block.max_ms) == (together.min(), together.max())
    # A third of the requests is slow: p50 is that of the two fast runs, p90 that of the slow one. No mean says that.
    assert block.latency_ms[50].value == pytest.approx(5.0, rel=0.03)
    assert block.latency_ms[90].value == pytest.approx(6.5, rel=0.03)


def test_qps_is_the_geometric_mean_and_its_interval_that_of_the_spread_between_runs():
    rates = [100.0, 104.0, 96.0]
    block = block_of([Run(row(1, qps, qps_ci_low=qps * 0.99, qps_ci_high=qps * 1.01), None) for qps in rates])
    assert block.qps.value == pytest.approx(np.prod(rates) ** (1 / 3))
    logs = np.log(rates)
    half = 4.302653 * logs.std(ddof=1) / math.sqrt(3)
    assert math.log(block.qps.high / block.qps.value) == pytest.approx(half, rel=1e-4)


def test_runs_without_raw_samples_show_the_one_in_the_middle():
    runs = [Run(row(1, qps, latency_mean_ms=1000 / qps), None) for qps in (20.0, 30.0, 10.0, 40.0)]
    block = block_of(runs)
    assert (block.row["qps"], block.mean_ms, block.min_ms) == (20.0, 50.0, None)
    assert block.latency_ms[50].value == 50.0


def test_a_single_run_keeps_its_own_interval():
    assert mean_of_runs([Logarithm(1.0, 0.9, 1.2)]) == Logarithm(1.0, 0.9, 1.2)
