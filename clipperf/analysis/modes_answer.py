"""The answer of a run of ``clipperf modes``: what was found in the grid, and what measuring it again said."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from clipperf.analysis.compare import compare_in_turn
from clipperf.analysis.compare_case import Outcome, Question, Side
from clipperf.analysis.compare_folder import reader_of
from clipperf.analysis.compare_gate import PASSED, REGRESSED, TOO_NOISY
from clipperf.analysis.compare_runs import InWindow, Run
from clipperf.analysis.compare_verdict import read_metrics
from clipperf.analysis.modes import MAX_THROUGHPUT, MIN_LATENCY, OBJECTIVE, Choice, Found, find_modes
from clipperf.analysis.objective import MET, MISSED, Objective
from clipperf.analysis.operating_points import NOT_KNOWN
from clipperf.analysis.remeasured import Block, block_of
from clipperf.results.axes import Row
from clipperf.results.folder import RESULTS
from clipperf.results.frame import read_rows, records
from clipperf.results.schema import MEASURED

_QUESTION = Question(read_metrics(("qps", "latency_mean_ms", "p50", "p90", "p95", "p99")))
"""What has a ratio; the ratio of two extremes would be one of two accidents."""


@dataclass(frozen=True)
class Answer:
    """``blocks`` holds the second measurement of each mode, ``ratios`` max-throughput ÷ min-latency by column.

    A mode without a block could not be measured again; ratios are missing where both modes are one point. ``verdict``
    is that of the second measurement on the objective, "" where there is none.
    """

    found: Found
    objective: Objective | None
    blocks: Mapping[str, Block]
    ratios: Mapping[str, Outcome]
    verdict: str

    @property
    def is_one_point(self) -> bool:
        """Whether max-throughput and min-latency are the same case."""
        return len({choice.point.row["case_id"] for choice in self._two}) == 1

    @property
    def _two(self) -> list[Choice]:
        return [choice for mode, choice in self.found.choices.items() if mode != OBJECTIVE]


def answer_of(folder: Path, objective: Objective | None) -> Answer:
    """The answer from a run folder's rows and raw samples."""
    rows = records(read_rows(folder / RESULTS))
    found = find_modes([row for row in rows if not row["side"]], objective)
    reader = reader_of(folder)
    again = {
        mode: [row for row in rows if row["side"] and row["case_id"] == choice.point.row["case_id"]]
        for mode, choice in found.choices.items()
    }
    blocks = {}
    for mode, of_mode in again.items():
        runs = [Run(row, reader(row)) for row in of_mode if row["status"] in MEASURED and row["qps"]]
        if runs:
            blocks[mode] = block_of(runs)
    verdict = ""
    if objective is not None and OBJECTIVE in blocks:
        verdict = objective.judge(blocks[OBJECTIVE].latency_ms.get(objective.percentile, NOT_KNOWN))
    answer = Answer(found, objective, blocks, {}, verdict)
    if not {MAX_THROUGHPUT, MIN_LATENCY} <= blocks.keys() or answer.is_one_point:
        return answer
    return replace(answer, ratios=_ratios(again, reader))


def _ratios(again: Mapping[str, Sequence[Row]], reader: Callable[[Row], InWindow | None]) -> dict[str, Outcome]:
    (case,) = compare_in_turn(Side(again[MIN_LATENCY], reader), Side(again[MAX_THROUGHPUT], reader), _QUESTION).cases
    return {outcome.metric.column: outcome for outcome in case.outcomes}


def gate(answer: Answer) -> int:
    """The exit code of ``--fail-on missed``: 0 where the second measurement meets the objective for certain.

    3 where no point of the grid can meet it, or the second measurement missed it; 4 where nobody knows.
    """
    under = answer.found.under
    if answer.verdict == MET:
        return PASSED
    is_missed = answer.verdict == MISSED or (under is not None and under.choice is None and not under.maybe)
    return REGRESSED if is_missed else TOO_NOISY
