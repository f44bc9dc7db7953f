"""The contract of a device monitor: what a vendor's own program tells of its devices, in one form.

A monitor raises nothing and guesses nothing: what its program did not say, or said in a layout that is not known, is
None. Device ids are those of the runner. To add a monitor, read this file and ``cnmon.py`` and add one line to
``__init__.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, Mapping, Sequence


@dataclass(frozen=True)
class DeviceProcess:
    """A process that has memory on a device; the id is the vendor's, which in a container may be the host's."""

    pid: int
    name: str
    memory_mb: float | None


@dataclass(frozen=True)
class Meter:
    """One meter of power for several devices of a board."""

    name: str
    devices: int


@dataclass(frozen=True)
class DeviceReading:
    """One device at the instant ``at_ns`` of the monotonic clock; None where its monitor did not tell.

    ``memory_mb`` is in the MB that the vendor's program prints. ``health`` is the vendor's word, ``OK`` where all is
    well; ``processes`` is empty where the program says that there are none. ``meter`` is None where ``power_w``
    is that of the device alone.
    """

    at_ns: int
    util_pct: float | None = None
    memory_mb: float | None = None
    power_w: float | None = None
    temperature_c: float | None = None
    health: str | None = None
    processes: tuple[DeviceProcess, ...] | None = None
    meter: Meter | None = None


@dataclass(frozen=True)
class DeviceLook:
    """What one look gave, by device id, and the processor time in s that the vendor's programs took for it.

    ``problem`` is a sentence where something could not be asked; ``is_last`` says that asking again has no use.
    """

    readings: Mapping[str, DeviceReading] = field(default_factory=dict)
    processor_s: float = 0.0
    problem: str = ""
    is_last: bool = False


@dataclass(frozen=True)
class MonitorFacts:
    """What was found here. ``problem`` is a sentence where the program is installed and does not work."""

    is_installed: bool
    version: str = ""
    devices: tuple[str, ...] = ()
    problem: str = ""


def never() -> bool:
    """That a look is not over before its end."""
    return False


class DeviceMonitor:
    """One vendor's program. ``tells_health`` is False where it has no word for it.

    ``python`` is the interpreter in which the vendor's SDK lives (``--worker-python``), None for the one at hand.
    """

    tells_health: bool = True
    python: str | None = None

    def probe(self) -> MonitorFacts:
        """Whether the program is here, its version, and the devices that it sees."""
        raise NotImplementedError

    def read(self, device_ids: Sequence[str], is_over: Callable[[], bool] = never) -> DeviceLook:
        """Utilisation, memory, power and temperature, as cheaply as they can be had.

        As soon as ``is_over`` gives True, the program that is asked just then is killed, and what there is comes back.
        """
        raise NotImplementedError

    def inspect(self, device_ids: Sequence[str]) -> DeviceLook:
        """All that ``read`` gives, and health and processes."""
        raise NotImplementedError


class NoMonitor(DeviceMonitor):
    """Stands where a runner names no monitor of its devices."""

    def probe(self) -> MonitorFacts:
        """Nothing is here."""
        return MonitorFacts(is_installed=False)

    def read(self, device_ids: Sequence[str], is_over: Callable[[], bool] = never) -> DeviceLook:
        """Nothing is told."""
        del device_ids, is_over
        return DeviceLook(is_last=True)

    def inspect(self, device_ids: Sequence[str]) -> DeviceLook:
        """Nothing is told."""
        return self.read(device_ids)
