"""When a device is idle, when it is not, and when nobody can tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from clipperf.monitors.device import DeviceLook, DeviceMonitor, DeviceProcess, DeviceReading, NoMonitor
from clipperf.monitors.idleness import LOOKS, Idleness, check_idle, judge_idle

IDLE = DeviceReading(0, util_pct=0.0, memory_mb=2870.0, power_w=86.0, temperature_c=36.0, health="OK", processes=())
WORKING = replace(IDLE, util_pct=37.0)
TAKEN = replace(IDLE, processes=(DeviceProcess(71, "train", 900), DeviceProcess(72, "", None)))


class Scripted(DeviceMonitor):
    """Device 0 as the readings say, one a look; the last of them stays."""

    def __init__(self, *readings: DeviceReading) -> None:
        self.readings, self.asked = readings, 0

    def inspect(self, device_ids: Sequence[str]) -> DeviceLook:
        """The next look."""
        self.asked += 1
        return DeviceLook({"0": self.readings[min(self.asked, len(self.readings)) - 1]})


def checked(*readings: DeviceReading, settle_looks: int = 0) -> tuple[Idleness, int, list[float]]:
    monitor, pauses = Scripted(*readings), []
    return check_idle(monitor, ["0"], settle_looks, pauses.append), monitor.asked, pauses


def test_an_idle_device_holds_memory_and_takes_power() -> None:
    found, asked, pauses = checked(IDLE)
    assert found == Idleness(True)
    assert (asked, len(pauses)) == (LOOKS, LOOKS - 1)


@pytest.mark.parametrize("place", range(LOOKS))
def test_work_in_any_of_the_looks_is_work(place: int) -> None:
    readings = [IDLE] * LOOKS
    readings[place] = WORKING
    assert checked(*readings)[0] == Idleness(False, work=("device 0 works at up to 37 %",))


def test_processes_are_named() -> None:
    found, _, _ = checked(TAKEN)
    assert found == Idleness(False, work=("device 0 runs train (process 71), process 72",))


def test_a_device_that_is_not_in_order_is_not_idle() -> None:
    found, _, _ = checked(replace(IDLE, health="Alarm"))
    assert found == Idleness(False, illness=("device 0 reports Alarm",))


@pytest.mark.parametrize(
    ("lacking", "word"), [("util_pct", "utilisation"), ("processes", "processes"), ("health", "health")]
)
def test_what_is_not_told_is_not_idle(lacking: str, word: str) -> None:
    found, _, _ = checked(replace(IDLE, **{lacking: None}))
    assert found == Idleness(None, unknown=(f"{word} of device 0",))


def test_a_sign_of_work_counts_whatever_else_is_not_told() -> None:
    assert checked(replace(TAKEN, util_pct=None, health=None))[0].is_idle is False


def test_the_end_of_ones_own_work_is_waited_for() -> None:
    found, asked, _ = checked(TAKEN, WORKING, WORKING, IDLE, settle_looks=6)
    assert (found.is_idle, asked) == (True, 6)


def test_work_of_others_is_not_waited_for_for_ever() -> None:
    found, asked, _ = checked(WORKING, settle_looks=6)
    assert (found.is_idle, asked) == (False, LOOKS + 6)


def test_a_monitor_without_a_word_for_health() -> None:
    looks = [DeviceLook({"0": replace(IDLE, health=None)})] * LOOKS
    assert judge_idle(looks, ["0"], tells_health=False).is_idle is True
    assert judge_idle(looks, ["0"], tells_health=True).is_idle is None


def test_one_busy_device_of_a_set_makes_it_busy() -> None:
    looks = [DeviceLook({"0": IDLE, "1": WORKING})] * LOOKS
    assert judge_idle(looks, ["0", "1"], True) == Idleness(False, work=("device 1 works at up to 37 %",))


def test_without_a_monitor_nobody_can_tell_and_nobody_waits() -> None:
    pauses: list[float] = []
    assert check_idle(NoMonitor(), ["0"], sleep=pauses.append).is_idle is None
    assert pauses == []


def test_a_monitor_that_raises_tells_nothing() -> None:
    class Raising(DeviceMonitor):
        def inspect(self, device_ids: Sequence[str]) -> DeviceLook:
            raise RuntimeError("driver gone")

    found = check_idle(Raising(), ["0"])
    assert found == Idleness(None, unknown=("utilisation, processes, health of device 0",))
