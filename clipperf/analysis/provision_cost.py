"""What a million embeddings of a plan cost in energy and in money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clipperf.analysis.provision import Demand, Proposal

MILLION = 1_000_000
_J_PER_KWH = 3.6e6
_S_PER_H = 3600


@dataclass(frozen=True)
class Energy:
    """kWh for a million embeddings: ``busy`` while devices are never without work, as they were measured.

    ``at_most`` if they drew as much in the time that the plan leaves them idle; between the two lies the truth.
    """

    busy_kwh: float
    at_most_kwh: float


def energy_of(proposal: Proposal) -> Energy | None:
    """The energy by the power that the rows tell; None where none was measured."""
    block = proposal.configuration.block
    per_sample_j, power_w = block.row.get("energy_j_per_sample"), block.row.get("power_w")
    if per_sample_j is None and power_w:
        per_sample_j = power_w / block.qps.value
    if not per_sample_j:
        return None
    busy_kwh = per_sample_j * MILLION / _J_PER_KWH
    share_busy = proposal.load * block.qps.low / block.qps.value
    return Energy(busy_kwh, busy_kwh / share_busy)


def price_of(devices: int, demands: Sequence[Demand], price_per_device_hour: float) -> float:
    """Of a million embeddings of these towers together, in the money of ``price_per_device_hour``.

    Devices are paid for whether they work or not.
    """
    per_hour = _S_PER_H * sum(demand.rate_per_s for demand in demands)
    return devices * price_per_device_hour * MILLION / per_hour
