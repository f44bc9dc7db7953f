"""The table that ``bm-smi --noloop --file=…`` writes: two rows a chip, then a block of processes.

Its columns differ between the releases, so that only what can be told by its own form is read: of the first row the
chip's number and, as its last word, the utilisation; of the second status and memory. The block of processes has no
word for "none": it is empty then, and leaves out processes whose name it cannot read, as those of other containers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Mapping

from clipperf.monitors.bm_smi.text_lines import ChipLine, health_in, memory_in, unit_in
from clipperf.monitors.device import DeviceProcess
from clipperf.monitors.device_text import Cells, complete_lines, megabytes_in, percent_in, table_of

_FIRST_HEAD = re.compile(r"TPU .*Tpu-Util")
_SECOND_HEAD = re.compile(r"Bus-ID Status .*Memory-Usage")
_FIRST = re.compile(r"([0-9]{1,4}) .* ([0-9]{1,3}%|N/A)")
_SECOND = re.compile(r"\S+ (Active|Fault) .*?([0-9]{1,9}MB) ?/ ?([0-9]{1,9}MB)")
_VERSIONS = re.compile(r"SDK Version: *(\S+) +Driver Version: *(\S+)")
_PROCESSES = re.compile(r"Processes:.*")
_PROCESS_HEAD = re.compile(r"TPU-ID PID Process name.*")
_RULE = re.compile(r"[|+]=+[|+]")
_PROCESS = re.compile(r"([0-9]{1,4})\s+([0-9]{1,10})\s+(\S.*?)\s+([0-9]{1,9})MB")


@dataclass(frozen=True)
class Table:
    """Rows and processes by device; ``processes`` is None where the block is missing, cut off or not understood."""

    version: str
    rows: Mapping[str, ChipLine]
    processes: Mapping[str, tuple[DeviceProcess, ...]] | None


def table_in(text: str) -> Table:
    """What can be read of a table; nothing where its head is not known, or where there are two."""
    lines = complete_lines(text)
    table = table_of(lines)
    begins = [place for place, cells in enumerate(table) if len(cells) == 1 and _PROCESSES.fullmatch(cells[0])]
    versions = {found.groups() for cells in table if (found := _VERSIONS.search(cells[0]))}
    if len(begins) != 1:
        return Table("", {}, None)
    version = versions.pop()[1] if len(versions) == 1 else ""
    return Table(version, _rows(table[: begins[0]]), _processes(table[begins[0] :], lines[begins[0] :]))


def _rows(table: list[Cells]) -> dict[str, ChipLine]:
    heads = [place for place, cells in enumerate(table) if len(cells) == 2 and _FIRST_HEAD.fullmatch(cells[1])]
    if len(heads) != 1:
        return {}
    second = table[heads[0] + 1 : heads[0] + 2]
    if not second or len(second[0]) != 2 or not _SECOND_HEAD.fullmatch(second[0][1]):
        return {}
    found: dict[str, list[ChipLine]] = {}
    for upper, lower in zip(table[heads[0] + 2 :], table[heads[0] + 3 :]):
        if not len(upper) == len(lower) == 2:
            continue
        first, last = _FIRST.fullmatch(upper[1]), _SECOND.fullmatch(lower[1])
        if first is not None and last is not None:
            row = ChipLine(percent_in(unit_in(first[2], "%")), memory_in(last[2], last[3]), None, health_in(last[1]))
            found.setdefault(first[1], []).append(row)
    return {device: rows[0] for device, rows in found.items() if len(rows) == 1}


def _processes(block: list[Cells], lines: list[str]) -> dict[str, tuple[DeviceProcess, ...]] | None:
    """Those seen; the block ends with an empty line, and any line in it that is no process makes all of it unclear."""
    if len(block) < 3 or not _PROCESS_HEAD.fullmatch(block[1][0]) or not _RULE.fullmatch(lines[2].strip()):
        return None
    found: dict[str, tuple[DeviceProcess, ...]] = {}
    for line in lines[3:]:
        if not line.strip():
            return found
        process = _PROCESS.fullmatch(line.strip())
        if process is None:
            return None
        one = DeviceProcess(int(process[2]), process[3], megabytes_in(process[4]))
        found[process[1]] = (*found.get(process[1], ()), one)
    return None
