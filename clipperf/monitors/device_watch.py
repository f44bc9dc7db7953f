"""Watches devices while something is measured on them: a look every now and then, in a thread, at a known cost."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Sequence

from clipperf.monitors import load_monitor
from clipperf.monitors.device import DeviceLook, DeviceMonitor

PERIOD_S = 0.5
"""From the end of a look to the next: the meters of the boards themselves are no faster than a few times a second."""

MOST_COST_SHARE = 0.05
"""Of one core. The monitor's programs run on the host, beside threads that mostly wait for the device; an even
scheduler takes 5 % of a core from one of the many that a host of accelerators has. Watching the host itself may take
1 %, as it can do with less; a vendor's program starts, loads its libraries and opens the driver at every question."""

_PATIENCE_S = 3.0  # a killed program is waited for for 2 s


@dataclass(frozen=True)
class DeviceRecord:
    """What a watch saw: all looks, the part of one core that it took, and what went wrong, in a sentence."""

    looks: tuple[DeviceLook, ...] = ()
    own_cost_share: float = 0.0
    problem: str = ""


class DeviceWatch:
    """Watches some devices from ``start`` to ``stop``; leaving a ``with`` ends it too.

    The pauses grow with what the looks cost, so that the watch stays within its share of a core in a window that is
    long enough. Whatever the monitor does, nothing is raised and nothing is waited for: a program that runs at the end
    is killed, one that hung is not asked again.
    """

    def __init__(self, monitor: DeviceMonitor, device_ids: Sequence[str], period_s: float = PERIOD_S) -> None:
        self._monitor, self._device_ids, self._period_s = monitor, tuple(device_ids), period_s
        self._looks: list[DeviceLook] = []
        self._problem = ""
        self._cost_s = 0.0
        self._began_ns = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look_again, name="device-watch", daemon=True)

    def start(self) -> None:
        """Begins to look; called once."""
        self._began_ns = time.monotonic_ns()
        self._thread.start()

    def stop(self) -> DeviceRecord:
        """What was seen since ``start``; called once."""
        lasted_s = max(1e-9, (time.monotonic_ns() - self._began_ns) * 1e-9)
        self.close()
        return DeviceRecord(tuple(self._looks), self._cost_s / lasted_s, self._problem)

    def close(self) -> None:
        """Ends the looking without a record, as when the measurement failed; may be called again."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(_PATIENCE_S)

    def __enter__(self) -> DeviceWatch:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _look_again(self) -> None:
        pause_s = 0.0
        while not self._ended.wait(pause_s):
            began_ns = time.thread_time_ns()
            try:
                look = self._monitor.read(self._device_ids, self._ended.is_set)
            except Exception as error:  # noqa: BLE001 (a monitor of the user's own must not cost a measurement)
                self._problem = f"The device monitor raised {type(error).__name__}: {error}."
                return
            cost_s = look.processor_s + (time.thread_time_ns() - began_ns) * 1e-9
            self._cost_s += cost_s
            if self._ended.is_set():
                # Cut short, or finished after the window: not a look at what is measured.
                return
            self._looks.append(look)
            self._problem = self._problem or look.problem
            if look.is_last:
                return
            pause_s = max(self._period_s, cost_s / MOST_COST_SHARE)


def watch_devices(monitor: str, device_ids: Sequence[str]) -> DeviceWatch:
    """A watch by the monitor of that name; one that sees nothing where the name is empty. Raises UnknownMonitor."""
    return DeviceWatch(load_monitor(monitor), device_ids)
