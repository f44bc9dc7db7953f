"""Ascend devices through ``npu-smi``: what each needs to be asked, as few queries as will do.

Every query is a process of its own, so a look asks only what still adds something: on a 910B ``-t common`` alone, once
``-t usages`` has told the size of the memory. Where the queries by topic are refused, the table takes their place.
"""

from __future__ import annotations

import os
from typing import Callable, Mapping, Sequence

from clipperf.monitors.ask_program import ask_program
from clipperf.monitors.device import DeviceLook, DeviceMonitor, Meter, MonitorFacts, never
from clipperf.monitors.npu_smi_look import TIMEOUT_S, NpuSmiLook
from clipperf.monitors.npu_smi_map import Chip, chips_by_device
from clipperf.monitors.npu_smi_processes import processes_in
from clipperf.monitors.npu_smi_sections import sections_of
from clipperf.monitors.npu_smi_table import table_in
from clipperf.monitors.npu_smi_values import (
    Capacity,
    capacity_in,
    health_in,
    memory_in,
    power_in,
    temperature_in,
    utilisation_in,
)
from clipperf.monitors.visible_devices import id_on_host

_TOPICS = ("common", "usages", "power", "temp")
_TABLE = "table"
_WINDOW = ("util_pct", "memory_mb", "power_w", "temperature_c")
"""What is wanted of a device while something is measured on it."""

_VISIBLE = "ASCEND_RT_VISIBLE_DEVICES"


