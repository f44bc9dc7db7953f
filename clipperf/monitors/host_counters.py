"""Everything that the host counts and whose difference over a window is wanted, read at one instant."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Mapping

from clipperf.monitors.cgroup import Throttling, throttling
from clipperf.monitors.process_time import family_of, use_of
from clipperf.monitors.processor_time import CoreTicks, parse_processor_ticks
from clipperf.monitors.temperature import thermal_throttles
from clipperf.monitors.text_file import read_text

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Watched:
    """What is looked at: processes, the one that measures, and the cores that the devices use."""

    pids: frozenset[int]
    own_pid: int
    cores: frozenset[int]


@dataclass(frozen=True)
class Counters:
    """Counts since boot, at ``at_ns`` of the monotonic clock; None where the host does not tell.

    ``watched_ticks`` are those of the watched processes with their descendants, ``our_ticks`` those and our own.
    """

    at_ns: int
    cores: Mapping[int, CoreTicks]
    watched_ticks: int | None
    our_ticks: int | None
    our_processes: int
    swapped_in_pages: int | None
    swapped_out_pages: int | None
    throttling: Throttling | None
    thermal_throttles: int | None


def read_counters(watched: Watched, root: Path) -> Counters:
    """The counts now; those of the processor first, since they are what the instant belongs to."""
    text = read_text(root / "proc/stat") or ""
    at_ns = time.monotonic_ns()
    theirs = family_of(watched.pids, root)
    ours = theirs | family_of([watched.own_pid], root)
    use = use_of(ours, root)
    are_all_there = watched.pids <= set(use)
    swap = parse_vmstat(read_text(root / "proc/vmstat") or "")
    return Counters(
        at_ns=at_ns,
        cores=parse_processor_ticks(text),
        watched_ticks=sum(use[pid].ticks for pid in theirs if pid in use) if are_all_there else None,
        our_ticks=sum(each.ticks for each in use.values()) if are_all_there and watched.own_pid in use else None,
        our_processes=len(use),
        swapped_in_pages=swap.get("pswpin"),
        swapped_out_pages=swap.get("pswpout"),
        throttling=throttling(root),
        thermal_throttles=thermal_throttles(watched.cores, root),
    )


def parse_vmstat(text: str) -> dict[str, int]:
    """The counts of /proc/vmstat by name."""
    pairs = (line.split() for line in text.splitlines())
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2}
