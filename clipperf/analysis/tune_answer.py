"""The answer of a search: the best case by its second measurements, and what became of every other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from clipperf.analysis.compare_gate import PASSED, REGRESSED, TOO_NOISY
from clipperf.analysis.compare_ratio import Logarithm
from clipperf.analysis.compare_runs import InWindow, Run
from clipperf.analysis.cost import spent_s
from clipperf.analysis.goal import Goal, Standing, ranked_by, standings
from clipperf.analysis.objective import MISSED
from clipperf.analysis.tune_final import Final, best_of, final_of, ratio
from clipperf.results.axes import Row
from clipperf.results.schema import MEASURED


@dataclass(frozen=True)
class Grid:
    """What was searched: its number of cases, the id of the default one, what all would take in s of the device by the
    stop rule of the profile, and the budget that ended the search before it was done, "" where none did. ``requests``
    are those that it would take of every case at least, 0 where that is left to the stop rule.
    """

    cases: int
    default: str
    whole_s: float
    cut_by: str = ""
    requests: int = 0


@dataclass(frozen=True)
class TuneAnswer:
    """``known`` are the measured cases as the search saw them, best first; ``finals`` the second measurements by id.

    ``ratios`` is chosen ÷ other of the figure that was sought, of those that have one. ``measurements`` counts all.
    """

    goal: Goal
    grid: Grid
    known: Mapping[str, Standing]
    finals: Mapping[str, Final]
    sides: Mapping[str, str]
    chosen: Final | None
    ratios: Mapping[str, Logarithm]
    measurements: int
    spent_s: float

    @property
    def share(self) -> float | None:
        """What was spent of what the whole grid would have taken; None where that is not known."""
        return self.spent_s / self.grid.whole_s if self.grid.whole_s > 0 else None


def finals_of(
    goal: Goal, again: Sequence[Row], reader: Callable[[Row], InWindow | None]
) -> tuple[dict[str, list[Row]], dict[str, Final]]:
    """The rows measured again, by case in the order of their repeats, and what those with figures say together."""
    rows_of: dict[str, list[Row]] = {}
    for row in sorted(again, key=lambda one: one["repeat"]):
        rows_of.setdefault(row["case_id"], []).append(row)
    finals = {}
    for case_id, rows in rows_of.items():
        runs = [Run(row, reader(row)) for row in rows if row["status"] in MEASURED and row.get("qps")]
        found = final_of(goal, case_id, runs)
        if found is not None:
            finals[case_id] = found
    return rows_of, finals


def tune_answer(goal: Goal, rows: Sequence[Row], grid: Grid, reader: Callable[[Row], InWindow | None]) -> TuneAnswer:
    """The answer from all rows of a run; ``reader`` gives the raw samples of a row."""
    searched, again = [row for row in rows if not row["side"]], [row for row in rows if row["side"]]
    known = standings(goal, searched)
    ranked = {each.case_id: each for each in ranked_by(known)}
    rows_of, finals = finals_of(goal, again, reader)
    chosen = best_of(goal, list(finals.values()))
    ratios = {}
    if chosen is not None:
        for case_id in finals.keys() - {chosen.case_id}:
            found = ratio(goal.quantity, rows_of[chosen.case_id], rows_of[case_id])
            if found is not None:
                ratios[case_id] = found
    return TuneAnswer(
        goal,
        grid,
        {**ranked, **{case_id: each for case_id, each in known.items() if case_id not in ranked}},
        finals,
        {case_id: of_case[0]["side"] for case_id, of_case in rows_of.items()},
        chosen,
        ratios,
        len(rows),
        spent_s(rows),
    )


def gate(answer: TuneAnswer) -> int:
    """The exit code of ``--fail-on missed``: 0 where a case is shown to hold every constraint, 3 where all measured
    cases miss one for certain, else 4.
    """
    if answer.chosen is not None:
        return PASSED
    told = [each for each in answer.known.values() if each.estimate is not None]
    seconds = answer.finals
    is_missed = all(
        seconds[each.case_id].whole_verdict == MISSED if each.case_id in seconds else each.missed for each in told
    )
    return REGRESSED if is_missed else TOO_NOISY