class NpuSmi(DeviceMonitor):
    """Remembers what does not change: the numbers of the chips, the size of their memory, and queries in vain."""

    def __init__(self, settings: Mapping[str, str] = os.environ) -> None:
        self._settings = settings
        self._chips: dict[str, Chip] = {}
        self._capacities: dict[Chip, Capacity] = {}
        self._in_vain: set[tuple[str, str]] = set()

    def probe(self) -> MonitorFacts:
        """Whether npu-smi is here, its version, and the device ids that it maps."""
        answer = ask_program(["npu-smi", "info", "-m"], TIMEOUT_S)
        if answer.is_absent:
            return MonitorFacts(is_installed=False)
        devices = chips_by_device(answer.text)
        problem = answer.problem
        if not problem and not devices:
            problem = "npu-smi info -m: it maps no device in a layout that is known."
        if problem:
            return MonitorFacts(is_installed=True, problem=problem)
        version = table_in(ask_program(["npu-smi", "info"], TIMEOUT_S).text).version
        return MonitorFacts(True, version, tuple(sorted(devices, key=int)))

    def read(self, device_ids: Sequence[str], is_over: Callable[[], bool] = never) -> DeviceLook:
        """Utilisation, memory, power and temperature."""
        look = NpuSmiLook(is_over)
        chips = self._find(look, device_ids)
        self._read(look, list(chips.values()))
        return self._finished(look, chips, len(chips) == len(set(device_ids)))

    def inspect(self, device_ids: Sequence[str]) -> DeviceLook:
        """The same, and health and processes."""
        look = NpuSmiLook(never)
        chips = self._find(look, device_ids)
        found = list(chips.values())
        self._read(look, found)
        for npu in _boards(found):
            text = look.ask("-t", "health", "-i", npu)
            for chip in _on(found, npu):
                look.add(chip, health=health_in(self._section(text, chip)))
                text_of_chip = look.ask("-t", "proc-mem", "-i", npu, "-c", chip.chip)
                look.add(chip, processes=processes_in(text_of_chip, npu, chip.chip))
        if found and look.lacks(found, "health", "processes"):
            table = table_in(look.ask())
            for chip in found:
                row = table.rows.get(chip)
                look.add(chip, processes=table.processes_of(chip), health=row.health if row else None)
        return self._finished(look, chips, len(chips) == len(set(device_ids)))

    def _find(self, look: NpuSmiLook, device_ids: Sequence[str]) -> dict[str, Chip]:
        """The chips of those devices that are known, each with a reading that is still empty."""
        if not self._chips:
            self._chips = chips_by_device(look.ask("-m"))
        on_host = {device: id_on_host(device, _VISIBLE, self._settings) for device in device_ids}
        chips = {device: self._chips[name] for device, name in on_host.items() if name in self._chips}
        look.begin(chips.values())
        unknown = [device for device in device_ids if device not in chips]
        if unknown and not look.problem:
            look.problem = f"npu-smi info -m: device {', '.join(unknown)} is not in it, or its layout is not known."
        return chips

    def _read(self, look: NpuSmiLook, chips: Sequence[Chip]) -> None:
        for npu in _boards(chips):
            on_board = _on(chips, npu)
            for topic in _TOPICS:
                if (npu, topic) not in self._in_vain and look.lacks(on_board, *_WINDOW):
                    text = look.ask("-t", topic, "-i", npu)
                    if not self._fill(look, text, on_board) and look.goes_on():
                        self._in_vain.add((npu, topic))
        if chips and (_TABLE, _TABLE) not in self._in_vain and look.lacks(chips, *_WINDOW):
            self._fill_from_table(look, chips)

    def _fill(self, look: NpuSmiLook, text: str, chips: Sequence[Chip]) -> bool:
        """Takes what a query by topic says of the chips of a board; whether anything was new."""
        is_new = False
        for chip in chips:
            values = self._section(text, chip)
            capacity = capacity_in(values)
            if capacity is not None:
                self._capacities[chip] = capacity
            is_new |= look.add(
                chip,
                util_pct=utilisation_in(values),
                memory_mb=memory_in(values, self._capacities.get(chip)),
                power_w=power_in(values),
                temperature_c=temperature_in(values),
            )
            if look.lacks([chip], "power_w"):
                # 310 and 310P have one meter, that of the board's controller, for all chips of the board.
                watts = power_in(sections_of(text, chip.npu).controller)
                is_new |= watts is not None and look.add(chip, power_w=watts, meter=self._meter(chip.npu))
        return is_new

    def _fill_from_table(self, look: NpuSmiLook, chips: Sequence[Chip]) -> None:
        rows, is_new = table_in(look.ask()).rows, False
        for chip in chips:
            row = rows.get(chip)
            if row is not None:
                # Of a board with several chips the table shows one power, in the row of the first.
                watts = row.power_w if len(self._devices_of(chip.npu)) == 1 else None
                is_new |= look.add(
                    chip,
                    util_pct=row.util_pct,
                    memory_mb=row.memory_mb,
                    power_w=watts,
                    temperature_c=row.temperature_c,
                )
        if not is_new and look.goes_on():
            self._in_vain.add((_TABLE, _TABLE))

    def _section(self, text: str, chip: Chip) -> Mapping[str, str]:
        """What a text says of a chip; a text that names none is about the only chip of its board."""
        sections = sections_of(text, chip.npu)
        return sections.chips.get(chip.chip) or (sections.chipless if len(self._devices_of(chip.npu)) == 1 else {})

    def _devices_of(self, npu: str) -> tuple[str, ...]:
        return tuple(device for device, chip in self._chips.items() if chip.npu == npu)

    def _meter(self, npu: str) -> Meter | None:
        devices = len(self._devices_of(npu))
        return Meter(f"NPU {npu}", devices) if devices > 1 else None

    def _finished(self, look: NpuSmiLook, chips: Mapping[str, Chip], are_all_known: bool) -> DeviceLook:
        """A question that was refused is no problem where another one told the same."""
        readings = {device: look.readings[chip] for device, chip in chips.items()}
        is_short = look.is_last or not are_all_known or look.lacks(list(chips.values()), *_WINDOW)
        return DeviceLook(readings, look.processor_s, look.problem if is_short else "", look.is_last)


def _boards(chips: Sequence[Chip]) -> list[str]:
    return list(dict.fromkeys(chip.npu for chip in chips))


def _on(chips: Sequence[Chip], npu: str) -> list[Chip]:
    return [chip for chip in chips if chip.npu == npu]
