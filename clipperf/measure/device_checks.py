"""Checks of the devices before and during a window, as their monitor told them. Each gives a warning or None.

What was seen comes as parts of sentences, a device each; nothing seen is never a warning.
"""

from __future__ import annotations

from typing import Sequence

from clipperf.measure.row_warning import RowWarning


def check_device_work(work: Sequence[str]) -> RowWarning | None:
    """Whether a device ran processes or worked before the case, when nothing of clipperf's was on it."""
    if not work:
        return None
    return RowWarning(
        "device-busy",
        f"Before the case, {', '.join(work)}: what was measured shared the device.",
        "End those processes, or take another device (--device); --require-idle refuses to measure on a busy one.",
    )


def check_device_health(illness: Sequence[str]) -> RowWarning | None:
    """Whether a device reported before the case that it is not in order."""
    if not illness:
        return None
    return RowWarning(
        "device-health",
        f"Before the case, {', '.join(illness)}: it may run slower than it should, or fail.",
        "Look up its error code with the vendor's program, or take another device (--device).",
    )


def check_device_reading(problem: str) -> RowWarning | None:
    """Whether the devices' monitor could be asked for all that it should tell."""
    if not problem:
        return None
    return RowWarning(
        "device-unread",
        f"What the devices did is not fully known. {problem}",
        "See whether the vendor's program works by hand as this user; in a container it has to be mounted into it.",
    )


def check_shared_meter(strangers: int) -> RowWarning | None:
    """Whether power and energy are those of a board with more chips than were measured."""
    if strangers <= 0:
        return None
    chips = "1 chip" if strangers == 1 else f"{strangers} chips"
    return RowWarning(
        "shared-meter",
        f"The board has one meter for all its chips: its power holds that of {chips} that the case did not use.",
        "Measure all chips of the board together (--device 0,1), or read power and energy as the board's.",
    )


def check_device_watch(own_cost_share: float, most_share: float) -> RowWarning | None:
    """Whether watching the host took more than 1 % of a core, or watching the devices more than 5 %."""
    if own_cost_share <= most_share:
        return None
    return RowWarning(
        "monitor-cost",
        f"Watching the devices took {100 * own_cost_share:.1f} % of one core; the vendor's program is slow to ask.",
        "Measure for longer (--duration 30): the dearer a look, the longer the pauses that the watch makes.",
    )
