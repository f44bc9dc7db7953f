"""How many devices a tower needs, and in which configuration, from its curve, its rate and its objective."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clipperf.analysis.objective import MET, MISSED, UNKNOWN, Objective
from clipperf.analysis.operating_points import NOT_KNOWN, Figure
from clipperf.analysis.provision_curve import Configuration, Curve
from clipperf.analysis.provision_response import fill_ms, waiting
from clipperf.analysis.remeasured import Block

DEFAULT_PERCENTILE = 99
_MORE_SETS = 4
"""How many times the device sets that the throughput asks for are tried to meet an objective by shorter queues."""

_ROUNDING = 1e-9
MODELLED, OBSERVED = "modelled", "measured"


@dataclass(frozen=True)
class Demand:
    """What a tower is asked for: samples that arrive a second, and the objective if there is one."""

    rate_per_s: float
    objective: Objective | None

    @property
    def percentile(self) -> int:
        """That of the response time that is told."""
        return DEFAULT_PERCENTILE if self.objective is None else self.objective.percentile

    def judge(self, response_ms: Figure) -> str:
        """The verdict on the objective, ``met`` where there is none."""
        return MET if self.objective is None else self.objective.judge(response_ms)


@dataclass(frozen=True, eq=False)
class Proposal:
    """A configuration with the device ``sets`` that carry the demand; it equals only itself.

    ``load`` is the share of the lower bound of the throughput that is asked for. ``response_ms`` is a percentile of
    what a sample waits from its arrival to its answer: ``fill_ms`` of it until its batch is full, ``service_ms`` in a
    device that does nothing else. ``how`` tells whether the rest is modelled or measured with arrivals.
    """

    configuration: Configuration
    sets: int
    load: float
    fill_ms: float
    service_ms: Figure
    response_ms: Figure
    how: str
    verdict: str

    @property
    def devices(self) -> int:
        """All devices of the sets."""
        return self.sets * self.configuration.devices


@dataclass(frozen=True)
class TowerPlan:
    """``chosen`` is None where no configuration can meet the objective; ``proposals`` are those of the whole curve."""

    curve: Curve
    demand: Demand
    proposals: tuple[Proposal, ...]
    chosen: Proposal | None

    @property
    def nearest(self) -> Proposal:
        """The proposal of the shortest response, told where none meets the objective."""
        return min(self.proposals, key=lambda one: (one.response_ms.value, one.devices))


def plan_tower(curve: Curve, demand: Demand, headroom: float) -> TowerPlan:
    """The plan of one tower; ``headroom`` is the share of every device that is kept free.

    Of the configurations that meet the objective for certain the one of the fewest devices is taken, of ties that of
    the shortest response, then the cheapest. Where none is certain, one of which it is not known stands in.
    """
    proposals = tuple(propose(configuration, demand, headroom) for configuration in curve.configurations)
    for verdict in (MET, UNKNOWN):
        able = [one for one in proposals if one.verdict == verdict]
        if able:
            return TowerPlan(curve, demand, proposals, min(able, key=_order))
    return TowerPlan(curve, demand, proposals, None)


def propose(configuration: Configuration, demand: Demand, headroom: float) -> Proposal:
    """The fewest device sets of a configuration that carry the demand with that headroom and, if any do, meet it."""
    needed = whole_sets(demand.rate_per_s / ((1 - headroom) * configuration.block.qps.low))
    goal = demand.judge(_unqueued(configuration, demand))
    found = _with(configuration, demand, needed)
    most, sets = _MORE_SETS * needed + _MORE_SETS, needed
    while goal != MISSED and found.verdict != goal and sets < most:
        sets += max(1, sets // 20)
        found = _with(configuration, demand, sets)
    return found


def whole_sets(needed: float) -> int:
    """As many device sets as that, rounded up; a rounding error of the division is no device."""
    return max(1, math.ceil(needed * (1 - _ROUNDING)))


def service_of(configuration: Configuration, percentile: int) -> Figure:
    """The percentile of a request's time with the fewest in flight; not known where no row tells it."""
    return configuration.light.latency_ms.get(percentile, NOT_KNOWN)


def _with(configuration: Configuration, demand: Demand, sets: int) -> Proposal:
    block, batch = configuration.block, configuration.batch_size
    service_ms = service_of(configuration, demand.percentile)
    filling_ms = fill_ms(demand.rate_per_s, batch, demand.percentile)
    offered = _offered(configuration.arrivals, demand.rate_per_s / sets / batch)
    if offered is not None:
        observed = offered.latency_ms.get(demand.percentile, NOT_KNOWN)
        response_ms, how = _shifted(observed, filling_ms), OBSERVED
    else:
        waits = [
            _waits_ms(configuration, demand, sets, qps) for qps in (block.qps.value, block.qps.high, block.qps.low)
        ]
        response_ms, how = Figure(*(wait + ms for wait, ms in zip(waits, _bounds(service_ms), strict=True))), MODELLED
    load = demand.rate_per_s / (sets * block.qps.low)
    return Proposal(configuration, sets, load, filling_ms, service_ms, response_ms, how, demand.judge(response_ms))


def _waits_ms(configuration: Configuration, demand: Demand, sets: int, qps: float) -> float:
    """Fill and queue where a device set gives so much throughput; what it takes beside that delays, and keeps no one
    else waiting.
    """
    batch = configuration.batch_size
    service_ms = 0.0 if math.isinf(qps) else 1e3 * batch / qps
    return waiting(demand.rate_per_s, batch, service_ms, sets, demand.percentile).queue_ms


def _unqueued(configuration: Configuration, demand: Demand) -> Figure:
    filling_ms = fill_ms(demand.rate_per_s, configuration.batch_size, demand.percentile)
    return _shifted(service_of(configuration, demand.percentile), filling_ms)


def _offered(arrivals: Mapping[float, Block], rate_per_s: float) -> Block | None:
    """What was measured at the next higher rate, where requests wait no less."""
    rates = [rate for rate in arrivals if rate >= rate_per_s]
    return arrivals[min(rates)] if rates else None


def _bounds(figure: Figure) -> Sequence[float]:
    return figure.value, figure.low, figure.high


def _shifted(figure: Figure, ms: float) -> Figure:
    return Figure(*(bound + ms for bound in _bounds(figure)))


def _order(one: Proposal) -> tuple[int, float, int]:
    row = one.configuration.block.row
    return one.devices, one.response_ms.value, int(row["instances"]) * int(row["queue_depth"])
