"""``--require-idle``: nothing is measured on a device or a host that is busy, or of which nobody can tell."""

from __future__ import annotations

import time
from collections.abc import Sequence

from clipperf.errors import UsageError
from clipperf.monitors import load_monitor
from clipperf.monitors.host import ticks_per_s
from clipperf.monitors.idleness import Idleness, check_idle
from clipperf.sweeping.host_rest import RestFact, look_at_host, rest_facts
from clipperf.sweeping.planning import Plan

_LOOK_S = 1.0  # in which a tick of 10 ms is 1 % of a core


def require_idle(*plans: Plan) -> None:
    """Looks at the host, and at all devices of the plans that ask for it; raises UsageError naming what was seen.

    Where the runner names no monitor of its devices, as on processors, only the host is looked at.
    """
    asking = [plan for plan in plans if plan.profile.require_idle]
    if not asking:
        return
    look = look_at_host(lambda: time.sleep(_LOOK_S), _LOOK_S)
    problems = host_problems(rest_facts(look.readings, look.busiest, ticks_per_s()))
    wanted: dict[tuple[str, str | None], dict[str, None]] = {}
    for plan in asking:
        devices = wanted.setdefault((plan.facts.monitor, plan.profile.worker_python), {})
        devices.update(dict.fromkeys(device for case in plan.cases for device in case.device_ids))
    for (monitor, python), devices in wanted.items():
        if monitor:
            problems += device_problems(monitor, check_idle(load_monitor(monitor, python), list(devices)))
    if problems:
        raise UsageError("\n".join(f"--require-idle: {problem}" for problem in problems))


def host_problems(facts: Sequence[RestFact]) -> list[str]:
    """Sentences on what keeps the host from being at rest, by the facts that ``clipperf doctor`` judges by."""
    return [
        f"the host is not at rest, {fact.subject}: {fact.found}. {fact.warning.remedy}"
        for fact in facts
        if fact.warning is not None
    ]


def device_problems(monitor: str, idleness: Idleness) -> list[str]:
    """Sentences on devices that are busy, not in order, or not told of."""
    problems = []
    if idleness.work:
        problems.append(f"{', '.join(idleness.work)}. End those processes, or take another device (--device).")
    if idleness.illness:
        problems.append(f"{', '.join(idleness.illness)}. See to it, or take another device (--device).")
    if idleness.unknown:
        problems.append(
            f"the monitor {monitor} does not tell {', '.join(idleness.unknown)}, so that nobody knows whether it is "
            "idle. See whether the vendor's program works by hand as this user, or leave --require-idle out."
        )
    return problems
