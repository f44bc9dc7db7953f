"""What ``clipperf provision`` found, in plain sentences."""

from __future__ import annotations

import math

from clipperf.analysis.objective import MET, MISSED, Objective
from clipperf.analysis.provision import Proposal, TowerPlan
from clipperf.analysis.provision_answer import Answer
from clipperf.analysis.provision_cost import price_of
from clipperf.analysis.provision_shared import Shared
from clipperf.report.number import figure


def provision_sentences(answer: Answer) -> list[str]:
    """The plan of each tower, then what it takes in all, then whether sharing devices saves any."""
    return [*(_tower(plan) for plan in answer.plans), *_in_all(answer), *_shared(answer)]


def _tower(plan: TowerPlan) -> str:
    tower, chosen, objective = plan.curve.tower, plan.chosen, plan.demand.objective
    if chosen is None:
        assert objective is not None, "without an objective every configuration will do"
        return f"{tower}: no configuration meets {objective.text}; {_why(plan.nearest, objective)}."
    row = chosen.configuration.block.row
    qps = chosen.configuration.block.qps.value / chosen.configuration.devices
    sentence = (
        f"{tower}: {_devices(chosen.devices)} at batch {row['batch_size']}, where a device has "
        f"{100 * qps / plan.curve.best_qps:.0f} % of its best throughput."
    )
    if objective is None or chosen.verdict == MET:
        return sentence
    return f"{sentence} Whether it meets {objective.text} is not known: {_why_unknown(chosen, objective)}."


def _why(nearest: Proposal, objective: Objective) -> str:
    name, batch = objective.name, nearest.configuration.batch_size
    told = f"nearest is batch {batch} with {name} {figure(nearest.response_ms.value)} ms"
    if nearest.service_ms.low >= objective.limit_ms:
        return f"{told}, of which a request alone takes {figure(nearest.service_ms.value)} ms"
    return f"{told}, of which a batch takes {figure(nearest.fill_ms)} ms to fill at that rate"


def _why_unknown(chosen: Proposal, objective: Objective) -> str:
    if math.isinf(chosen.response_ms.high):
        return f"too few requests were measured to bound {objective.name} from above; measure more (--iterations)"
    return "the limit lies within its interval; measure longer"


def _in_all(answer: Answer) -> list[str]:
    if answer.devices is None or len(answer.plans) < 2:
        return []
    return [f"In all {_devices(answer.devices)}{_price(answer, answer.devices)}."]


def _shared(answer: Answer) -> list[str]:
    if not answer.tried:
        return []
    found, last = answer.shared, answer.tried[-1]
    if found is None:
        return [f"Shared, {_devices(last.devices)} {_fate(last)}."]
    saved = (answer.devices or 0) - found.devices
    outcome = f"{saved} fewer than apart" if saved > 0 else "no fewer than apart"
    objective = any(plan.demand.objective for plan in answer.plans)
    what = f"can carry both towers{' and meet their objectives' if objective else ''}"
    return [f"Shared, {_devices(found.devices)} {what}, {outcome}{_price(answer, found.devices)}."]


def _fate(shared: Shared) -> str:
    names = [tower for tower, one in shared.towers.items() if not one.keeps_up]
    if names:
        return f"cannot keep up with {' and '.join(names)}: keep the towers apart"
    if shared.verdict == MISSED:
        return "cannot meet the objectives: keep the towers apart"
    return "may or may not meet the objectives; measure longer (--duration)"


def _price(answer: Answer, devices: int) -> str:
    price = answer.price_per_device_hour
    if price is None:
        return ""
    both = price_of(devices, [plan.demand for plan in answer.plans], price)
    return f", {figure(devices * price)} an hour, {figure(both)} for a million embeddings of both"


def _devices(number: int) -> str:
    return "1 device" if number == 1 else f"{number} devices"
