"""Findings on the devices whose monitors are installed: what the vendor's program sees, and whether it is at rest."""

from __future__ import annotations

from clipperf.doctor.finding import Finding
from clipperf.monitors import TABLE, load_monitor
from clipperf.monitors.device import DeviceMonitor
from clipperf.monitors.idleness import Idleness, check_idle


def device_findings(python: str | None = None) -> list[Finding]:
    """A finding on each monitor whose program is installed here; of those that are not there is nothing to say.

    ``python`` is the interpreter that has the vendors' SDKs.
    """
    return [finding for name in TABLE for finding in findings_of(name, load_monitor(name, python))]


def findings_of(name: str, monitor: DeviceMonitor) -> list[Finding]:
    """The finding on a monitor, none where its program is not installed.

    A busy device is a note: which of several a run will take is not known here.
    """
    facts, subject = monitor.probe(), f"monitor {name}"
    if not facts.is_installed:
        return []
    if facts.problem:
        remedy = "See whether it works by hand as this user; without it rows tell no utilisation, power and energy."
        return [Finding(subject, "note", facts.problem, remedy)]
    idleness = check_idle(monitor, facts.devices)
    told = [facts.version] if facts.version else []
    told.append(f"device{'s' if len(facts.devices) > 1 else ''} {', '.join(facts.devices)}")
    return [judged(subject, ", ".join(told), idleness)]


def judged(subject: str, told: str, idleness: Idleness) -> Finding:
    """The finding on devices that are there."""
    seen = [*idleness.work, *idleness.illness]
    if seen:
        remedy = "Take the others (--device), or see to these; --require-idle refuses to measure on a busy device."
        return Finding(subject, "note", f"{told}; {', '.join(seen)}", remedy)
    if idleness.unknown:
        remedy = "Make sure by other means that they are idle; --require-idle refuses where nobody can tell."
        return Finding(subject, "note", f"{told}; not told: {', '.join(idleness.unknown)}", remedy)
    return Finding(subject, "ok", f"{told}, idle")
