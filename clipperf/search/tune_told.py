"""Whether anything tells the figures that a search is for: before it where that is known, else by its first rows."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from clipperf.analysis.goal import Goal
from clipperf.errors import UsageError
from clipperf.results.axes import Row
from clipperf.results.schema import MEASURED
from clipperf.sweeping.planning import Plan

_OF_DEVICES = ("energy", "qps_per_watt", "power", "device_memory")
_REMEDY = {
    **dict.fromkeys(_OF_DEVICES, "clipperf doctor says what the devices' monitor tells here"),
    "temperature": "neither the devices' monitor nor a sensor of the processor tells it here",
    "cosine": "outputs are held against a reference where --precision makes the model in another one",
}


def check_known_before(plan: Plan, goal: Goal) -> None:
    """Raises UsageError for figures of the devices where nothing watches them, as on processors."""
    if plan.facts.monitor or plan.is_by_tool:
        return
    lacking = [quantity.name for quantity in goal.quantities if quantity.name in _OF_DEVICES]
    if lacking:
        raise UsageError(
            f"{_flags(goal, lacking)}: {plan.profile.runner} names no monitor of its devices, so nobody tells "
            f"{' and '.join(lacking)} here; seek or limit another figure, or take a runner whose devices are watched."
        )


def check_told(goal: Goal, rows: Sequence[Row], runner: str, folder: Path) -> None:
    """Raises UsageError where rows have figures, but none of them one that is sought or limited."""
    measured = [row for row in rows if row["status"] in MEASURED]
    lacking = [one.name for one in goal.quantities if measured and all(one.of(row) is None for row in measured)]
    if lacking:
        hints = dict.fromkeys(_REMEDY[name] for name in lacking if name in _REMEDY)
        raise UsageError(
            f"{_flags(goal, lacking)}: none of the {len(measured)} rows measured so far tells {' and '.join(lacking)} "
            f"({runner}){''.join(f'; {hint}' for hint in hints)}. The rows are kept in {shlex.quote(str(folder))}."
        )


def _flags(goal: Goal, names: Sequence[str]) -> str:
    flags = [f"--objective {goal.quantity.name}"] if goal.quantity.name in names else []
    return " ".join([*flags, *(f"--constraint {one.text}" for one in goal.constraints if one.name in names)])
