"""Compares two sides case by case, and all cases together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from clipperf.analysis.compare_case import ComparedCase, Outcome, Question, Side, compare_case
from clipperf.analysis.compare_match import check_across, match
from clipperf.analysis.compare_ratio import Logarithm, geometric_mean
from clipperf.analysis.compare_verdict import Metric
from clipperf.errors import UsageError
from clipperf.results.axes import MUST_AGREE, Row, differing


@dataclass(frozen=True)
class Comparison:
    """The answer to a question, and the rows of cases that only one side has."""

    question: Question
    cases: tuple[ComparedCase, ...]
    only_a: tuple[Row, ...] = ()
    only_b: tuple[Row, ...] = ()

    def outcomes(self, metric: Metric) -> list[Outcome]:
        """That metric's, over all cases."""
        return [outcome for case in self.cases for outcome in case.outcomes if outcome.metric == metric]

    def overall(self, metric: Metric) -> Logarithm | None:
        """The geometric mean of the metric's ratios over the cases that could be compared; None where none could."""
        ratios = [outcome.ratio for outcome in self.outcomes(metric) if outcome.ratio is not None]
        return geometric_mean(ratios) if ratios else None

    def verdicts(self, metric: Metric) -> Counter[str]:
        """How many cases got which verdict."""
        return Counter(outcome.verdict for outcome in self.outcomes(metric))


def compare(a: Side, b: Side, question: Question) -> Comparison:
    """B against A; raises UsageError where no case is on both sides, or what differs forbids to compare any."""
    check_across(question.across, [*a.rows, *b.rows])
    matched = match(a.rows, b.rows, question.across)
    if not matched.cases:
        axes = differing(a.rows, b.rows)
        hint = f" They differ in {', '.join(axes)}; match across that with --across {','.join(axes)}." if axes else ""
        raise UsageError(f"No case is on both sides, so there is nothing to compare.{hint}")
    cases = [
        compare_case(replace(a, rows=rows_a), replace(b, rows=rows_b), question) for rows_a, rows_b in matched.cases
    ]
    refused = dict.fromkeys(sentence for case in cases for sentence in case.refused.values())
    if refused and all(case.refused or not (case.runs_a and case.runs_b) for case in cases):
        raise UsageError("No case can be compared.\n" + "\n".join(refused))
    return Comparison(question, tuple(cases), matched.only_a, matched.only_b)


def compare_in_turn(a: Side, b: Side, question: Question) -> Comparison:
    """B against A where their runs took turns, n-th repeat with n-th repeat; what the sides differ in was intended.

    Runs that were not steady count: what disturbs the machine meets both sides alike and shows in the spread of the
    pairs, and to choose among pairs by how they turned out would bias what is left.
    """
    across = frozenset(differing(a.rows, b.rows, MUST_AGREE))
    return compare(a, b, replace(question, across=across, is_paired=True, with_unsteady=True))
