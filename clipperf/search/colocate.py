"""Measures both towers on one device, alone and at once, with more and more devices to share until both are well.

Alone, at once, at once, alone …, each by fresh workers with the same arrivals: what differs is the neighbour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from clipperf.analysis.compare_folder import reader_of
from clipperf.analysis.objective import MET
from clipperf.analysis.provision_answer import Answer
from clipperf.analysis.provision_tried import ALONE, BESIDE, offered_rate, pairs_of, set_counts, tried
from clipperf.analysis.provision_wanted import Wanted, WantedTower, make_answer
from clipperf.errors import UsageError
from clipperf.profile import read_profile
from clipperf.results.environment import changes_between
from clipperf.results.folder import ENVIRONMENT, PROFILE, RESULTS, RunFolder, read_json, reopen_folder
from clipperf.results.frame import read_rows, records
from clipperf.search.colocate_plans import plan_of
from clipperf.sweeping.bench import Artefacts, Bench
from clipperf.sweeping.display import Display, Silent
from clipperf.sweeping.lengths import longest_case_s, stop_rule
from clipperf.sweeping.planning import Plan
from clipperf.sweeping.require_idle import require_idle
from clipperf.sweeping.run import environment_of, make_folder, prepare_all
from clipperf.sweeping.together import Part, measure_together

REQUESTS = 400
"""Of the slower tower in a window, where no length is given; p99 has an upper bound from 368 on."""

_SHORTEST_S = 5.0


@dataclass(frozen=True)
class Lengths:
    """How often each is measured alone and at once, and how long; None where that follows from the rates."""

    pairs: int
    duration_s: float | None


@dataclass(frozen=True)
class _Trial:
    """One number of device sets: a plan for each tower, and what its model takes."""

    plans: Sequence[Plan]
    artefacts: Sequence[Artefacts]


def start_colocated(wanted: Wanted, lengths: Lengths, out: Path | None, display: Display) -> Path:
    """Measures into a new run folder and gives its path; raises Interrupted at Ctrl-C."""
    answer = make_answer(wanted)
    first = _trial(wanted, answer, set_counts(answer)[0], lengths, display)
    require_idle(*first.plans)
    stored = {"provision": _stored(wanted), "colocate": asdict(lengths)}
    with make_folder(first.plans[0], out) as folder:
        folder.begin(yaml.safe_dump(stored, sort_keys=False, allow_unicode=True), _environment(first))
        _run(wanted, answer, lengths, folder, display)
    return folder.path


def resume_colocated(path: Path, display: Display) -> tuple[Path, Wanted]:
    """Measures what a run folder lacks; raises UsageError where ``clipperf provision --colocate`` did not begin it."""
    with reopen_folder(path) as folder:
        wanted, lengths = _read(path)
        answer = make_answer(wanted)
        first = _trial(wanted, answer, set_counts(answer)[0], lengths, display)
        for change in changes_between(read_json(path / ENVIRONMENT), _environment(first)):
            display.note(f"{ENVIRONMENT} has changed since the run began: {change}")
        _run(wanted, answer, lengths, folder, display)
    return path, wanted


def answer_in(folder: Path, wanted: Wanted) -> Answer:
    """The plan with what the run folder says of shared devices."""
    answer = make_answer(wanted)
    return replace(answer, tried=tried(answer, records(read_rows(folder / RESULTS)), reader_of(folder)))


def _run(wanted: Wanted, answer: Answer, lengths: Lengths, folder: RunFolder, display: Display) -> None:
    for sets in set_counts(answer):
        trial = _trial(wanted, answer, sets, lengths, display)
        _measure(trial, lengths, folder, display)
        found = tried(answer, records(read_rows(folder.path / RESULTS)), reader_of(folder.path))
        # Where a case failed there is nothing to judge, and with more devices it would fail again.
        if not found or found[-1].sets != sets or found[-1].verdict == MET:
            break


def _measure(trial: _Trial, lengths: Lengths, folder: RunFolder, display: Display) -> None:
    finished = folder.finished()
    turns = [turn for turn in _turns(trial, lengths.pairs) if not turn.is_in(finished)]
    longest_s = longest_case_s(stop_rule(trial.plans[0].profile))
    display.begin(sum(len(turn.plans) for turn in turns), longest_s)
    for turn in turns:
        parts: list[Part] = []
        for plan in turn.plans:
            place = trial.plans.index(plan)
            show = Silent() if parts else display
            open_bench = partial(Bench, plan, trial.artefacts[place], folder, show)
            parts.append(Part(plan.cases[0], turn.repeat, place, open_bench))
        display.case(parts[0].case, turn.side)
        for part, row in zip(parts, measure_together(parts, folder.path), strict=True):
            # After a kill between two rows of one measurement the first of them is there already.
            if (part.case.case_id, part.repeat) not in finished:
                folder.append({**row, "side": turn.side})
            display.case(part.case, turn.side)
            display.row(row)


@dataclass(frozen=True)
class _Turn:
    side: str
    plans: Sequence[Plan]
    repeat: int

    def is_in(self, finished: set[tuple[str, int]]) -> bool:
        """Whether all its rows are there."""
        return all((plan.cases[0].case_id, self.repeat) in finished for plan in self.plans)


def _turns(trial: _Trial, pairs: int) -> Iterator[_Turn]:
    """Each pair has every tower alone and both at once, the next the other way round."""
    for pair in range(pairs):
        alone = [_Turn(ALONE, [plan], 2 * pair) for plan in trial.plans]
        turns = [*alone, _Turn(BESIDE, trial.plans, 2 * pair + 1)]
        yield from turns if pair % 2 == 0 else turns[::-1]


def _trial(wanted: Wanted, answer: Answer, sets: int, lengths: Lengths, display: Display) -> _Trial:
    pairs = pairs_of(answer)
    rates = [offered_rate(plan, one, sets) for plan, one in pairs]
    duration_s = lengths.duration_s or max(_SHORTEST_S, REQUESTS / min(rates))
    plans = [
        plan_of(wanted.towers[plan.curve.tower].rows, one, rate, duration_s)
        for (plan, one), rate in zip(pairs, rates, strict=True)
    ]
    return _Trial(plans, [prepare_all(plan, display) for plan in plans])


def _environment(trial: _Trial) -> dict[str, Any]:
    found = [environment_of(plan, artefacts) for plan, artefacts in zip(trial.plans, trial.artefacts, strict=True)]
    return {**found[0], "models": {name: told for one in found for name, told in one["models"].items()}}


def _stored(wanted: Wanted) -> dict[str, Any]:
    towers = {name: {**asdict(one), "rows": str(one.rows.resolve())} for name, one in wanted.towers.items()}
    return {**asdict(wanted), "towers": towers}


def _read(path: Path) -> tuple[Wanted, Lengths]:
    stored, _ = read_profile(str(path / PROFILE))
    try:
        asked: Mapping[str, Any] = stored["provision"]
        towers = {name: WantedTower(**{**one, "rows": Path(one["rows"])}) for name, one in asked["towers"].items()}
        return Wanted(**{**asked, "towers": towers}), Lengths(**stored["colocate"])
    except (KeyError, TypeError, AttributeError):
        raise UsageError(
            f"--resume {path}: it was not begun by clipperf provision; try clipperf sweep --resume {path}."
        ) from None
