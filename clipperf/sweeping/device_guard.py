"""The devices of a run and the monitor that tells of them: before a case, and while it is measured."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from clipperf.measure.device_checks import (
    check_device_health,
    check_device_reading,
    check_device_watch,
    check_device_work,
    check_shared_meter,
)
from clipperf.measure.row_warning import RowWarning
from clipperf.monitors import load_monitor
from clipperf.monitors.device import DeviceLook
from clipperf.monitors.device_readings import DeviceReadings, readings_over
from clipperf.monitors.device_watch import MOST_COST_SHARE, DeviceRecord, DeviceWatch
from clipperf.monitors.idleness import Idleness, check_idle
from clipperf.results.reported import Reported

_SETTLE_LOOKS = 6
"""Some 3 s more for the end of one's own last case: meters average, and a driver takes a while to drop a process."""


class DeviceGuard:
    """Looks at devices before a case and watches them during it; tells nothing where the monitor's name is empty.

    One for a run: the monitor learns which questions its devices answer. ``python`` is the interpreter that has the
    vendor's SDK. Raises UnknownMonitor.
    """

    def __init__(self, monitor: str, python: str | None) -> None:
        self._monitor = load_monitor(monitor, python)
        self.idleness = Idleness()

    def look_before(self, device_ids: Sequence[str]) -> Idleness:
        """Whether the devices are idle; called while nothing of the run is on them. It is kept as ``idleness``."""
        self.idleness = check_idle(self._monitor, device_ids, _SETTLE_LOOKS)
        return self.idleness

    def watch(self, device_ids: Sequence[str]) -> DeviceWatch:
        """A watch for a ``with`` round a measurement; its ``stop`` gives the record, from which a window is cut."""
        return DeviceWatch(self._monitor, device_ids)


def device_columns(readings: DeviceReadings, window_s: float, samples: int) -> dict[str, Any]:
    """What the devices did in the window of a row; energy only where power was read all over the window."""
    energy_j = readings.power_w * window_s if readings.power_w is not None and readings.is_power_covered else None
    columns = {
        "device_util_pct": readings.util_pct,
        "device_memory_mb": readings.memory_mb,
        "power_w": readings.power_w,
        "energy_j_per_sample": None if energy_j is None or not samples else energy_j / samples,
        "temperature_c": readings.temperature_c,
    }
    # What is not told leaves the column to whoever else knows it: the host's sensor, or a vendor's tool.
    return {name: value for name, value in columns.items() if value is not None}


def tool_device_columns(looks: Sequence[DeviceLook], device_ids: Sequence[str], found: Reported) -> dict[str, Any]:
    """What the devices did while a vendor's tool measured.

    Where it is not known when it measured, only what was the most on them from the loading of the model to the end:
    means, and so power and energy, would be those of the loading as well.
    """
    if found.measured_ns is not None:
        begin_ns, end_ns = found.measured_ns
        window_s = (end_ns - begin_ns) * 1e-9
        readings = readings_over(looks, device_ids, begin_ns, end_ns)
        return device_columns(readings, window_s, round((found.values.get("qps") or 0.0) * window_s))
    readings = readings_over(looks, device_ids, 0, time.monotonic_ns())
    columns = {"device_memory_mb": readings.memory_mb, "temperature_c": readings.temperature_c}
    return {name: value for name, value in columns.items() if value is not None}


def device_warnings(idleness: Idleness, record: DeviceRecord, readings: DeviceReadings) -> tuple[RowWarning, ...]:
    """The warnings of a case by its devices."""
    found = (
        check_device_work(idleness.work),
        check_device_health(idleness.illness),
        check_device_reading(record.problem),
        check_shared_meter(readings.strangers),
        check_device_watch(record.own_cost_share, MOST_COST_SHARE),
    )
    return tuple(warning for warning in found if warning is not None)
