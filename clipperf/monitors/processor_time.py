"""How the cores spent their time, from /proc/stat (Documentation/filesystems/proc.rst of the kernel)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterable, Mapping


@dataclass(frozen=True)
class CoreTicks:
    """Ticks since boot: ``counted`` over all columns, and those columns that are no program's work."""

    counted: int
    idle: int
    iowait: int
    interrupt: int
    steal: int


@dataclass(frozen=True)
class Shares:
    """Parts of the whole capacity of some cores: ``busy`` is work of programs, ``steal`` went to other machines."""

    busy: float
    steal: float


def parse_processor_ticks(text: str) -> dict[int, CoreTicks]:
    """The lines ``cpu0``, ``cpu1`` … by core number; a kernel that writes fewer columns has zeros in the others."""
    cores = {}
    for line in text.splitlines():
        name, *columns = line.split()
        if not name.startswith("cpu") or not name[3:].isdigit():
            continue
        # user nice system idle iowait irq softirq steal; guest time comes after them and is within user and nice.
        ticks = [int(column) for column in columns[:8]] + [0] * (8 - len(columns))
        cores[int(name[3:])] = CoreTicks(sum(ticks), ticks[3], ticks[4], ticks[5] + ticks[6], ticks[7])
    return cores


def shares_between(
    before: Mapping[int, CoreTicks], after: Mapping[int, CoreTicks], cores: Iterable[int], capacity_ticks: float
) -> Shares | None:
    """Where ``capacity_ticks`` of these cores went between two readings; None where the host does not count.

    Work is what is left of the capacity, not the sum of user, nice and system: those are sampled at the timer's ticks,
    and a program that wakes by the same timer works between them. (A loop that worked 2 ms of every 4 ms was counted
    as 0 % of a core by them, as 50 % by the idle time, which the kernel takes from the clock.)
    """
    chosen = [core for core in cores if core in before and core in after]
    if not chosen or sum(after[core].counted - before[core].counted for core in chosen) <= 0 or capacity_ticks <= 0:
        return None

    def share(column: str) -> float:
        ticks = sum(getattr(after[core], column) - getattr(before[core], column) for core in chosen)
        # Columns may step back by a tick or two (the kernel's documentation says so of iowait).
        return min(1.0, max(0.0, float(ticks) / capacity_ticks))

    idle, iowait, interrupt, steal = share("idle"), share("iowait"), share("interrupt"), share("steal")
    return Shares(max(0.0, 1.0 - idle - iowait - interrupt - steal), steal)
