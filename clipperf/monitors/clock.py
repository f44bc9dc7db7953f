"""The clock that everything is measured with: where the kernel takes it from, and how finely it steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from clipperf.monitors.text_file import read_number, read_text

if TYPE_CHECKING:
    from pathlib import Path

_READS = 2000


def clock_source(root: Path) -> str | None:
    """The kernel's clock source, such as ``tsc``; with some others every reading is a system call."""
    return read_text(root / "sys/devices/system/clocksource/clocksource0/current_clocksource")


def timer_slack_ns(root: Path) -> int | None:
    """How late the kernel may end a sleep of this thread in order to end several at once."""
    return read_number(root / "proc/self/timerslack_ns")


def clock_step_ns(read_ns: Callable[[], int]) -> int | None:
    """The least step between two readings that differ: resolution or cost of a reading, whichever is larger."""
    instants = [read_ns() for _ in range(_READS)]
    return min((later - sooner for sooner, later in zip(instants, instants[1:]) if later > sooner), default=None)
