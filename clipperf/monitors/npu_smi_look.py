"""One look at some chips through ``npu-smi``: the queries that it takes, what they cost, and what they gave so far."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Callable, Iterable, Sequence

from clipperf.monitors.ask_program import ask_program
from clipperf.monitors.device import DeviceReading
from clipperf.monitors.npu_smi_map import Chip

TIMEOUT_S = 5.0
"""Of one query, which takes some 0.1 s on a host that works; a driver that hangs keeps it for ever."""


@dataclass
class NpuSmiLook:
    """One look in the making: readings by chip, what it cost, and what went wrong first."""

    is_over: Callable[[], bool]
    readings: dict[Chip, DeviceReading] = field(default_factory=dict)
    processor_s: float = 0.0
    problem: str = ""
    is_last: bool = False
    _asked_ns: int = 0

    def begin(self, chips: Iterable[Chip]) -> None:
        """Gives each of these chips a reading that is still empty."""
        self.readings = {chip: DeviceReading(time.monotonic_ns()) for chip in chips}

    def goes_on(self) -> bool:
        """Whether there is time, and use, to ask more."""
        return not self.is_last and not self.is_over()

    def ask(self, *arguments: str) -> str:
        """What npu-smi says; empty where it says nothing, or where the look is over."""
        if not self.goes_on():
            return ""
        began_ns = time.monotonic_ns()
        answer = ask_program(["npu-smi", "info", *arguments], TIMEOUT_S, self.is_over)
        self._asked_ns = (began_ns + time.monotonic_ns()) // 2
        self.processor_s += answer.processor_s
        self.problem = self.problem or answer.problem
        # A program that hangs does so in the driver, which the measured program needs too: it is not asked again.
        self.is_last = answer.is_absent or answer.is_mute
        return answer.text

    def add(self, chip: Chip, **values: object) -> bool:
        """Fills in what the reading of a chip lacks, as of the last answer; whether anything was."""
        reading = self.readings[chip]
        new = {name: value for name, value in values.items() if value is not None and getattr(reading, name) is None}
        if new:
            self.readings[chip] = replace(reading, at_ns=self._asked_ns, **new)  # type: ignore[arg-type]
        return bool(new)

    def lacks(self, chips: Sequence[Chip], *names: str) -> bool:
        """Whether any of these chips has no value of any of these names."""
        return any(getattr(self.readings[chip], name) is None for chip in chips for name in names)
