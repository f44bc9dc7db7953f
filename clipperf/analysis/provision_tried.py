"""What the rows of a run with both towers on one device say, for each number of device sets that was tried."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from clipperf.analysis.compare_runs import InWindow, Run
from clipperf.analysis.provision import Proposal, TowerPlan
from clipperf.analysis.provision_answer import Answer
from clipperf.analysis.provision_shared import Shared, beside, choose_shared, fewest_sets
from clipperf.analysis.remeasured import Block, block_of
from clipperf.results.axes import Row
from clipperf.results.schema import MEASURED

ALONE, BESIDE = "alone", "beside"
"""What the column ``side`` holds in such a run."""


def set_counts(answer: Answer) -> range:
    """The numbers of shared device sets that are worth trying, the fewest first; raises UsageError where none can be.

    From what the curves ask for up to one less than the towers take apart.
    """
    pairs = pairs_of(answer)
    fewest = fewest_sets([one for _, one in pairs], [plan.demand for plan, _ in pairs], answer.headroom)
    apart = (answer.devices or 0) // pairs[0][1].configuration.devices
    return range(fewest, max(fewest + 1, apart))


def pairs_of(answer: Answer) -> list[tuple[TowerPlan, Proposal]]:
    """Each tower with the configuration in which it shares devices; raises UsageError where it cannot."""
    return [*zip(answer.plans, choose_shared(answer.plans, answer.headroom), strict=True)]


def offered_rate(plan: TowerPlan, chosen: Proposal, sets: int) -> float:
    """Requests a second that each of so many device sets gets of a tower."""
    return plan.demand.rate_per_s / sets / chosen.configuration.batch_size


def tried(answer: Answer, rows: Sequence[Row], reader: Callable[[Row], InWindow | None]) -> tuple[Shared, ...]:
    """The numbers of sets of which every tower was measured both alone and beside the other, the fewest first."""
    found = (_shared(answer, sets, rows, reader) for sets in set_counts(answer))
    return tuple(one for one in found if one is not None)


def _shared(answer: Answer, sets: int, rows: Sequence[Row], reader: Callable[[Row], InWindow | None]) -> Shared | None:
    towers = {}
    for plan, chosen in pairs_of(answer):
        blocks = _blocks(rows, plan, offered_rate(plan, chosen, sets), reader)
        if blocks.keys() != {ALONE, BESIDE}:
            return None
        batch_size = chosen.configuration.batch_size
        towers[plan.curve.tower] = beside(plan.demand, batch_size, blocks[ALONE], blocks[BESIDE])
    return Shared(sets, towers)


def _blocks(
    rows: Sequence[Row], plan: TowerPlan, rate: float, reader: Callable[[Row], InWindow | None]
) -> Mapping[str, Block]:
    blocks = {}
    for side in (ALONE, BESIDE):
        runs = [
            Run(row, reader(row))
            for row in rows
            if (row["side"], row["model"]) == (side, plan.curve.row["model"])
            and row["status"] in MEASURED
            and row["qps"]
            and math.isclose(row["offered_rate"], rate)
        ]
        if runs:
            blocks[side] = block_of(runs)
    return blocks
