"""What a reader has to know under a comparison: refused and ambiguous cases, unknown spread, cases of one side only."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from clipperf.analysis.compare import Comparison
from clipperf.analysis.compare_case import ComparedCase
from clipperf.analysis.compare_verdict import AMBIGUOUS
from clipperf.report.comparison_cases import in_order, standing_for
from clipperf.report.notes import case_names, note_text
from clipperf.results.axes import Row
from clipperf.results.warning_cell import codes_in

_MOST_CHANGES = 8
_MORE_RUNS = "→ Measure more repeats (--repeat 5 or more) or longer windows, or take turns with clipperf ab."
_UNSTEADY = "→ Measure it again, take turns with clipperf ab, or let it count with --unsteady."
_MORE_PAIRS = "→ Measure more pairs (--pairs) or longer windows (--duration)."


def comparison_notes(comparison: Comparison, changes: Sequence[str] = ()) -> str:
    """The notes, each naming its cases; ``changes`` are the differences between the environments of the two sides.

    Warnings of two folders are named and not explained: the report of each folder does that.
    """
    cases, rows = in_order(comparison.cases)
    question = comparison.question
    notes = []

    def add(heading: str, where: Sequence[bool], lines: Sequence[str]) -> None:
        positions = [position for position, is_meant in enumerate(where) if is_meant]
        if positions:
            notes.append(note_text(heading, case_names(rows, positions) or "the case", lines))

    for column, sentence in dict.fromkeys(item for case in cases for item in case.refused.items()):
        add(f"unlike {column}", [case.refused.get(column) == sentence for case in cases], [sentence])
    is_ambiguous = [any(outcome.verdict == AMBIGUOUS for outcome in case.outcomes) for case in cases]
    remedy = _MORE_PAIRS if question.is_paired else _MORE_RUNS
    allowed = f"The interval allows for more than one verdict at {100 * question.threshold:g} %."
    add("ambiguous", is_ambiguous, [allowed, remedy])
    single = "With one run a side nobody knows how much runs differ by themselves: the interval may be too narrow."
    add("one run", [case.runs_a == case.runs_b == 1 and not case.refused for case in cases], [single, remedy])
    unsteady = [not question.with_unsteady and _has_unsteady(case) for case in cases]
    add("not steady", unsteady, ["What was not steady has no figure that another run would find.", _UNSTEADY])
    for side, only in (("A", comparison.only_a), ("B", comparison.only_b)):
        codes = [_codes(case.rows_a if side == "A" else case.rows_b) for case in cases]
        for code in () if question.is_paired else sorted(set().union(*codes)):
            add(f"{code} in {side}", [code in of_case for of_case in codes], [])
        if only:
            names = case_names(pd.concat([standing_for([[row] for row in only]), rows]), range(len(only)))
            notes.append(note_text(f"only in {side}", names, []))
    if changes:
        more = len(changes) - _MOST_CHANGES
        listed = [*changes[:_MOST_CHANGES], *([f"and {more} more"] if more > 0 else [])]
        notes.append(note_text("environment", "A → B", listed))
    return "\n\n".join(notes)


def _has_unsteady(case: ComparedCase) -> bool:
    return any(row["is_steady"] is False for row in (*case.rows_a, *case.rows_b))


def _codes(rows: Sequence[Row]) -> set[str]:
    return set().union(*(codes_in(row["warnings"]) for row in rows))
