"""One case of both sides compared: which of its rows count, and for each metric ratio, interval and verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from clipperf.analysis.compare_match import refusals
from clipperf.analysis.compare_ratio import Logarithm, ratio_of_pairs, ratio_of_runs
from clipperf.analysis.compare_runs import InWindow, Run, figure_of, middle_of
from clipperf.analysis.compare_verdict import DEFAULT_THRESHOLD, NOT_COMPARED, Metric, judge
from clipperf.results.axes import Row
from clipperf.results.schema import MEASURED


@dataclass(frozen=True)
class Side:
    """The rows of one side; ``samples`` gives the raw samples of a row where they were kept."""

    rows: Sequence[Row]
    samples: Callable[[Row], InWindow | None]


@dataclass(frozen=True)
class Question:
    """Which metrics, from which share on a difference matters, and what may differ between the sides.

    ``is_paired``: the n-th repeats of a case on both sides were neighbours in time. ``with_unsteady``: rows that were
    not steady count too.
    """

    metrics: tuple[Metric, ...]
    threshold: float = DEFAULT_THRESHOLD
    across: frozenset[str] = frozenset()
    is_paired: bool = False
    with_unsteady: bool = False


@dataclass(frozen=True)
class Outcome:
    """One metric of one case: ratio B ÷ A, verdict, and ``reason`` where it could not be compared.

    ``a`` and ``b`` are the figures of the repeat in the middle of each side, for people; the ratio is that of all.
    """

    metric: Metric
    verdict: str
    a: float | None = None
    b: float | None = None
    ratio: Logarithm | None = None
    reason: str = ""


@dataclass(frozen=True)
class ComparedCase:
    """A case of both sides: all its rows, how many of each side counted, an outcome for each metric.

    ``remarks`` say what a reader of the outcomes has to know of the rows; ``refused`` are the columns that forbid to
    compare them, each with a sentence.
    """

    rows_a: tuple[Row, ...]
    rows_b: tuple[Row, ...]
    runs_a: int
    runs_b: int
    outcomes: tuple[Outcome, ...]
    remarks: tuple[str, ...]
    refused: Mapping[str, str]


def compare_case(a: Side, b: Side, question: Question) -> ComparedCase:
    """Compares the rows of one case; rows without figures, and unsteady ones, are left out and said to be."""
    used_a, used_b = _used(a, question), _used(b, question)
    if question.is_paired:
        whole = used_a.keys() & used_b.keys()
        used_a, used_b = ({n: run for n, run in used.items() if n in whole} for used in (used_a, used_b))
    runs_a, runs_b = list(used_a.values()), list(used_b.values())
    refused: Mapping[str, str] = {}
    if runs_a and runs_b:
        refused = refusals([run.row for run in runs_a], [run.row for run in runs_b], question.across)
    return ComparedCase(
        rows_a=tuple(a.rows),
        rows_b=tuple(b.rows),
        runs_a=len(runs_a),
        runs_b=len(runs_b),
        outcomes=tuple(_outcome(runs_a, runs_b, metric, question, refused) for metric in question.metrics),
        remarks=(*_remarks("A", a, question), *_remarks("B", b, question)),
        refused=refused,
    )


def _outcome(
    runs_a: Sequence[Run], runs_b: Sequence[Run], metric: Metric, question: Question, refused: Collection[str]
) -> Outcome:
    a, b = middle_of(runs_a, metric), middle_of(runs_b, metric)
    if refused:
        return Outcome(metric, NOT_COMPARED, a, b, reason=f"unlike {', '.join(refused)}")
    ratio = _ratio(runs_a, runs_b, metric, question.is_paired)
    if ratio is None:
        missing = [name for name, runs, value in (("A", runs_a, a), ("B", runs_b, b)) if runs and value is None]
        reason = f"{' and '.join(missing)}: no {metric.column}" if missing else ""
        return Outcome(metric, NOT_COMPARED, a, b, reason=reason)
    return Outcome(metric, judge(metric.gain(ratio), question.threshold), a, b, ratio)


def _ratio(runs_a: Sequence[Run], runs_b: Sequence[Run], metric: Metric, is_paired: bool) -> Logarithm | None:
    figures_a, figures_b = ([figure_of(run, metric) for run in runs] for runs in (runs_a, runs_b))
    if is_paired:
        pairs = [(a, b) for a, b in zip(figures_a, figures_b, strict=True) if a is not None and b is not None]
        return ratio_of_pairs(pairs) if pairs else None
    known_a, known_b = ([figure for figure in figures if figure is not None] for figures in (figures_a, figures_b))
    return ratio_of_runs(known_a, known_b) if known_a and known_b else None


def _used(side: Side, question: Question) -> dict[int, Run]:
    """The runs that count, each by its place among the repeats of its side."""
    rows = sorted(side.rows, key=lambda row: row["repeat"])
    return {n: Run(row, side.samples(row)) for n, row in enumerate(rows) if not _why_left_out(row, question)}


def _why_left_out(row: Row, question: Question) -> str:
    if row["status"] not in MEASURED:
        kind = row.get("error_kind")
        return str(row["status"]) + (f" ({kind})" if kind and kind != row["status"] else "")
    return "not steady, left out" if row.get("is_steady") is False and not question.with_unsteady else ""


def _remarks(name: str, side: Side, question: Question) -> list[str]:
    labels = Counter(label for row in side.rows if (label := _label(row, question)))
    repeats = len(side.rows)
    return [
        f"{name}: {f'{count} of {repeats} repeats ' if repeats > 1 else ''}{label}" for label, count in labels.items()
    ]


def _label(row: Row, question: Question) -> str:
    doubts = {"inconclusive": row["status"] == "inconclusive", "not steady": row.get("is_steady") is False}
    return _why_left_out(row, question) or ", ".join(doubt for doubt, holds in doubts.items() if holds)
