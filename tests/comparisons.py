"""Comparisons made by hand."""

from __future__ import annotations

from typing import Any

from rows import Row

from clipperf.analysis.compare import Comparison, compare
from clipperf.analysis.compare_case import Question, Side
from clipperf.analysis.compare_verdict import read_metrics
from clipperf.results.schema import NAMES


def with_interval(made: Row) -> Row:
    """The row with an interval of ± half a percent, where it has a rate at all."""
    rate = made.get("qps")
    return made | ({"qps_ci_low": rate * 0.995, "qps_ci_high": rate * 1.005} if rate else {})


def side(*rows: Row) -> Side:
    """Rows with intervals of ± half a percent and without raw samples."""
    return Side([dict.fromkeys(NAMES) | with_interval(made) for made in rows], lambda _row: None)


def asked(a: Side, b: Side, *metrics: str, **question: Any) -> Comparison:
    """The comparison by those metrics, qps where none is named."""
    return compare(a, b, Question(read_metrics(metrics or ("qps",)), **question))
