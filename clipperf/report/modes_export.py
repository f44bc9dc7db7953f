"""The answer of ``clipperf modes`` for machines: nothing rounded."""

from __future__ import annotations

import json
import math
from typing import Any

from clipperf.analysis.modes_answer import Answer
from clipperf.analysis.operating_points import Figure
from clipperf.analysis.remeasured import Block
from clipperf.analysis.standing import standings
from clipperf.report.comparison_export import bounds_of
from clipperf.report.records import records_text
from clipperf.report.safe_text import safe_text
from clipperf.results.axes import AXES, Row, options_of
from clipperf.results.schema import PERCENTILES


def modes_csv(answer: Answer) -> str:
    """A line for each mode with its second measurement, none without a mode; unknown bounds are empty."""
    records = [_mode(answer, mode) for mode in answer.found.choices]
    if not records:
        return ""
    flat = [record | {"options": json.dumps(record["options"], sort_keys=True)} for record in records]
    return safe_text(records_text(flat, "csv"), keep="\n\t")


def modes_json(answer: Answer) -> str:
    """The modes, ratios max-throughput ÷ min-latency, the objective, and all points of the grid.

    What is not known, or has no bound, is null. Everything outside ASCII is escaped.
    """
    under, objective = answer.found.under, answer.objective
    said = None
    if objective is not None and under is not None:
        said = {
            "text": objective.text,
            "verdict": answer.verdict or None,
            "may_meet": [point.row["case_id"] for point in under.maybe],
            "nearest": under.nearest.row["case_id"],
        }
    told = {
        "modes": [_mode(answer, mode) for mode in answer.found.choices],
        "ratios": {name: bounds_of(outcome.ratio) for name, outcome in answer.ratios.items()},
        "objective": said,
        "points": _points(answer),
        "left_out": [{**case_of(row), "reason": reason} for row, reason in answer.found.grid.left_out],
    }
    return json.dumps(told, indent=1, allow_nan=False)


def _mode(answer: Answer, mode: str) -> dict[str, Any]:
    block, point = answer.blocks.get(mode), answer.found.choices[mode].point
    return {"mode": mode, **case_of(point.row), "qps_in_grid": point.qps.value, **block_figures(block)}


def block_figures(block: Block | None) -> dict[str, Any]:
    """The figures of second measurements with their bounds under the names of columns; null where there are none."""
    names = [f"latency_p{number}" for number in PERCENTILES]
    latency = {} if block is None else block.latency_ms
    told: dict[str, Any] = {
        "runs": 0 if block is None else block.runs,
        "requests": None if block is None else block.requests,
        **bounded("qps", None if block is None else block.qps, "", "_ci"),
        "latency_mean_ms": None if block is None else block.mean_ms,
        "latency_min_ms": None if block is None else block.min_ms,
        "latency_max_ms": None if block is None else block.max_ms,
    }
    for number, name in zip(PERCENTILES, names, strict=True):
        told |= bounded(name, latency.get(number), "_ms", "")
    return told


def bounded(name: str, figure: Figure | None, unit: str, mark: str) -> dict[str, float | None]:
    """A figure with its bounds under the names of columns; ``mark`` stands before ``_low`` and ``_high``."""
    value, low, high = (figure.value, figure.low, figure.high) if figure else (math.nan,) * 3
    told = {f"{name}{unit}": value, f"{name}{mark}_low{unit}": low, f"{name}{mark}_high{unit}": high}
    return {key: number if math.isfinite(number) else None for key, number in told.items()}


def _points(answer: Answer) -> list[dict[str, Any]]:
    return [
        {
            **case_of(point.row),
            **bounded("qps", point.qps, "", "_ci"),
            **bounded("latency_p50", point.latency_ms[50], "_ms", ""),
            **bounded("latency_p99", point.latency_ms[99], "_ms", ""),
            **standing,
        }
        for point, standing in standings(answer.found.grid.points).items()
    ]


def case_of(row: Row) -> dict[str, Any]:
    """What identifies the case of a row."""
    return {"case_id": row["case_id"], **{axis: row[axis] for axis in AXES}, "options": options_of(row)}
