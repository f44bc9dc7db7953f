"""Both towers on the same devices: how many it takes by their curves, and what measuring them together says of it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from clipperf.analysis.objective import MET, MISSED, UNKNOWN
from clipperf.analysis.operating_points import NOT_KNOWN, Figure
from clipperf.analysis.provision import Demand, Proposal, TowerPlan, whole_sets
from clipperf.analysis.provision_response import fill_ms
from clipperf.analysis.remeasured import Block
from clipperf.errors import UsageError
from clipperf.results.axes import text_of

KEEPS_UP = 0.97
"""Share of the throughput alone, with the same arrivals, that a tower must have beside the other."""

_SAME = ("runner", "runner_version", "device", "host")


@dataclass(frozen=True)
class Beside:
    """A tower at its planned rate on one shared device set: ``alone`` and ``together`` with the other tower.

    ``response_ms`` is the percentile of the objective, the wait for a full batch included.
    """

    alone: Block
    together: Block
    response_ms: Figure
    keeps_up: bool
    verdict: str

    def slower(self, percentile: int) -> float | None:
        """How many times longer that percentile of the latency is beside the other tower; None where it is not told."""
        one, other = (block.latency_ms.get(percentile) for block in (self.alone, self.together))
        return None if one is None or other is None else other.value / one.value


@dataclass(frozen=True)
class Shared:
    """One number of shared device sets, and what was measured of each tower at the rate that it then gets."""

    sets: int
    towers: Mapping[str, Beside]

    @property
    def devices(self) -> int:
        """All devices of the sets."""
        return self.sets * int(next(iter(self.towers.values())).together.row["devices"])

    @property
    def verdict(self) -> str:
        """``met`` where both towers keep up and meet their objectives for certain, ``missed`` where one does not."""
        found = {one.verdict if one.keeps_up else MISSED for one in self.towers.values()}
        return next(verdict for verdict in (MISSED, UNKNOWN, MET) if verdict in found)


def fewest_sets(chosen: Sequence[Proposal], demands: Sequence[Demand], headroom: float) -> int:
    """The device sets that carry both towers if neither slowed the other but by the time it takes."""
    busy = sum(demand.rate_per_s / one.configuration.block.qps.low for one, demand in zip(chosen, demands, strict=True))
    return whole_sets(busy / (1 - headroom))


def choose_shared(plans: Sequence[TowerPlan], headroom: float) -> tuple[Proposal, ...]:
    """What is put together, a configuration of each tower: those that take the fewest shared devices by their curves.

    Apart, each tower rounds up to whole devices by itself, so that what is best there need not be best here. Only those
    that meet their objectives apart are taken; of ties the pair of the shortest responses. Raises UsageError where a
    tower has no plan, or the towers were measured on different devices.
    """
    if len(plans) < 2:
        raise UsageError("--colocate puts both towers on one device; give --vision and --text.")
    if len({plan.curve.row["model"] for plan in plans}) < len(plans):
        raise UsageError(f"--colocate: both towers are {plans[0].curve.row['model']}; give the curves of two models.")
    for plan in plans:
        if plan.chosen is None:
            raise UsageError(
                f"--colocate: {plan.curve.tower} does not meet its objective on devices of its own, so it will not on "
                "shared ones; see the plan without --colocate."
            )
    able = [[one for one in plan.proposals if plan.chosen and one.verdict == plan.chosen.verdict] for plan in plans]
    pairs = [pair for pair in itertools.product(*able) if len({_place(one) for one in pair}) == 1]
    if not pairs:
        told = " and ".join(
            f"{plan.curve.tower} on {', '.join(text_of(name) for name in _place(of_tower[0]))}"
            for plan, of_tower in zip(plans, able, strict=True)
        )
        raise UsageError(f"--colocate: {told} were measured apart; measure both curves on the device to be shared.")
    demands = [plan.demand for plan in plans]
    return min(
        pairs, key=lambda pair: (fewest_sets(pair, demands, headroom), sum(one.response_ms.value for one in pair))
    )


def _place(one: Proposal) -> tuple[Any, ...]:
    return tuple(one.configuration.block.row.get(name) for name in _SAME)


def beside(demand: Demand, batch_size: int, alone: Block, together: Block) -> Beside:
    """What the two blocks of a tower say."""
    measured = together.latency_ms.get(demand.percentile, NOT_KNOWN)
    filling_ms = fill_ms(demand.rate_per_s, batch_size, demand.percentile)
    response_ms = Figure(measured.value + filling_ms, measured.low + filling_ms, measured.high + filling_ms)
    keeps_up = together.qps.high >= KEEPS_UP * alone.qps.value
    return Beside(alone, together, response_ms, keeps_up, demand.judge(response_ms))
