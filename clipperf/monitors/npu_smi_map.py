"""``npu-smi info -m``: which NPU and chip a device id of the runtime is.

``npu-smi`` counts boards (NPU ID) and the chips on each (Chip ID), and these are what ``-i`` and ``-c`` take; a runtime
and ais_bench's ``--device`` count by Chip Logic ID. Neither follows from the other: boards are numbered by their slots.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from clipperf.monitors.device_text import complete_lines

_COLUMNS = ("NPU ID", "Slot ID", "Chip ID", "Chip Logic ID", "Chip Phy-ID", "Chip Name")
"""Newer products add columns; a header with any other name in it is not read."""

_WANTED = ("NPU ID", "Chip ID", "Chip Logic ID")
_HEAD = re.compile("|".join(sorted(map(re.escape, _COLUMNS), key=len, reverse=True)))


@dataclass(frozen=True)
class Chip:
    """A chip by npu-smi's two numbers."""

    npu: str
    chip: str


def chips_by_device(text: str) -> dict[str, Chip]:
    """The chips by device id; controllers, whose logic id is ``-``, left out, and ids that stand there twice."""
    columns: list[str] = []
    found: dict[str, Chip] = {}
    twice = set()
    for line in complete_lines(text):
        heads = _HEAD.findall(line)
        if heads:
            is_known = not _HEAD.sub("", line).strip() and set(_WANTED) <= set(heads) and heads[-1] == "Chip Name"
            columns = heads if is_known and len(set(heads)) == len(heads) else []
            continue
        cells = dict(zip(columns, line.split(None, max(0, len(columns) - 1))))
        numbers = [cells.get(name, "") for name in _WANTED]
        if len(cells) == len(columns) > 0 and all(re.fullmatch("[0-9]{1,9}", number) for number in numbers):
            npu, chip, device = numbers
            twice.update([device] if device in found else [])
            found[device] = Chip(npu, chip)
    return {device: chip for device, chip in found.items() if device not in twice}
