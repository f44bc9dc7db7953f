"""Processor cores as devices: ``3`` is one core, ``0-1`` one device of two cores, ``0-3+8-11`` one of eight."""

from __future__ import annotations

import os
import re
from typing import Iterable

from clipperf.errors import Unsupported

_DEVICE = re.compile(r"\d{1,5}(-\d{1,5})?(\+\d{1,5}(-\d{1,5})?)*")


def available_cores() -> tuple[int, ...]:
    """The cores that this process may run on, by its affinity mask (which containers and taskset set)."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def parse_cores(device: str) -> tuple[int, ...]:
    """The cores of a device id; raises Unsupported for another form or a core that is not here."""
    if not _DEVICE.fullmatch(device):
        raise Unsupported(
            f"--device {device}: on a CPU a device is a set of cores, such as 0, 0-1 or 0-3+8-11; two devices are "
            "written 0,1."
        )
    cores: list[int] = []
    for part in device.split("+"):
        first, _, last = part.partition("-")
        if int(last or first) < int(first):
            raise Unsupported(f"--device {device}: the range {part} is empty; write the smaller core first.")
        cores.extend(range(int(first), int(last or first) + 1))
    here = available_cores()
    missing = sorted(set(cores) - set(here))
    if missing:
        raise Unsupported(
            f"--device {device}: core {', '.join(map(str, missing))} is not available to this process; available: "
            f"{format_cores(here)}."
        )
    return tuple(sorted(set(cores)))


def format_cores(cores: Iterable[int]) -> str:
    """The device id of a set of cores, ranges joined by +."""
    runs: list[list[int]] = []
    for core in sorted(set(cores)):
        if runs and core == runs[-1][1] + 1:
            runs[-1][1] = core
        else:
            runs.append([core, core])
    return "+".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
