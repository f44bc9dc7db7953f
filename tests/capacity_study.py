"""Searches for the highest rate on M/D/c devices in virtual time, held against the exact answer."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import numpy as np
from crommelin import highest_rate
from rows import Row, row

from clipperf.analysis.capacity import Capacity, capacities
from clipperf.analysis.objective import Objective, read_objective
from clipperf.measure.samples import Samples
from clipperf.measure.schedule import arrival_offsets_ns
from clipperf.measure.stop_rule import StopRule
from clipperf.measure.warmup import AUTO_NS
from clipperf.results.figures import Figures, figures_of
from clipperf.results.measured import Measured
from clipperf.search.capacity_turns import Wanted, next_turn
from clipperf.sweeping.lengths import longest_s
from clipperf.validation.virtual import closed_load
from clipperf.validation.virtual_run import run_virtual

SERVICE_MS = 10.0
_SERVICE_NS = round(SERVICE_MS * 1e6)


@dataclass(frozen=True)
class Device:
    """``servers`` that each take 10 ms for a request, and the objective that is put to it."""

    servers: int
    slo: str

    @property
    def objective(self) -> Objective:
        """The objective, read."""
        return read_objective(self.slo)

    @property
    def truth_per_s(self) -> float:
        """The highest rate that meets it, exactly."""
        objective = self.objective
        return 1e3 * highest_rate(SERVICE_MS, self.servers, objective.percentile / 100, objective.limit_ms)


DEVICES = tuple(
    Device(servers, slo)
    for servers, slos in (
        (1, ("p99<=20ms", "p99<=50ms", "p95<=100ms", "p50<=15ms")),
        (2, ("p99<=20ms", "p99<=50ms", "p90<=30ms")),
        (4, ("p99<=20ms", "p99<=35ms", "p95<=30ms")),
    )
    for slo in slos
)


def offered(servers: int, rate_per_s: float, rule: StopRule, seed: int) -> Row:
    """The row of an open loop at that rate, as the harness would have written it after its shortest warm-up."""
    offsets_ns = arrival_offsets_ns("poisson", rate_per_s, longest_s(rule, rate_per_s), seed) + 1
    samples = served(offsets_ns, servers)
    measured = Measured(samples, servers, AUTO_NS, int(samples.completed_ns[-1]), True, False, offered_rate=rate_per_s)
    made = _columns(figures_of(measured, rule, 1), servers)
    return {**made, "loop": "open", "arrival": "poisson", "offered_rate": rate_per_s}


def served(due_ns: np.ndarray, servers: int) -> Samples:
    """What the device makes of a schedule: with constant service every server takes every c-th request.

    The begin of request k of a server is the largest of (arrival of j) + (k - j) services over all j ≤ k.
    """
    completed = np.empty_like(due_ns)
    for server in range(servers):
        due = due_ns[server::servers]
        ahead = np.arange(due.size, dtype=np.int64) * _SERVICE_NS
        completed[server::servers] = np.maximum.accumulate(due - ahead) + ahead + _SERVICE_NS
    slot = np.arange(due_ns.size) % servers
    return Samples(due_ns, completed - _SERVICE_NS, completed, slot, np.zeros_like(slot))


def closed(servers: int) -> Row:
    """The row of the closed loop."""
    service_ns = np.full((1, 300 * servers), _SERVICE_NS)
    rule = StopRule(2, 0, iterations=200 * servers)
    run = run_virtual(closed_load([service_ns], servers, units=[servers]).samples(0, servers), rule, servers)
    return _columns(run.figures, servers)


def search(device: Device, rule: StopRule, seed: int, within: float) -> Capacity:
    """The whole search, as the command would make it."""
    wanted = Wanted(device.objective, within=within)
    rows = [closed(device.servers)]
    while True:
        (found,) = capacities(rows, device.objective)
        turn = next_turn(found, wanted, rule)
        if turn is None:
            return found
        made = offered(device.servers, turn.rate, turn.rule(rule), seed)
        rows.append({**made, "repeat": turn.repeat, "case_id": f"{turn.rate:g}"})


def _columns(figures: Figures, servers: int) -> Row:
    warnings = json.dumps([asdict(warning) for warning in figures.warnings])
    return {**row(), **figures.values, "warnings": warnings, "queue_depth": servers, "repeat": 0}
