"""Measurements that take turns, each by fresh workers: how what is compared is measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clipperf.measure.stop_rule import StopRule
from clipperf.plan import Case
from clipperf.results.folder import RunFolder
from clipperf.sweeping.bench import Bench
from clipperf.sweeping.display import Display
from clipperf.sweeping.lengths import longest_case_s


@dataclass(frozen=True)
class Turn:
    """One measurement; ``pair`` counts from 0, ``repeat`` how often the case was measured before."""

    side: str
    case: Case
    pair: int
    repeat: int


def take_turns(
    turns: Sequence[Turn],
    bench_of: Callable[[Turn], Bench],
    rule: StopRule,
    folder: RunFolder,
    display: Display,
) -> None:
    """Measures in that order what the folder lacks, and adds each row with its side.

    ``bench_of`` gives a new bench for every turn: workers of another side would take memory and cache of the one that
    is measured.
    """
    finished = folder.finished()
    todo = [turn for turn in turns if (turn.case.case_id, turn.repeat) not in finished]
    display.begin(len(todo), longest_case_s(rule))
    for turn in todo:
        display.case(turn.case, f"{turn.side} of pair {turn.pair + 1}")
        with bench_of(turn) as bench:
            row = {**bench.measure(turn.case, turn.repeat), "side": turn.side}
        folder.append(row)
        display.row(row)
