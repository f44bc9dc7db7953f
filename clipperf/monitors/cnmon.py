"""Cambricon devices through ``cnmon``: its table holds all that is wanted, and one process reads all cards.

The table is the vendor's own and known of two versions; the JSON is known from others' readers and lacks power and
processes. So the table is asked first, and the JSON only where the table of some other version cannot be read.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from typing import Callable, Mapping, Sequence

from clipperf.monitors.ask_program import ask_program
from clipperf.monitors.cnmon_json import FILE, cards_in
from clipperf.monitors.cnmon_table import CardRow, CardTable, card_table_in
from clipperf.monitors.device import DeviceLook, DeviceMonitor, DeviceReading, MonitorFacts, never
from clipperf.monitors.visible_devices import id_on_host

TIMEOUT_S = 5.0
"""Of one query, which takes some 0.1 s on a host that works."""

_MOST_BYTES = 1_000_000
_VISIBLE = "MLU_VISIBLE_DEVICES"


class Cnmon(DeviceMonitor):
    """Has no word for health: cnmon's table tells errors of memory, where that has a check, and nothing else."""

    tells_health = False

    def __init__(self, settings: Mapping[str, str] = os.environ) -> None:
        self._settings = settings

    def probe(self) -> MonitorFacts:
        """Whether cnmon is here, its version, and the cards that it shows."""
        answer = ask_program(["cnmon"], TIMEOUT_S)
        if answer.is_absent:
            return MonitorFacts(is_installed=False)
        table = card_table_in(answer.text)
        cards = table.rows or self._json(never)[0]
        problem = "" if cards else answer.problem or "cnmon: it shows no card in a layout that is known."
        return MonitorFacts(True, table.version, tuple(sorted(cards, key=int)), problem)

    def read(self, device_ids: Sequence[str], is_over: Callable[[], bool] = never) -> DeviceLook:
        """Utilisation, memory, power, temperature and, since the table has them, processes."""
        began_ns = time.monotonic_ns()
        answer = ask_program(["cnmon"], TIMEOUT_S, is_over)
        at_ns = (began_ns + time.monotonic_ns()) // 2
        table = card_table_in(answer.text)
        rows, cost_s = table.rows, answer.processor_s
        is_last = answer.is_absent or answer.is_mute
        if not rows and not is_last and not is_over():
            rows, json_cost_s = self._json(is_over)
            cost_s += json_cost_s
        readings = {}
        for device in device_ids:
            card = id_on_host(device, _VISIBLE, self._settings)
            if card is not None and card in rows:
                readings[device] = _reading(at_ns, rows[card], table, card)
        problem = answer.problem
        missing = [device for device in device_ids if device not in readings]
        if missing and not problem and not is_over():
            problem = f"cnmon: device {', '.join(missing)} is not in it, or its layout is not known."
        return DeviceLook(readings, cost_s, problem, is_last)

    def inspect(self, device_ids: Sequence[str]) -> DeviceLook:
        """The same."""
        return self.read(device_ids)

    def _json(self, is_over: Callable[[], bool]) -> tuple[Mapping[str, CardRow], float]:
        """The cards of the JSON file, and what it cost."""
        with tempfile.TemporaryDirectory(prefix="clipperf-") as folder:
            answer = ask_program(["cnmon", "info", "-j"], TIMEOUT_S, is_over, Path(folder))
            try:
                with (Path(folder) / FILE).open(encoding="utf-8", errors="replace") as file:
                    text = file.read(_MOST_BYTES)
            except OSError:
                text = ""
        return cards_in("" if answer.problem else text), answer.processor_s


def _reading(at_ns: int, row: CardRow, table: CardTable, card: str) -> DeviceReading:
    return DeviceReading(
        at_ns=at_ns,
        util_pct=row.util_pct,
        memory_mb=row.memory_mb,
        power_w=row.power_w,
        temperature_c=row.temperature_c,
        processes=None if table.processes is None else table.processes.get(card, ()),
    )
