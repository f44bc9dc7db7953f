"""Sophon devices: utilisation, power and temperature from the driver's files, memory from bm-smi, processes from its
table.

bm-smi is a process of its own at every question, so that it is asked for what only it knows. Its text format is for
PCIe cards; its table is drawn with ncurses and can be had as a file alone.
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Callable, Mapping, Sequence

from clipperf.monitors.ask_program import Answer, ask_program
from clipperf.monitors.bm_smi import driver_files
from clipperf.monitors.bm_smi.table import Table, table_in
from clipperf.monitors.bm_smi.text_lines import ChipLine, chips_in, health_in
from clipperf.monitors.container import container
from clipperf.monitors.device import DeviceLook, DeviceMonitor, DeviceReading, MonitorFacts, never

TIMEOUT_S = 5.0
"""Of one question, which takes some 0.1 s on a host that works."""

_FILE = "table.txt"
_MOST_BYTES = 1_000_000
_OFF = (
    "The driver does not count how busy device {devices} is: as root, write 1 to npu_usage_enable beside its npu_usage "
    "in /sys/class."
)


class BmSmi(DeviceMonitor):
    """Remembers what was asked in vain: bm-smi's text format is refused on some boards."""

    def __init__(self, root: Path = Path("/"), settings: Mapping[str, str] = os.environ) -> None:
        self._root, self._settings = root, settings
        self._has_text = True

    def probe(self) -> MonitorFacts:
        """Whether driver or bm-smi are here, the driver's version, and the devices that it has."""
        found = driver_files.devices(self._root)
        table, answer = self._table(never)
        if answer.is_absent and not found:
            return MonitorFacts(is_installed=False)
        listed = tuple(sorted(found or table.rows, key=int))
        problem = "" if listed else answer.problem or "bm-smi: it shows no device in a layout that is known."
        return MonitorFacts(True, driver_files.release_of(self._root) or table.version, listed, problem)

    def read(self, device_ids: Sequence[str], is_over: Callable[[], bool] = never) -> DeviceLook:
        """Utilisation, memory, power and temperature."""
        readings, problem = self._from_files(device_ids)
        lacking = [device for device, reading in readings.items() if _lacks(reading)]
        if driver_files.is_soc(self._root) or not self._has_text or not lacking:
            return self._finished(readings, device_ids, 0.0, problem)
        began_ns = time.monotonic_ns()
        answer = self._text(lacking, is_over)
        at_ns = (began_ns + time.monotonic_ns()) // 2
        chips = chips_in(answer.text)
        self._has_text = bool(chips) or is_over()
        readings = {
            device: _filled(reading, chips[device], at_ns) if device in chips else reading
            for device, reading in readings.items()
        }
        is_last = answer.is_mute or (answer.is_absent and not any(map(_tells, readings.values())))
        return self._finished(readings, device_ids, answer.processor_s, problem or answer.problem, is_last)

    def inspect(self, device_ids: Sequence[str]) -> DeviceLook:
        """The same, and health and processes."""
        look = self.read(device_ids)
        if look.is_last:
            return look
        began_ns = time.monotonic_ns()
        table, answer = self._table(never)
        at_ns = (began_ns + time.monotonic_ns()) // 2
        readings: dict[str, DeviceReading] = {}
        for device in device_ids:
            reading = look.readings.get(device, DeviceReading(at_ns))
            status = driver_files.status_of(self._root, device)
            if status is not None and reading.health is None:
                reading = replace(reading, health=health_in(status))
            if device in table.rows:
                reading = _filled(reading, table.rows[device], at_ns)
            if table.processes is not None and device in (table.rows or readings):
                seen = table.processes.get(device, ())
                # Processes of other containers are left out of the block, which is empty then.
                is_known = bool(seen) or container(self._root, self._settings) is None
                reading = replace(reading, processes=seen if is_known else None)
            if _tells(reading):
                readings[device] = reading
        return DeviceLook(readings, look.processor_s + answer.processor_s, look.problem, answer.is_mute)

    def _from_files(self, device_ids: Sequence[str]) -> tuple[dict[str, DeviceReading], str]:
        folders, off = driver_files.devices(self._root), []
        readings: dict[str, DeviceReading] = {}
        for device in device_ids:
            at_ns = time.monotonic_ns()
            usage = driver_files.usage_of(folders[device]) if device in folders else driver_files.Usage()
            power = driver_files.power_of(self._root, device)
            off += [device] if usage.is_off else []
            readings[device] = DeviceReading(
                at_ns=at_ns,
                util_pct=usage.util_pct,
                power_w=power.watts,
                temperature_c=driver_files.temperature_of(self._root, device),
                meter=power.meter,
            )
        return readings, _OFF.format(devices=", ".join(off)) if off else ""

    def _text(self, device_ids: Sequence[str], is_over: Callable[[], bool]) -> Answer:
        numbers = [int(device) for device in device_ids if device.isdecimal()]
        if not numbers:
            return Answer("")
        places = [f"--start_dev={min(numbers)}", f"--last_dev={max(numbers)}"]
        return ask_program(["bm-smi", *places, "--text_format"], TIMEOUT_S, is_over)

    def _table(self, is_over: Callable[[], bool]) -> tuple[Table, Answer]:
        """bm-smi appends to its file, so that it gets a folder of its own."""
        with tempfile.TemporaryDirectory(prefix="clipperf-") as folder:
            answer = ask_program(["bm-smi", "--noloop", f"--file={_FILE}"], TIMEOUT_S, is_over, Path(folder))
            try:
                with (Path(folder) / _FILE).open(encoding="utf-8", errors="replace") as file:
                    text = file.read(_MOST_BYTES)
            except OSError:
                text = ""
        return table_in("" if answer.problem else text), answer

    def _finished(
        self,
        readings: Mapping[str, DeviceReading],
        device_ids: Sequence[str],
        cost_s: float,
        problem: str,
        is_last: bool = False,
    ) -> DeviceLook:
        """A question that was refused is no problem where the files told all that is wanted."""
        told = {device: reading for device, reading in readings.items() if _tells(reading)}
        missing = [device for device in device_ids if device not in told]
        if missing:
            problem = problem or f"Sophon's driver and bm-smi tell nothing of device {', '.join(missing)}."
        is_short = bool(missing) or is_last or any(map(_lacks, told.values()))
        return DeviceLook(told, cost_s, problem if is_short else "", is_last)


def _lacks(reading: DeviceReading) -> bool:
    return None in (reading.util_pct, reading.memory_mb, reading.temperature_c)


def _tells(reading: DeviceReading) -> bool:
    told = (reading.util_pct, reading.memory_mb, reading.power_w, reading.temperature_c, reading.health)
    return reading.processes is not None or any(value is not None for value in told)


def _filled(reading: DeviceReading, chip: ChipLine, at_ns: int) -> DeviceReading:
    """What the reading lacks, from bm-smi, as of when that answered."""
    own = {
        name: getattr(chip, name)
        for name in ("util_pct", "memory_mb", "temperature_c", "health")
        if getattr(reading, name) is None and getattr(chip, name) is not None
    }
    return replace(reading, at_ns=at_ns, **own) if own else reading
