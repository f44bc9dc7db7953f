"""A comparison as text for people: what is compared, a row for each metric of each case, then the cases together."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from clipperf.analysis.compare import Comparison
from clipperf.analysis.compare_case import ComparedCase
from clipperf.analysis.compare_verdict import VERDICTS, Metric
from clipperf.report.caption import shared
from clipperf.report.comparison_cases import in_order, sides, standing_for
from clipperf.report.grid import Column, Style, escape, grid_text, name_columns
from clipperf.report.number import DASH, align_points, figure
from clipperf.report.ratio_text import interval_text, ratio_text


def comparison_text(comparison: Comparison, names: tuple[str, str], style: Style = "plain") -> str:
    """The comparison of sides of those names, the cases in the order of a sweep's table; its notes are apart."""
    cases, rows = in_order(comparison.cases)
    question = comparison.question
    told = [": ".join(filter(None, parts)) for parts in zip(("A", "B"), names, sides(cases), strict=True)]
    head = [
        " · ".join(shared(standing_for([side for case in cases for side in (case.rows_a, case.rows_b)]))),
        *(told if told != ["A", "B"] else ["A and B are alike"]),
        f"B/A with its 95 % interval · a difference matters from {100 * question.threshold:g} % on",
    ]
    overall = [_overall(comparison, metric) for metric in question.metrics] if len(cases) > 1 else []
    # Two spaces at its end keep a line of Markdown a line.
    end = "  \n" if style == "github" else "\n"
    texts = [end.join(escape(line, style) for line in lines) for lines in (head, overall)]
    return "\n\n".join([texts[0], grid_text(_columns(comparison, cases, rows), style), *filter(None, texts[1:])])


def _overall(comparison: Comparison, metric: Metric) -> str:
    counts = comparison.verdicts(metric)
    told = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])
    ratio = comparison.overall(metric)
    if ratio is None:
        return f"{metric.heading}: {told}"
    compared = sum(outcome.ratio is not None for outcome in comparison.outcomes(metric))
    return f"{metric.heading}: {told} · geometric mean of {compared}: {ratio_text(ratio)}, {interval_text(ratio)}"


def _columns(comparison: Comparison, cases: Sequence[ComparedCase], rows: pd.DataFrame) -> list[Column]:
    metrics = comparison.question.metrics
    listed = [(case, case.outcomes[n]) for n in range(len(metrics)) for case in cases]
    outcomes = [outcome for _, outcome in listed]
    columns = [
        Column("metric", [outcome.metric.heading for outcome in outcomes], "left"),
        *(Column(name.heading, name.cells * len(metrics), name.align) for name in name_columns(rows)),
        Column("pairs" if comparison.question.is_paired else "runs", [_runs(case) for case, _ in listed]),
        Column("A", align_points([_figure(outcome.a) for outcome in outcomes])),
        Column("B", align_points([_figure(outcome.b) for outcome in outcomes])),
        Column("B/A", [ratio_text(outcome.ratio) for outcome in outcomes]),
        Column("95 % interval", [interval_text(outcome.ratio) for outcome in outcomes], "left"),
        Column("verdict", [outcome.verdict for outcome in outcomes], "left"),
    ]
    remarks = ["; ".join([*case.remarks, *filter(None, [outcome.reason])]) for case, outcome in listed]
    return [*columns, Column("remarks", remarks, "left")] if any(remarks) else columns


def _runs(case: ComparedCase) -> str:
    return str(case.runs_a) if case.runs_a == case.runs_b else f"{case.runs_a}, {case.runs_b}"


def _figure(value: float | None) -> str:
    return DASH if value is None else figure(value)
