"""Whether devices are idle: health in order, no process on them, and no work seen in several looks.

Memory and power alone are no sign: an idle Ascend 910B4 holds some 2.8 GB and takes 81 to 90 W. No work alone is none
either: the rate of the AI cores reads 0 under a virtual NPU, so a device whose processes are not told is not known to
be idle.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Callable, Sequence

from clipperf.monitors.device import DeviceLook, DeviceMonitor, DeviceReading

LOOKS = 3
PAUSE_S = 0.5
"""Between two looks: a meter that averages over a second has two of its own readings in three looks."""


@dataclass(frozen=True)
class Idleness:
    """``is_idle`` is None where it cannot be told; the others are parts of sentences, a device each.

    ``work`` is what keeps devices busy, ``illness`` what is wrong with them, ``unknown`` what was not told.
    """

    is_idle: bool | None = None
    work: tuple[str, ...] = ()
    illness: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def check_idle(
    monitor: DeviceMonitor,
    device_ids: Sequence[str],
    settle_looks: int = 0,
    sleep: Callable[[float], object] = time.sleep,
) -> Idleness:
    """What three looks say; up to ``settle_looks`` more while there is work that may be the end of one's own."""
    looks = [_inspect(monitor, device_ids)]
    while not looks[-1].is_last:
        idleness = judge_idle(looks[-LOOKS:], device_ids, monitor.tells_health)
        if len(looks) >= LOOKS and (not idleness.work or len(looks) >= LOOKS + settle_looks):
            return idleness
        sleep(PAUSE_S)
        looks.append(_inspect(monitor, device_ids))
    return judge_idle(looks[-LOOKS:], device_ids, monitor.tells_health)


def judge_idle(looks: Sequence[DeviceLook], device_ids: Sequence[str], tells_health: bool) -> Idleness:
    """The judgement over some looks; a sign of work in one of them outweighs the others."""
    work, illness, unknown = [], [], []
    for device in device_ids:
        readings = [look.readings.get(device, DeviceReading(0)) for look in looks]
        work += [f"device {device} {signs}" for signs in [_work(readings)] if signs]
        words = [reading.health for reading in readings if reading.health not in (None, "OK")]
        illness += [f"device {device} reports {words[-1]}"] if words else []
        names = ["utilisation"] if any(reading.util_pct is None for reading in readings) else []
        names += ["processes"] if any(reading.processes is None for reading in readings) else []
        names += ["health"] if tells_health and any(reading.health is None for reading in readings) else []
        unknown += [f"{', '.join(names)} of device {device}"] if names else []
    is_idle = False if work or illness else None if unknown else True
    return Idleness(is_idle, tuple(work), tuple(illness), tuple(unknown))


def _inspect(monitor: DeviceMonitor, device_ids: Sequence[str]) -> DeviceLook:
    try:
        return monitor.inspect(device_ids)
    except Exception:  # noqa: BLE001 (a monitor of the user's own must not cost a measurement)
        return DeviceLook(is_last=True)


def _work(readings: Sequence[DeviceReading]) -> str:
    """What keeps a device busy, as the end of a sentence; empty where nothing does."""
    busiest = max((reading.util_pct or 0.0 for reading in readings), default=0.0)
    processes = {process.pid: process for reading in readings for process in reading.processes or ()}
    names = [f"{one.name} (process {pid})" if one.name else f"process {pid}" for pid, one in sorted(processes.items())]
    signs = [f"runs {', '.join(names)}"] if names else []
    return " and ".join(signs + ([f"works at up to {busiest:.0f} %"] if busiest > 0 else []))
