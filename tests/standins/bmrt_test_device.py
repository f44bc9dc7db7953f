"""The device of the stand-in for bmrt_test: it takes the time that its model says, and writes down what it did."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

COLD = 10
"""The first launch takes so many times as long."""


@dataclass(frozen=True)
class Times:
    """One turn in us: copies and preparation, the total of the launches, and their averages by the two clocks."""

    load_us: int
    prepare_us: int
    calculate_us: int
    launch_us: int
    npu_us: int
    fetch_us: int
    groups: int


class Device:
    """Executes one launch after the other; groups of cores at the same time."""

    def __init__(self, number: int, launches: int, groups: int, model: Mapping[str, Any]) -> None:
        self._number, self._launches, self._groups = number, launches, groups
        self._us_per_sample, self._copy_us = model["us_per_sample"], model.get("copy_us", 100)
        self._turns: list[dict[str, Any]] = []

    def turn(self, net: str, stage: int, loop: int, shapes: Sequence[Sequence[int]]) -> Times:
        """Copies in, executes as often as asked, copies out."""
        _wait(self._copy_us)
        begin_ns = time.monotonic_ns()
        wanted_us = self._us_per_sample * shapes[0][0]
        for launch in range(self._launches):
            _wait(wanted_us * (COLD if loop == launch == 0 else 1))
        end_ns = time.monotonic_ns()
        _wait(self._copy_us)
        took_us = (end_ns - begin_ns) // 1000
        self._turns.append({"net": net, "stage": stage, "loop": loop, "begin_ns": begin_ns, "end_ns": end_ns})
        mean_us = took_us // self._launches
        return Times(self._copy_us, 50, took_us, mean_us, mean_us * 9 // 10, self._copy_us, self._groups)

    def write_ledger(self) -> None:
        """One file a process."""
        if ledger := os.environ.get("BMRT_LEDGER"):
            with open(f"{ledger}-{self._number}-{os.getpid()}.json", "w", encoding="utf-8") as file:
                json.dump({"device": self._number, "launches": self._launches, "turns": self._turns}, file)


def _wait(us: float) -> None:
    """Long pauses asleep, since the processor may have few cores, and the end of them awake."""
    end_ns = time.monotonic_ns() + int(us * 1000)
    if us > 500:
        time.sleep((us - 300) / 1e6)
    while time.monotonic_ns() < end_ns:
        pass
