"""Measured figures of virtual queues against their closed forms; three standard errors are allowed, fixed beforehand.

The standard error of a mean of dependent waits comes from pilot runs with another seed, and for M/M/1 from theory too.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
import pytest

from clipperf.measure.stop_rule import StopRule
from clipperf.results.figures import figures_of
from clipperf.results.measured import Measured
from clipperf.validation.truth import Queue
from clipperf.validation.virtual import VirtualLoad, open_load

SERVICE_NS = 1_000_000
RUNS, FIGURED, REQUESTS, WARM_UP = 240, 40, 12_000, 4_000
"""Figures cost more than runs: so many of the runs get them."""

PILOT, TRIAL = 1, 2
KINDS = {"M/D/1": 1, "M/M/1": 1, "M/M/3": 3}
LOADS = (0.5, 0.8, 0.95)
ALLOWED = 3.0


@lru_cache(maxsize=2)
def simulated(kind: str, load: float, seed: int) -> VirtualLoad:
    """A pilot and its trial at a time, since each takes 90 MB; tests of one queue therefore follow each other."""
    random = np.random.default_rng([seed, round(100 * load), list(KINDS).index(kind)])
    servers, shape = KINDS[kind], (RUNS, REQUESTS)
    gaps_ns = random.exponential(SERVICE_NS / load / servers, shape)
    arrivals_ns = np.cumsum(gaps_ns, axis=1).astype(np.int64)
    service_ns = (
        np.full(shape, SERVICE_NS) if kind == "M/D/1" else random.exponential(SERVICE_NS, shape).astype(np.int64)
    )
    return open_load([service_ns], arrivals_ns, servers, (servers,))


@cache
def measured(kind: str, load: float, seed: int) -> dict[str, np.ndarray]:
    """Figures of each run as its row has them; a service time is 1 ms."""
    found = simulated(kind, load, seed)
    rows = []
    for run in range(FIGURED):
        samples = found.samples(run)
        warm_ns, stop_ns = int(samples.completed_ns[WARM_UP]), int(samples.completed_ns[-1])
        kept = Measured(samples, KINDS[kind], warm_ns, stop_ns, True, False)
        rows.append(figures_of(kept, StopRule(0, 0, duration_ns=10**18), 1).values)
    return {
        key: np.array([row[key] for row in rows], dtype=float) for key in ("latency_mean_ms", "in_flight_mean", "qps")
    }


def truth_of(kind: str, load: float) -> tuple[Queue, float]:
    """The queue, and its mean response time in service times."""
    queue = Queue(load * KINDS[kind], 1.0, KINDS[kind])
    wait = queue.mean_wait_constant if kind == "M/D/1" else queue.mean_wait_exponential
    return queue, 1.0 + wait


@pytest.mark.parametrize("load", LOADS)
@pytest.mark.parametrize("kind", KINDS)
def test_mean_response_time(kind: str, load: float):
    allowed = ALLOWED * measured(kind, load, PILOT)["latency_mean_ms"].std(ddof=1) / FIGURED**0.5
    assert measured(kind, load, TRIAL)["latency_mean_ms"].mean() == pytest.approx(truth_of(kind, load)[1], abs=allowed)


@pytest.mark.parametrize("load", LOADS)
@pytest.mark.parametrize("kind", KINDS)
def test_mean_number_in_flight_and_rate(kind: str, load: float):
    pilot, trial = measured(kind, load, PILOT), measured(kind, load, TRIAL)
    queue, response = truth_of(kind, load)
    for key, truth in (("in_flight_mean", queue.rate * response), ("qps", 1e3 * queue.rate)):
        assert trial[key].mean() == pytest.approx(truth, abs=ALLOWED * pilot[key].std(ddof=1) / FIGURED**0.5)


@pytest.mark.parametrize("load", LOADS)
def test_the_pilot_agrees_with_the_standard_error_of_theory(load: float):
    queue, _ = truth_of("M/M/1", load)
    theory = queue.mean_wait_error_exponential(REQUESTS - WARM_UP)
    # Runs of 8,000 arrivals at 95 % are too few for the asymptotic formula, which is then too large.
    assert 0.5 * theory < measured("M/M/1", load, PILOT)["latency_mean_ms"].std(ddof=1) < 1.4 * theory


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
@pytest.mark.parametrize("load", LOADS)
def test_share_of_response_times_under_their_true_quantile(load: float, share: float):
    # A quantile of 8,000 arrivals at 95 % is biased; the share under the true one is not.
    truth_ns = Queue(load, 1.0).response_quantile_exponential(share) * SERVICE_NS
    pilot, trial = (
        ((found.completed_ns - found.scheduled_ns)[:, WARM_UP:] <= truth_ns).mean(axis=1)
        for found in (simulated("M/M/1", load, PILOT), simulated("M/M/1", load, TRIAL))
    )
    assert trial.mean() == pytest.approx(share, abs=ALLOWED * pilot.std(ddof=1) / RUNS**0.5)


@pytest.mark.parametrize("load", LOADS)
def test_share_that_waits_for_three_servers(load: float):
    truth = Queue(3 * load, 1.0, 3).waiting_share
    pilot, trial = (
        ((found.issued_ns > found.scheduled_ns)[:, WARM_UP:].mean(axis=1))
        for found in (simulated("M/M/3", load, PILOT), simulated("M/M/3", load, TRIAL))
    )
    assert trial.mean() == pytest.approx(truth, abs=ALLOWED * pilot.std(ddof=1) / RUNS**0.5)
