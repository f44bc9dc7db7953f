"""Which programs take the processor, by the difference of two looks at all processes that can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Collection, Mapping

from clipperf.monitors.process_time import own_ticks
from clipperf.monitors.text_file import read_text

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Program:
    """A process by name, and its own ticks since it began."""

    name: str
    ticks: int


def all_programs(root: Path) -> dict[int, Program]:
    """Every process that can be seen, by its number; a container sees its own only."""
    programs = {}
    for stat in (root / "proc").glob("[0-9]*/stat"):
        text = read_text(stat)
        if text is not None:
            name = text.partition("(")[2].rpartition(")")[0]
            programs[int(stat.parent.name)] = Program(name, own_ticks(text))
    return programs


def busiest_between(
    before: Mapping[int, Program], after: Mapping[int, Program], ours: Collection[int], most: int = 3
) -> list[Program]:
    """Those that took the most, with the ticks that they took; ``ours`` and those that took none are left out."""
    took = [
        Program(program.name, program.ticks - (before[pid].ticks if pid in before else 0))
        for pid, program in after.items()
        if pid not in ours
    ]
    return sorted((each for each in took if each.ticks > 0), key=lambda each: -each.ticks)[:most]
