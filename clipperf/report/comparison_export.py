"""A comparison for machines: nothing rounded."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import Any

from clipperf.analysis.compare import Comparison
from clipperf.analysis.compare_case import ComparedCase, Outcome
from clipperf.analysis.compare_ratio import Logarithm
from clipperf.report.comparison_cases import in_order
from clipperf.report.safe_text import safe_text
from clipperf.results.axes import AXES, Row, options_of
from clipperf.results.formulas import defused


def comparison_csv(comparison: Comparison) -> str:
    """A line for each metric of each case; the axes are those of side A, remarks are joined by semicolons."""
    cases, _ = in_order(comparison.cases)
    records = [_record(case, outcome) for case in cases for outcome in case.outcomes]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(records[0]), lineterminator="\n")
    writer.writeheader()
    for record in records:
        flat = {"options": json.dumps(record["options"], sort_keys=True), "remarks": "; ".join(record["remarks"])}
        cells = {**record, **flat}
        writer.writerow({name: defused(cell) if isinstance(cell, str) else cell for name, cell in cells.items()})
    return safe_text(text.getvalue(), keep="\n\t")


def comparison_json(comparison: Comparison) -> str:
    """The question, a record for each metric of each case, the cases together, and the cases of one side only.

    What is not known, or has no bound, is null. Everything outside ASCII is escaped.
    """
    cases, _ = in_order(comparison.cases)
    question = comparison.question
    answer = {
        "threshold": question.threshold,
        "across": sorted(question.across),
        "is_paired": question.is_paired,
        "comparisons": [_record(case, outcome) for case in cases for outcome in case.outcomes],
        "overall": [
            {"metric": metric.column, **bounds_of(comparison.overall(metric)), "verdicts": comparison.verdicts(metric)}
            for metric in question.metrics
        ],
        "only_in_a": [_case(row) for row in comparison.only_a],
        "only_in_b": [_case(row) for row in comparison.only_b],
    }
    return json.dumps(answer, indent=1, allow_nan=False)


def _record(case: ComparedCase, outcome: Outcome) -> dict[str, Any]:
    first_a, first_b = case.rows_a[0], case.rows_b[0]
    return {
        "case_id_a": first_a["case_id"],
        "case_id_b": first_b["case_id"],
        **_axes(first_a),
        "metric": outcome.metric.column,
        "runs_a": case.runs_a,
        "runs_b": case.runs_b,
        "a": outcome.a,
        "b": outcome.b,
        **bounds_of(outcome.ratio),
        "verdict": outcome.verdict,
        "reason": outcome.reason,
        "remarks": list(case.remarks),
    }


def _case(row: Row) -> dict[str, Any]:
    return {"case_id": row["case_id"], "repeat": row["repeat"], **_axes(row), "status": row["status"]}


def _axes(row: Row) -> dict[str, Any]:
    return {**{axis: row[axis] for axis in AXES}, "options": options_of(row)}


def bounds_of(ratio: Logarithm | None) -> dict[str, float | None]:
    """A ratio with its bounds, None where one is not known."""
    middle, low, high = (ratio.middle, ratio.low, ratio.high) if ratio else (math.nan,) * 3
    logs = {"ratio": middle, "ratio_low": low, "ratio_high": high}
    return {name: math.exp(log) if math.isfinite(log) else None for name, log in logs.items()}
