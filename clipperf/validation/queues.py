"""Queues of known mean in virtual time: the statistics near saturation, where real time proves nothing.

20,000 requests of one M/M/1 queue at 95 % load have a mean that is off by a quarter of the truth; 32 such runs have one
that is off by a few percent, and take no real time. Samples go through the window and the figures of every row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clipperf.measure.stop_rule import StopRule
from clipperf.results.figures import figures_of
from clipperf.results.measured import Measured
from clipperf.validation.check import Check
from clipperf.validation.truth import Queue
from clipperf.validation.virtual import open_load

SERVICE_MS = 10.0
RUNS, WARMUP, REQUESTS = 32, 5_000, 20_000
"""At 95 % load a queue forgets in some 1,600 services: 5,000 requests after an empty start are enough."""

SEED = 20
_NS_PER_MS = 1e6


@dataclass(frozen=True)
class QueueCase:
    """``servers`` with constant or exponential service at a ``load``; ``allowed`` is a share of the true mean.

    The allowance is three standard errors of the mean of 32 runs, fixed beforehand from 96 runs of other seeds.
    """

    name: str
    servers: int
    is_constant: bool
    load: float
    allowed: float

    @property
    def queue(self) -> Queue:
        """The queue whose closed forms are the truth, times in ms."""
        return Queue(self.load * self.servers / SERVICE_MS, SERVICE_MS, self.servers)

    @property
    def mean_ms(self) -> float:
        """True mean response time."""
        wait = self.queue.mean_wait_constant if self.is_constant else self.queue.mean_wait_exponential
        return SERVICE_MS + wait


def queue_checks() -> Iterator[Check]:
    """One check of the mean response time for each queue."""
    for case in QUEUES:
        measured_ms = float(np.mean(mean_latencies_ms(case, SEED, RUNS)))
        figure = f"mean, {case.name} at {100 * case.load:.0f} %"
        yield Check("queues", figure, "ms", case.mean_ms, measured_ms, case.allowed * case.mean_ms)


def mean_latencies_ms(case: QueueCase, seed: int, runs: int) -> list[float]:
    """The mean latency that the row of each of so many independent runs would show."""
    generator = np.random.default_rng(seed)
    shape = (runs, WARMUP + REQUESTS)
    service_ns = np.full(shape, SERVICE_MS * _NS_PER_MS)
    if not case.is_constant:
        service_ns = generator.exponential(SERVICE_MS * _NS_PER_MS, shape)
    gaps_ns = generator.exponential(_NS_PER_MS / case.queue.rate, shape)
    arrivals_ns = np.cumsum(gaps_ns, axis=1).astype(np.int64) + 1
    load = open_load([service_ns.astype(np.int64)], arrivals_ns, slots=case.servers, units=[case.servers])
    rule = StopRule(warmup_requests=0, warmup_ns=0, iterations=REQUESTS)
    means = []
    for run in range(runs):
        samples = load.samples(run)
        warm_ns, stop_ns = int(samples.completed_ns[WARMUP - case.servers]), int(samples.completed_ns[-1])
        measured = Measured(samples, case.servers, warm_ns, stop_ns, True, False)
        means.append(figures_of(measured, rule, 1).values["latency_mean_ms"])
    return means


QUEUES = (
    QueueCase("M/D/1", 1, True, 0.50, 0.0043),
    QueueCase("M/D/1", 1, True, 0.80, 0.0198),
    QueueCase("M/D/1", 1, True, 0.95, 0.0941),
    QueueCase("M/M/1", 1, False, 0.50, 0.0113),
    QueueCase("M/M/1", 1, False, 0.80, 0.0341),
    QueueCase("M/M/1", 1, False, 0.95, 0.1227),
    QueueCase("M/M/4", 4, False, 0.50, 0.0055),
    QueueCase("M/M/4", 4, False, 0.80, 0.0244),
    QueueCase("M/M/4", 4, False, 0.95, 0.1118),
)
