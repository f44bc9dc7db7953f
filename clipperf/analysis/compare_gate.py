"""What a comparison means to a build that has to pass or fail."""

from __future__ import annotations

from clipperf.analysis.compare import Comparison
from clipperf.analysis.compare_verdict import AMBIGUOUS, NOT_COMPARED, SLOWER
from clipperf.results.schema import FAILURES

PASSED, CASE_FAILED, REGRESSED, TOO_NOISY = 0, 1, 3, 4
"""Exit codes, of which the first that applies in the order 1, 3, 4 is given."""


def gate(comparison: Comparison) -> int:
    """The exit code of ``--fail-on slower``.

    A case that B failed and A did not is a failed case. One that is slower by any metric is a regression. It is too
    noisy to say where a case is ambiguous or not compared by the first metric: the p99 of few requests nearly always
    is, and a gate on it would never open.
    """
    if any(
        case.runs_a and not case.runs_b and any(row["status"] in FAILURES for row in case.rows_b)
        for case in comparison.cases
    ):
        return CASE_FAILED
    metrics = comparison.question.metrics
    if any(comparison.verdicts(metric)[SLOWER] for metric in metrics):
        return REGRESSED
    first = comparison.verdicts(metrics[0])
    return TOO_NOISY if first[AMBIGUOUS] or first[NOT_COMPARED] else PASSED
