"""Searches a grid with few and short measurements, and measures what it chose again in turn, all rows in one folder.

What is chosen for being the best of noisy figures is mostly not as good as it looked. So the search only chooses; what
is told comes from second measurements by fresh workers, in turn with the runner-up and the default configuration.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from clipperf.analysis.compare_folder import reader_of
from clipperf.analysis.cost import spent_s
from clipperf.analysis.goal import Goal
from clipperf.analysis.objective import MISSED, UNKNOWN
from clipperf.analysis.tune_answer import Grid, TuneAnswer, finals_of, tune_answer
from clipperf.measure.stop_rule import StopRule
from clipperf.plan import Case, groups_of
from clipperf.results.axes import Row
from clipperf.results.environment import changes_between
from clipperf.results.folder import ENVIRONMENT, RESULTS, SEARCHED, RunFolder, read_json, reopen_folder
from clipperf.results.frame import read_rows, records
from clipperf.search.modes import turns
from clipperf.search.tune_budget import WITHOUT_BUDGET, check_budget, is_spent
from clipperf.search.tune_chooser import Step, next_step
from clipperf.search.tune_finals import Round, next_round
from clipperf.search.tune_lengths import final_rule, longest_final_s, search_rule, telling_rule
from clipperf.search.tune_space import Space
from clipperf.search.tune_told import check_known_before, check_told
from clipperf.search.tune_wanted import Wanted, check_profile, read_stored, stored
from clipperf.sweeping.bench import Artefacts, Bench
from clipperf.sweeping.display import Display
from clipperf.sweeping.lengths import longest_case_s, stop_rule
from clipperf.sweeping.planning import Plan, make_plan
from clipperf.sweeping.require_idle import require_idle
from clipperf.sweeping.run import environment_of, make_folder, prepare_all
from clipperf.sweeping.turns import Turn, take_turns


def start_tune(plan: Plan, wanted: Wanted, out: Path | None, display: Display) -> tuple[Path, TuneAnswer]:
    """Searches into a new run folder; gives its path and the answer. Raises Interrupted at Ctrl-C."""
    check_profile(plan.profile)
    check_known_before(plan, wanted.goal)
    check_budget(wanted.budget, Space(plan.cases), wanted.pairs)
    artefacts = prepare_all(plan, display)
    require_idle(plan)
    with make_folder(plan, out) as folder:
        text = yaml.safe_dump(stored(wanted, plan.profile), sort_keys=False, allow_unicode=True)
        folder.begin(text, environment_of(plan, artefacts))
        answer = _Search(plan, wanted, artefacts, folder, display).answer()
    return folder.path, answer


def resume_tune(path: Path, display: Display) -> tuple[Path, TuneAnswer]:
    """Goes on with a run folder; raises UsageError where it was not begun by ``clipperf tune``."""
    with reopen_folder(path) as folder:
        wanted, profile = read_stored(path)
        plan = make_plan(profile)
        artefacts = prepare_all(plan, display)
        require_idle(plan)
        for change in changes_between(read_json(path / ENVIRONMENT), environment_of(plan, artefacts)):
            display.note(f"{ENVIRONMENT} has changed since the run began: {change}")
        answer = _Search(plan, wanted, artefacts, folder, display).answer()
    return path, answer


def answer_in(path: Path) -> TuneAnswer | None:
    """The answer of a finished run folder from its rows; None for one that ``clipperf tune`` did not finish."""
    searched = read_json(path / SEARCHED)
    if not searched:
        return None
    wanted, _ = read_stored(path)
    rows = list(records(read_rows(path / RESULTS)))
    return tune_answer(wanted.goal, rows, Grid(**searched), reader_of(path))


@dataclass(frozen=True)
class _Search:
    plan: Plan
    wanted: Wanted
    artefacts: Artefacts
    folder: RunFolder
    display: Display

    def answer(self) -> TuneAnswer:
        """Measures whatever is missing, then tells."""
        self.folder.finished()
        space, rule, goal = Space(self.plan.cases), stop_rule(self.plan.profile), self.wanted.goal
        elapsed_s = _elapsed_since(self._rows())
        if not any(row["side"] for row in self._rows()):
            self._search(space, goal, elapsed_s)
        searched = [row for row in self._rows() if not row["side"]]
        while found := self._next_round(space, searched):
            if self.wanted.budget is not None and not self.wanted.budget.has_room(found, self._rows(), elapsed_s()):
                break
            self._measure_again(space, searched, found)
        budget = self.wanted.budget
        is_cut = next_step(space, goal, searched) is not None
        cut_by = "" if not is_cut else WITHOUT_BUDGET if budget is None else f"the budget of {budget.text}"
        telling = telling_rule(rule, goal)
        requests = 0 if telling == rule else telling.min_requests
        whole_s = space.whole_s(searched, telling)
        grid = Grid(len(space.cases), space.cases[0].case_id, whole_s, cut_by, requests)
        self.folder.save_searched(asdict(grid))
        return tune_answer(goal, self._rows(), grid, reader_of(self.folder.path))

    def _next_round(self, space: Space, searched: Sequence[Row]) -> Round | None:
        goal, again = self.wanted.goal, [row for row in self._rows() if row["side"]]
        rows_of, finals = finals_of(goal, again, reader_of(self.folder.path))
        times = {case_id: len(rows) for case_id, rows in rows_of.items()}

        def verdict(case_id: str) -> str:
            # One that was measured again without a figure does not work.
            return finals[case_id].whole_verdict if case_id in finals else MISSED if case_id in times else UNKNOWN

        return next_round(space, goal, searched, times, verdict, self.wanted.pairs)

    def _search(self, space: Space, goal: Goal, elapsed_s: Callable[[], float]) -> None:
        rows = self._rows()

        def is_over() -> bool:
            rule, pairs = stop_rule(self.plan.profile), self.wanted.pairs
            return bool(rows) and is_spent(self.wanted.budget, space, goal, rows, rule, pairs, elapsed_s())

        while (step := next_step(space, goal, rows)) and not is_over():
            self.display.note(f"{step.why[:1].upper()}{step.why[1:]}:")
            repeats = {shot.case_id: shot.repeat for shot in step.shots}
            lengths = [(self._rule(goal, rows, case), case) for case in self._in_order(space, step, len(rows))]
            self.display.begin(len(lengths), max(longest_case_s(rule) for rule, _ in lengths))
            for rule, alike in itertools.groupby(lengths, key=lambda one: one[0]):
                with Bench(self.plan, self.artefacts, self.folder, self.display, rule=rule) as bench:
                    for _, case in alike:
                        if is_over():
                            break
                        self.display.case(case, repeats[case.case_id])
                        row = bench.measure(case, repeats[case.case_id])
                        self.folder.append(row)
                        self.display.row(row)
                        rows = self._rows()
            check_told(goal, rows, self.plan.profile.runner, self.folder.path)

    def _measure_again(self, space: Space, searched: Sequence[Row], found: Round) -> None:
        goal, pairs, rule = self.wanted.goal, self.wanted.pairs, stop_rule(self.plan.profile)
        longest_s = longest_final_s(space.whole_s(searched, rule), pairs)
        before = {case_id: [row for row in searched if row["case_id"] == case_id] for case_id in found.sides}
        rules = {
            case_id: final_rule(rule, goal, rows, longest_s, found.requests.get(case_id, 0))
            for case_id, rows in before.items()
        }
        cases = {case.case_id: case for case in space.cases}
        chosen = [(side, cases[case_id]) for case_id, side in found.sides.items()]
        self.display.note(f"{', '.join(found.sides.values())}, {found.pairs} times in turn:".capitalize())

        def bench_of(turn: Turn) -> Bench:
            return Bench(self.plan, self.artefacts, self.folder, self.display, rule=rules[turn.case.case_id])

        order = list(turns(chosen, found.pairs, {case_id: len(rows) for case_id, rows in before.items()}))
        longest = max(rules.values(), key=longest_case_s)
        take_turns(order, bench_of, longest, self.folder, self.display)

    def _in_order(self, space: Space, step: Step, seed: int) -> list[Case]:
        """Those that can share workers together, otherwise shuffled."""
        wanted = {shot.case_id for shot in step.shots}
        profile, cases = self.plan.profile, [case for case in space.cases if case.case_id in wanted]
        groups = groups_of(cases, self.plan.facts.dynamic_batch, profile.order, profile.seed + seed)
        return [case for group in groups for case in group]

    def _rule(self, goal: Goal, rows: Sequence[Row], case: Case) -> StopRule:
        before = [row for row in rows if row["case_id"] == case.case_id]
        return search_rule(stop_rule(self.plan.profile), goal, before)

    def _rows(self) -> list[Row]:
        return list(records(read_rows(self.folder.path / RESULTS)))


def _elapsed_since(rows: Sequence[Row]) -> Callable[[], float]:
    """The seconds that a run has taken: by the clock since now, and before an interruption by its rows."""
    began_s, before_s = time.monotonic(), spent_s(rows) + sum(row["load_s"] or 0.0 for row in rows)
    return lambda: before_s + time.monotonic() - began_s
