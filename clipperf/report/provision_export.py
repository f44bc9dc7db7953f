"""The answer of ``clipperf provision`` for machines: nothing rounded, what is not known empty or null."""

from __future__ import annotations

import json
from typing import Any

from clipperf.analysis.provision import Proposal, TowerPlan
from clipperf.analysis.provision_answer import Answer
from clipperf.analysis.provision_cost import energy_of, price_of
from clipperf.analysis.provision_shared import Beside
from clipperf.report.modes_export import bounded
from clipperf.report.records import records_text
from clipperf.report.safe_text import safe_text
from clipperf.results.axes import options_of


def provision_csv(answer: Answer) -> str:
    """A line for each tower with its plan; of one without a plan the figures are empty."""
    records = [_tower(plan, answer) for plan in answer.plans]
    flat = [record | {"options": json.dumps(record["options"], sort_keys=True)} for record in records]
    return safe_text(records_text(flat, "csv"), keep="\n\t")


def provision_json(answer: Answer) -> str:
    """The plans, what was measured on shared devices, and every configuration; text outside ASCII is escaped."""
    shared = answer.shared
    told = {
        "towers": [_tower(plan, answer) for plan in answer.plans],
        "devices": answer.devices,
        "verdict": answer.verdict,
        "headroom": answer.headroom,
        "shared_devices": None if shared is None else shared.devices,
        "shared": [
            {"devices": one.devices, "verdict": one.verdict, "tower": tower, **_beside(beside)}
            for one in answer.tried
            for tower, beside in one.towers.items()
        ],
        "configurations": [
            {"tower": plan.curve.tower, "is_chosen": one is plan.chosen, **_proposal(one, plan)}
            for plan in answer.plans
            for one in plan.proposals
        ],
        "left_out": [
            {"tower": plan.curve.tower, "case_id": row["case_id"], "reason": reason}
            for plan in answer.plans
            for row, reason in plan.curve.left_out
        ],
    }
    return json.dumps(told, indent=1, allow_nan=False)


def _tower(plan: TowerPlan, answer: Answer) -> dict[str, Any]:
    objective, one, price = plan.demand.objective, plan.chosen, answer.price_per_device_hour
    figures = _proposal(plan.nearest, plan)
    if one is None:
        figures = {name: {} if name == "options" else None for name in figures} | {"verdict": plan.nearest.verdict}
    else:
        figures = _proposal(one, plan)
    cost = None if one is None or price is None else price_of(one.devices, [plan.demand], price)
    return {
        "tower": plan.curve.tower,
        "model": plan.curve.row["model"],
        "scope": plan.curve.row["scope"],
        "samples_per_s": plan.demand.rate_per_s,
        "objective": None if objective is None else objective.text,
        **figures,
        "price_per_million": cost,
    }


def _proposal(one: Proposal, plan: TowerPlan) -> dict[str, Any]:
    row, block, energy = one.configuration.block.row, one.configuration.block, energy_of(one)
    return {
        "case_id": row["case_id"],
        "device": row["device"],
        "devices": one.devices,
        "devices_measured": one.configuration.devices,
        "instances": row["instances"],
        "queue_depth": row["queue_depth"],
        "batch_size": one.configuration.batch_size,
        "options": options_of(row),
        **bounded("qps", block.qps, "", "_ci"),
        "share_of_best": block.qps.value / one.configuration.devices / plan.curve.best_qps,
        "load": one.load,
        "percentile": plan.demand.percentile,
        "fill_ms": one.fill_ms,
        **bounded("request_alone", one.service_ms, "_ms", ""),
        **bounded("response", one.response_ms, "_ms", ""),
        "response_by": one.how,
        "verdict": None if plan.demand.objective is None else one.verdict,
        "kwh_per_million": None if energy is None else energy.busy_kwh,
        "kwh_per_million_at_most": None if energy is None else energy.at_most_kwh,
    }


def _beside(beside: Beside) -> dict[str, Any]:
    told: dict[str, Any] = {
        "batch_size": beside.together.row["batch_size"],
        "instances": beside.together.row["instances"],
        "queue_depth": beside.together.row["queue_depth"],
        "offered_rate": beside.together.row["offered_rate"],
        **bounded("response", beside.response_ms, "_ms", ""),
        "keeps_up": beside.keeps_up,
        "tower_verdict": beside.verdict,
    }
    for name, block in (("alone", beside.alone), ("beside", beside.together)):
        told |= bounded(f"qps_{name}", block.qps, "", "")
        for number in (50, 99):
            told |= bounded(f"p{number}_{name}", block.latency_ms.get(number), "_ms", "")
    return told
