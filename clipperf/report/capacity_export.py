"""The answer of ``clipperf capacity`` for machines: nothing rounded."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from clipperf.analysis.capacity import Capacity, Trial
from clipperf.analysis.objective import Objective
from clipperf.report.modes_export import bounded, case_of
from clipperf.report.records import records_text
from clipperf.report.safe_text import safe_text


def capacity_csv(found: Sequence[Capacity], objective: Objective) -> str:
    """A line for each configuration; unknown bounds are empty."""
    records = [_answer(one, objective) for one in found]
    flat = [record | {"options": json.dumps(record["options"], sort_keys=True)} for record in records]
    return safe_text(records_text(flat, "csv"), keep="\n\t")


def capacity_json(found: Sequence[Capacity], objective: Objective) -> str:
    """The objective, and each configuration with all its rates. What is not known, or has no bound, is null."""
    told = {
        "objective": objective.text,
        "configurations": [
            {**_answer(one, objective), "rates": [_rate(one, trial, objective) for trial in one.trials]}
            for one in found
        ],
    }
    return json.dumps(told, indent=1, allow_nan=False)


def _answer(one: Capacity, objective: Objective) -> dict[str, Any]:
    met, not_met, missed, estimate = one.met, one.not_met, one.missed, one.by_estimate(objective)
    batch = int(one.closed["batch_size"])
    return {
        **case_of(one.closed),
        "objective": objective.text,
        "outcome": one.outcome,
        "met_requests_per_s": None if met is None else met.rate,
        "met_samples_per_s": None if met is None else met.rate * batch,
        "not_met_requests_per_s": None if not_met is None else not_met.rate,
        "missed_requests_per_s": None if missed is None else missed.rate,
        "by_estimate_requests_per_s": None if estimate is None else estimate.rate,
        "utilisation": None if met is None else one.utilisation(met),
        **bounded("closed_loop_requests_per_s", one.most_per_s, "", ""),
        **bounded(f"latency_{objective.name}", None if met is None else met.latency(objective.percentile), "_ms", ""),
    }


def _rate(one: Capacity, trial: Trial, objective: Objective) -> dict[str, Any]:
    numbers = sorted({50, 99, objective.percentile})
    latency = [bounded(f"latency_p{number}", trial.latency(number), "_ms", "") for number in numbers]
    return {
        "case_id": trial.row["case_id"],
        "offered_rate": trial.rate,
        "utilisation": one.utilisation(trial),
        "requests_per_s": trial.row.get("requests_per_s"),
        "requests": trial.row.get("requests"),
        "times": trial.times,
        "verdict": trial.verdict.outcome,
        "reason": trial.verdict.reason,
        **{key: value for one_of in latency for key, value in one_of.items()},
    }
