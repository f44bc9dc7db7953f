"""The virtual harness comes to its decisions in the order of the real one."""

from __future__ import annotations

import numpy as np
import pytest
from coverage_study import default_rule
from noises import normal

from clipperf.measure.stop_rule import StopRule
from clipperf.validation.truth import Pipeline
from clipperf.validation.virtual import closed_load, open_load
from clipperf.validation.virtual_run import run_virtual

MS, S = 1_000_000, 1_000_000_000


def test_a_pipeline_by_its_published_figures():
    stages_ns = [np.full((1, 1000), 1_954_000), np.full((1, 1000), 5_186_000)]
    for depth in (1, 3):
        run = run_virtual(closed_load(stages_ns, depth).samples(0), default_rule(), depth)
        truth = Pipeline((1.954, 5.186), depth)
        values = run.figures.values
        assert run.warm_up.how == "steady"
        assert run.is_precise
        assert values["qps"] == pytest.approx(1e3 * truth.rate, rel=1e-4)
        assert values["latency_p50_ms"] == pytest.approx(truth.latency, rel=1e-4)
        assert values["in_flight_mean"] == pytest.approx(depth, abs=0.02)
        assert values["is_steady"]


def test_a_default_run_of_ten_milliseconds():
    samples = closed_load([np.full((1, 1000), 10 * MS)], 1).samples(0)
    run = run_virtual(samples, default_rule(), 1)
    assert run.figures.values["warmup_requests"] == pytest.approx(55, abs=12)
    assert run.figures.values["requests"] == pytest.approx(105, abs=6)
    assert len(run.samples) < 180


def test_fixed_lengths_are_kept():
    samples = closed_load([(normal(0.1).draw(np.random.default_rng(1), 1, 500) * 10 * MS).astype(np.int64)], 2).samples(
        0
    )
    run = run_virtual(samples, StopRule(3, 0, iterations=40), 2)
    assert run.figures.values["requests"] == 40
    assert run.warm_up.how == "fixed"
    window_s = run_virtual(samples, StopRule(3, 0, duration_ns=S), 2).figures.values["window_s"]
    assert 0.9 < window_s <= 1.0


@pytest.mark.parametrize("load", [0.5, 1.3])
def test_overload_shows_through_the_whole_harness(load: float):
    arrivals_ns = np.cumsum(np.random.default_rng(2).exponential(5 * MS / load, (1, 8000)), axis=1).astype(np.int64)
    samples = open_load([np.full((1, 8000), 5 * MS)], arrivals_ns, 1).samples(0)
    run = run_virtual(samples, default_rule(duration_ns=10 * S), 1)
    codes = {warning.code for warning in run.figures.warnings}
    assert ("overload" in codes) == (load > 1)
    assert run.figures.values["is_steady"] is (load < 1)


def test_samples_that_end_too_early_are_refused():
    samples = closed_load([np.full((1, 60), 10 * MS)], 1).samples(0)
    with pytest.raises(ValueError, match="before the warm-up"):
        run_virtual(samples, StopRule(100, 0), 1)
    with pytest.raises(ValueError, match="before the window"):
        run_virtual(samples, StopRule(1, 0), 1)
