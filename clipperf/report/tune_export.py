"""The answer of ``clipperf tune`` for machines: nothing rounded."""

from __future__ import annotations

import json
from typing import Any

from clipperf.analysis.goal import Standing
from clipperf.analysis.tune_answer import TuneAnswer
from clipperf.analysis.tune_final import Final
from clipperf.report.comparison_export import bounds_of
from clipperf.report.modes_export import block_figures, bounded, case_of
from clipperf.report.records import records_text
from clipperf.report.safe_text import safe_text
from clipperf.report.tune_points import fate
from clipperf.report.tune_sentences import titles


def tune_csv(answer: TuneAnswer) -> str:
    """A line for each case that was measured again, the answer first; unknown bounds are empty."""
    records = [_final(answer, final) for final in _in_order(answer)]
    if not records:
        return ""
    flat = [
        {key: json.dumps(value, sort_keys=True) if isinstance(value, dict) else value for key, value in record.items()}
        for record in records
    ]
    return safe_text(records_text(flat, "csv"), keep="\n\t")


def tune_json(answer: TuneAnswer) -> str:
    """The answer, the cases measured again, every measured case with what became of it, and what the search took.

    What is not known, or has no bound, is null. Everything outside ASCII is escaped.
    """
    told = {
        "objective": answer.goal.quantity.name,
        "constraints": [constraint.text for constraint in answer.goal.constraints],
        "chosen": None if answer.chosen is None else answer.chosen.case_id,
        "again": [_final(answer, final) for final in _in_order(answer)],
        "points": [_point(answer, each) for each in answer.known.values()],
        "grid_cases": answer.grid.cases,
        "measurements": answer.measurements,
        "spent_s": answer.spent_s,
        "grid_s": answer.grid.whole_s or None,
        "share": answer.share,
        "cut_by": answer.grid.cut_by or None,
    }
    return json.dumps(told, indent=1, allow_nan=False)


def _in_order(answer: TuneAnswer) -> list[Final]:
    return sorted(answer.finals.values(), key=lambda final: final is not answer.chosen)


def _final(answer: TuneAnswer, final: Final) -> dict[str, Any]:
    ratio = answer.ratios.get(final.case_id)
    return {
        "title": titles(answer)[final.case_id],
        **case_of(final.block.row),
        **block_figures(final.block),
        **bounded("objective", final.figure, "", ""),
        "constraints": {one.text: final.verdict(one) for one in final.judged},
        "best_to_this": None if ratio is None else bounds_of(ratio),
    }


def _point(answer: TuneAnswer, one: Standing) -> dict[str, Any]:
    figure = None if one.estimate is None else one.estimate.figure
    return {
        **case_of(one.rows[0]),
        "times": len(one.rows),
        **bounded("objective", figure, "", ""),
        "constraints": {constraint.text: one.verdict(constraint) for constraint in one.judged},
        "fate": fate(answer, one),
    }
