"""Curves of two towers made by hand, and what ``clipperf provision`` is asked of them."""

from __future__ import annotations

from collections.abc import Mapping

from rows import Row, row

from clipperf.analysis.objective import read_objective
from clipperf.analysis.provision import Demand, Proposal, TowerPlan, plan_tower
from clipperf.analysis.provision_curve import Curve, curve_of
from clipperf.data.device_tables import read_device_table
from clipperf.runners.simulated_device import read_table, stage_ms

PERCENTILES = (50, 90, 95, 99)


def made(model: str, batch: int, ms: float, wide: float = 0.0, **columns: object) -> Row:
    """A device that takes ``ms`` for every request, one at a time; bounds are ± that share of the figures."""
    qps = 1e3 * batch / ms
    figures: dict[str, object] = {"model": model, "qps_ci_low": qps * (1 - wide), "qps_ci_high": qps * (1 + wide)}
    for percentile in PERCENTILES:
        name = f"latency_p{percentile}"
        figures[f"{name}_ms"] = ms
        figures |= {f"{name}_low_ms": ms * (1 - wide), f"{name}_high_ms": ms * (1 + wide)}
    return row(batch, qps) | {"case_id": f"{model}-{batch}"} | figures | columns


def ascend_910b4(model: str) -> list[Row]:
    """A request at a time on the simulated 910B4: the published samples a second are batch ÷ the time of execution."""
    table = read_table("execute_ms", read_device_table("ascend-910b4")[model]["execute_ms"])
    return [made(model, batch, stage_ms(table, batch), scope="host") for batch in table[0]]


def curve(rows: list[Row], tower: str = "vision") -> Curve:
    """The curve of rows whose raw samples were not kept."""
    return curve_of(tower, rows, lambda _: None)


def planned(rows: list[Row], rate: float, slo: str | None = None, tower: str = "vision") -> TowerPlan:
    """The plan with 30 % headroom."""
    return plan_tower(curve(rows, tower), Demand(rate, None if slo is None else read_objective(slo)), 0.3)


def chosen(rows: list[Row], rate: float, slo: str | None = None, tower: str = "vision") -> Proposal:
    """What the plan has chosen, where it must have something."""
    found = planned(rows, rate, slo, tower).chosen
    assert found is not None
    return found


def devices_by_batch(plan: TowerPlan) -> Mapping[int, int]:
    """What each batch size would take."""
    return {one.configuration.batch_size: one.devices for one in plan.proposals}
