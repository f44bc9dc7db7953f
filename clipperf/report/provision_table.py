"""The tables of ``clipperf provision``: the plan, a column for each tower, and the curve that each was chosen from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pandas as pd

from clipperf.analysis.circumstances import OPTION, circumstances, varying
from clipperf.analysis.operating_points import Figure
from clipperf.analysis.provision import Proposal, TowerPlan
from clipperf.analysis.provision_answer import Answer
from clipperf.analysis.provision_cost import energy_of, price_of
from clipperf.analysis.provision_shared import Beside
from clipperf.analysis.remeasured import Block
from clipperf.report.grid import Column, Style, grid_text, name_columns
from clipperf.report.number import DASH, align_points, figure
from clipperf.results.frame import frame_of

NOT_MEASURED = "not measured"


def plan_text(answer: Answer, style: Style) -> str:
    """What each tower gets; takes at least one tower with a plan."""
    plans = [plan for plan in answer.plans if plan.chosen is not None]
    lines: list[tuple[str, Callable[[TowerPlan, Proposal], str]]] = [
        ("model", lambda plan, one: str(one.configuration.block.row["model"])),
        ("asked for (samples/s)", lambda plan, one: figure(plan.demand.rate_per_s)),
        ("objective", lambda plan, one: DASH if plan.demand.objective is None else plan.demand.objective.text),
        ("devices", lambda plan, one: str(one.devices)),
        ("instances a device", lambda plan, one: str(one.configuration.block.row["instances"])),
        ("queue depth", lambda plan, one: str(one.configuration.block.row["queue_depth"])),
        ("batch size", lambda plan, one: str(one.configuration.batch_size)),
        *_options(plans),
        ("qps a device", lambda plan, one: _bounded(_of_a_device(one))),
        ("of its best", lambda plan, one: _percent(_share_of_best(plan, one))),
        ("load", lambda plan, one: _percent(one.load)),
        ("response (ms)", lambda plan, one: f"p{plan.demand.percentile} {_bounded(one.response_ms)}"),
        ("– its batch fills", lambda plan, one: f"p{plan.demand.percentile} {figure(one.fill_ms)}"),
        ("– a request alone", lambda plan, one: f"p{plan.demand.percentile} {figure(one.service_ms.value)}"),
        ("verdict", lambda plan, one: DASH if plan.demand.objective is None else one.verdict),
        ("kWh per million", lambda plan, one: _energy(one)),
    ]
    if (price := answer.price_per_device_hour) is not None:
        lines.append(("price per million", lambda plan, one: figure(price_of(one.devices, [plan.demand], price))))
    columns = [Column("", [heading for heading, _ in lines], "left")]
    for plan in plans:
        assert plan.chosen is not None
        columns.append(Column(plan.curve.tower, [cell(plan, plan.chosen) for _, cell in lines]))
    return grid_text(columns, style)


def curve_text(plan: TowerPlan, style: Style) -> str:
    """What every configuration of a tower would take."""
    rows = frame_of([one.configuration.block.row for one in plan.proposals]).assign(side=None, repeat=0)
    name = f"p{plan.demand.percentile}"
    columns = [
        *name_columns(rows),
        Column("qps", align_points([figure(_of_a_device(one).value) for one in plan.proposals])),
        Column("% of best", [f"{100 * _share_of_best(plan, one):.0f}" for one in plan.proposals]),
        Column("devices", [str(one.devices) for one in plan.proposals]),
        Column("load %", [f"{100 * one.load:.0f}" for one in plan.proposals]),
        Column(f"fill {name} ms", align_points([figure(one.fill_ms) for one in plan.proposals])),
        Column(f"response {name} ms", align_points([_finite(one.response_ms.value) for one in plan.proposals])),
        Column("", [_standing(plan, one) for one in plan.proposals], "left"),
    ]
    return grid_text(columns, style)


def shared_text(answer: Answer, style: Style) -> str:
    """What was measured of each tower beside the other, a line for each number of device sets and tower."""
    told = [(one, tower, beside) for one in answer.tried for tower, beside in one.towers.items()]
    plans = {plan.curve.tower: plan for plan in answer.plans}
    columns = [
        Column("devices", [str(one.devices) for one, _, _ in told]),
        Column("tower", [tower for _, tower, _ in told], "left"),
        Column("batch", [str(beside.together.row["batch_size"]) for _, _, beside in told]),
        Column("requests/s a device", align_points([figure(_offered(beside)) for _, _, beside in told])),
    ]
    for number in (50, 99):
        for name, block_of in (("alone", _alone), ("beside", _together)):
            cells = [_latency(block_of(beside), number) for _, _, beside in told]
            columns.append(Column(f"p{number} {name} ms", align_points(cells)))
        columns.append(Column(f"× p{number}", [_times(beside.slower(number)) for _, _, beside in told]))
    responses = [f"p{plans[tower].demand.percentile} {_bounded(beside.response_ms)}" for _, tower, beside in told]
    columns.append(Column("response ms", responses))
    columns.append(Column("", [_outcome(plans[tower], beside) for _, tower, beside in told], "left"))
    return grid_text(columns, style)


def _outcome(plan: TowerPlan, beside: Beside) -> str:
    if not beside.keeps_up:
        return "does not keep up"
    return "keeps up" if plan.demand.objective is None else beside.verdict


def _offered(beside: Beside) -> float:
    rate: float = beside.together.row["offered_rate"] / beside.together.row["devices"]
    return rate


def _alone(beside: Beside) -> Block:
    return beside.alone


def _together(beside: Beside) -> Block:
    return beside.together


def _latency(block: Block, number: int) -> str:
    found = block.latency_ms.get(number)
    return DASH if found is None else figure(found.value)


def _times(ratio: float | None) -> str:
    return DASH if ratio is None else f"{ratio:.2f}"


def _standing(plan: TowerPlan, one: Proposal) -> str:
    told = [] if plan.demand.objective is None else [one.verdict]
    told += ["chosen"] if one is plan.chosen else []
    return ", ".join(told)


def _options(plans: Sequence[TowerPlan]) -> list[tuple[str, Callable[[TowerPlan, Proposal], str]]]:
    """Options that differ within a curve or between the towers, a line each."""
    rows = [one.configuration.block.row for plan in plans for one in plan.proposals]
    texts = circumstances(frame_of(rows).assign(side=None, repeat=0))
    names = [name for name in varying(texts) if name.startswith(OPTION)]

    def line(name: str) -> Callable[[TowerPlan, Proposal], str]:
        def cell(plan: TowerPlan, one: Proposal) -> str:
            told: pd.Series = texts[name]
            return str(told.iloc[rows.index(one.configuration.block.row)]) or DASH

        return cell

    return [(name.removeprefix(OPTION), line(name)) for name in names]


def _of_a_device(one: Proposal) -> Figure:
    qps, devices = one.configuration.block.qps, one.configuration.devices
    return Figure(qps.value / devices, qps.low / devices, qps.high / devices)


def _share_of_best(plan: TowerPlan, one: Proposal) -> float:
    return _of_a_device(one).value / plan.curve.best_qps


def _bounded(told: Figure) -> str:
    if told.low == told.high:
        return figure(told.value)
    if math.isinf(told.high):
        return f"≥ {figure(told.low)}"
    return f"{figure(told.value)} ({figure(told.low)} … {figure(told.high)})"


def _finite(value: float) -> str:
    return figure(value) if math.isfinite(value) else DASH


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _energy(one: Proposal) -> str:
    found = energy_of(one)
    return NOT_MEASURED if found is None else f"{figure(found.busy_kwh, 3)} … {figure(found.at_most_kwh, 3)}"
