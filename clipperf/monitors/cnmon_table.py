"""The table that ``cnmon`` prints, as of versions 4 and 5: two rows a card, then a block of processes.

Row one is card, VF, name, firmware | … | utilisation, ECC; row two is fan, temperature, power | memory | …. What is in
the cells that differ between the versions (Inited and Driver, or Bus-Id) is not needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Mapping

from clipperf.monitors.device import DeviceProcess
from clipperf.monitors.device_text import (
    Cells,
    celsius_in,
    complete_lines,
    megabytes_in,
    percent_in,
    table_of,
    watts_in,
)

_FIRST_HEAD = ("Card VF Name Firmware", "Util Ecc-Error")
_SECOND_HEAD = ("Fan Temp Pwr:Usage/Cap", "Memory-Usage")
_FIRST = re.compile(r"([0-9]{1,4}) / \S.*")
_UTIL = re.compile(r"([0-9]{1,3})% \S+")
_SENSORS = re.compile(r"\S+ (?:(-?[0-9]{1,3})C|N/A) (?:([0-9]{1,4}) ?W|N/A) ?/ ?(?:[0-9]{1,4} ?W|N/A)")
_MEMORY = re.compile(r"([0-9]{1,9}) ?MiB ?/ ?([0-9]{1,9}) ?MiB")
_PROCESS_HEAD = re.compile(r"Card (?:VF|MI) PID Command Line MLU Memory Usage")
_PROCESS = re.compile(r"([0-9]{1,4}) \S+ ([0-9]{1,10}) (\S.*?) ([0-9]{1,9}) ?MiB")
_NO_PROCESS = "No running processes found"
_VERSION = re.compile(r"CNMON v([0-9.]+)")


@dataclass(frozen=True)
class CardRow:
    """What the two rows of a card hold; None where a cell has no number. Memory in MiB."""

    util_pct: float | None
    memory_mb: float | None
    power_w: float | None
    temperature_c: float | None


@dataclass(frozen=True)
class CardTable:
    """Rows and processes by card; ``processes`` is None where the block is missing, cut off or not understood."""

    version: str
    rows: Mapping[str, CardRow]
    processes: Mapping[str, tuple[DeviceProcess, ...]] | None


def card_table_in(text: str) -> CardTable:
    """What can be read of a table; empty where its head is not known."""
    table = table_of(complete_lines(text))
    end = next((place for place, cells in enumerate(table) if cells == ("Processes:",)), len(table))
    told = (_VERSION.match(cells[0]) for cells in table[:end])
    return CardTable(next((found[1] for found in told if found), ""), _rows(table[:end]), _processes(table[end:]))


def _rows(table: list[Cells]) -> dict[str, CardRow]:
    """The rows under a head that is known, those of a card that stands there twice left out.

    A card that is split into virtual functions has rows of its own for each: those have a number where ``/`` is.
    """
    heads = [place for place, cells in enumerate(table) if (cells[0], cells[-1]) == _FIRST_HEAD and len(cells) == 3]
    if len(heads) != 1 or table[heads[0] + 1 : heads[0] + 2] == [] or table[heads[0] + 1][:2] != _SECOND_HEAD:
        return {}
    found: dict[str, list[CardRow]] = {}
    for upper, lower in zip(table[heads[0] + 2 :], table[heads[0] + 3 :]):
        first = _FIRST.fullmatch(upper[0])
        util, sensors = _UTIL.fullmatch(upper[-1]), _SENSORS.fullmatch(lower[0])
        if first is None or util is None or sensors is None or not len(upper) == len(lower) == 3:
            continue
        memory = _MEMORY.fullmatch(lower[1])
        is_possible = memory is not None and int(memory[1]) <= int(memory[2])
        row = CardRow(
            util_pct=percent_in(util[1]),
            memory_mb=megabytes_in(memory[1]) if memory is not None and is_possible else None,
            power_w=watts_in(sensors[2]),
            temperature_c=celsius_in(sensors[1]),
        )
        found.setdefault(first[1], []).append(row)
    return {card: rows[0] for card, rows in found.items() if len(rows) == 1}


def _processes(block: list[Cells]) -> dict[str, tuple[DeviceProcess, ...]] | None:
    """The processes by card: those seen, or none where the block says so and has its end; None in between."""
    bodies = [cells[0] for cells in block[1:]]
    if not bodies or not _PROCESS_HEAD.fullmatch(bodies[0]):
        return None
    found: dict[str, tuple[DeviceProcess, ...]] = {}
    says_none, is_clear, has_end = False, True, False
    for body in bodies[1:]:
        process = _PROCESS.fullmatch(body)
        if process is not None:
            one = DeviceProcess(int(process[2]), process[3], megabytes_in(process[4]))
            found[process[1]] = (*found.get(process[1], ()), one)
        elif body == _NO_PROCESS:
            says_none = True
        elif body.startswith("+-"):
            has_end = True
            break
        else:
            is_clear = is_clear and not body.strip("=")
    if not is_clear or not has_end or says_none == bool(found):
        return None
    return found
