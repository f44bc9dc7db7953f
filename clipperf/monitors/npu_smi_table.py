"""The table that ``npu-smi info`` prints without ``-t``, of any width: two rows a chip, then a block of processes.

Row one is NPU and name | health | power, temperature, huge pages; row two is chip, and on some boards another id | bus
| AI cores, memory, and on some chips HBM. What stands where follows from the table's own head alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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
from clipperf.monitors.npu_smi_map import Chip

_FIRST_HEAD = ("NPU Name", "Health", "Power(W) Temp(C) Hugepages-Usage(page)")
_SECOND_HEADS = {"Chip": 1, "Chip Device": 2, "Chip Phy-ID": 2}
_MEMORY_HEADS = {"AICore(%) Memory-Usage(MB)": 1, "AICore(%) Memory-Usage(MB) HBM-Usage(MB)": 2}
_PROCESS_HEAD = ("NPU Chip", "Process id", "Process name", "Process memory(MB)")
_NO_PROCESS = re.compile(r"\|\s*No running processes found in NPU ([0-9]{1,9})\s*\|")
_FIRST_LAST_CELL = re.compile(r"(\S+)\s+(\S+)\s+[0-9]+\s*/\s*[0-9]+")
_VERSION = re.compile(r"\|\s*npu-smi\s+\S+\s+Version:\s*(\S+)\s*\|")


@dataclass(frozen=True)
class TableRow:
    """What the two rows of a chip hold; None where a cell has no number."""

    health: str | None
    power_w: float | None
    temperature_c: float | None
    util_pct: float | None
    memory_mb: float | None


@dataclass(frozen=True)
class Table:
    """Rows by chip; ``processes`` by chip, and ``without_processes`` the NPUs that have none."""

    version: str
    rows: dict[Chip, TableRow]
    processes: dict[Chip, tuple[DeviceProcess, ...]]
    without_processes: frozenset[str]

    def processes_of(self, chip: Chip) -> tuple[DeviceProcess, ...] | None:
        """The processes of a chip, empty where its NPU is said to have none, None where neither is told."""
        if chip.npu in self.without_processes:
            return None if chip in self.processes else ()
        return self.processes.get(chip)


def table_in(text: str) -> Table:
    """What can be read of a table; empty where its head is not known."""
    lines = [line.strip() for line in complete_lines(text)]
    table = table_of(lines)
    end = next((place for place, cells in enumerate(table) if cells[:4] == _PROCESS_HEAD), len(lines))
    told = (_VERSION.fullmatch(line) for line in lines[:end])
    none = (_NO_PROCESS.fullmatch(line) for line in lines[end:])
    processes: dict[Chip, tuple[DeviceProcess, ...]] = {}
    for chip, process in filter(None, map(_process, table[end:])):
        processes[chip] = (*processes.get(chip, ()), process)
    return Table(
        version=next((found[1] for found in told if found), ""),
        rows=_rows(table[:end]),
        processes=processes,
        without_processes=frozenset(found[1] for found in none if found),
    )


def _rows(table: list[Cells]) -> dict[Chip, TableRow]:
    """The rows under a head that is known, those of a chip that stands there twice left out."""
    head = next((place for place, cells in enumerate(table) if cells == _FIRST_HEAD), len(table))
    second = table[head + 1] if head + 1 < len(table) else ()
    if len(second) != 3 or second[1] != "Bus-Id":
        return {}
    ids, memories = _SECOND_HEADS.get(second[0], 0), _MEMORY_HEADS.get(second[2], 0)
    found: dict[Chip, list[TableRow]] = {}
    upper: Cells | None = None
    for cells in table[head + 2 :] if ids and memories else []:
        row = None if upper is None or len(cells) != 3 else _row(upper, cells, ids, memories)
        if row is not None:
            found.setdefault(row[0], []).append(row[1])
        upper = cells if row is None and len(cells) == 3 else None
    return {chip: rows[0] for chip, rows in found.items() if len(rows) == 1}


def _row(first: Cells, second: Cells, ids: int, memories: int) -> tuple[Chip, TableRow] | None:
    npu = re.fullmatch(r"([0-9]{1,9}) \S.*", first[0])
    chip = re.fullmatch(r"([0-9]{1,9})" + r" [0-9]{1,9}" * (ids - 1), second[0])
    upper = _FIRST_LAST_CELL.fullmatch(first[2])
    lower = re.fullmatch(r"(\S+)" + r"\s+([0-9]{1,9})\s*/\s*([0-9]{1,9})" * memories, second[2])
    if npu is None or chip is None or upper is None or lower is None or not re.fullmatch("[A-Za-z]+", first[1]):
        return None
    # The last pair is HBM where there is such a column; a chip without any shows 0 of 0.
    pairs = [(lower[2 * place], lower[2 * place + 1]) for place in range(memories, 0, -1)]
    used, total = next((pair for pair in pairs if int(pair[1]) > 0), ("", "0"))
    row = TableRow(
        health=None if first[1] == "NA" else first[1],
        power_w=watts_in(upper[1]),
        temperature_c=celsius_in(upper[2]),
        util_pct=percent_in(lower[1]),
        memory_mb=megabytes_in(used) if used and int(used) <= int(total) else None,
    )
    return Chip(npu[1], chip[1]), row


def _process(cells: Cells) -> tuple[Chip, DeviceProcess] | None:
    if len(cells) not in (len(_PROCESS_HEAD), len(_PROCESS_HEAD) + 1):
        return None
    place = re.fullmatch(r"([0-9]{1,9}) ([0-9]{1,9})", cells[0])
    if place is None or not re.fullmatch("[0-9]{1,10}", cells[1]):
        return None
    return Chip(place[1], place[2]), DeviceProcess(int(cells[1]), cells[2], megabytes_in(cells[3]))
