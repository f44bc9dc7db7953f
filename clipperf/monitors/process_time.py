"""Processor time and memory of processes and of what they started, from /proc/<pid>."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterable

from clipperf.monitors.text_file import read_text

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class ProcessUse:
    """Ticks of all threads since the process began, those of children it waited for included; resident pages now."""

    ticks: int
    resident_pages: int


def parse_process_stat(text: str) -> ProcessUse:
    """One line of /proc/<pid>/stat."""
    fields = _fields(text)
    return ProcessUse(ticks=sum(map(int, fields[11:15])), resident_pages=int(fields[21]))


def own_ticks(text: str) -> int:
    """Of the same line, the ticks of the process alone: those of a child come to it all at once, as the child ends."""
    return sum(map(int, _fields(text)[11:13]))


def _fields(text: str) -> list[str]:
    """Those behind the program's name, which is the second and may hold spaces and brackets."""
    return text.rpartition(")")[2].split()


def family_of(pids: Iterable[int], root: Path) -> set[int]:
    """These processes and their living descendants, where the kernel tells those (CONFIG_PROC_CHILDREN)."""
    family: set[int] = set()
    waiting = list(pids)
    while waiting:
        pid = waiting.pop()
        if pid in family:
            continue
        family.add(pid)
        for children in (root / "proc" / str(pid) / "task").glob("*/children"):
            waiting.extend(int(child) for child in (read_text(children) or "").split())
    return family


def use_of(pids: Iterable[int], root: Path) -> dict[int, ProcessUse]:
    """What each of these processes used so far; those that are gone are left out."""
    texts = {pid: read_text(root / "proc" / str(pid) / "stat") for pid in pids}
    return {pid: parse_process_stat(text) for pid, text in texts.items() if text is not None}
