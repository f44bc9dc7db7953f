"""The watch as a thread, over monitors that the tests hold in their hands."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from device_programs import npu_smi

from clipperf.monitors import UnknownMonitor, load_monitor
from clipperf.monitors.device import DeviceLook, DeviceMonitor, DeviceReading, never
from clipperf.monitors.device_watch import MOST_COST_SHARE, DeviceWatch, watch_devices

PATIENCE_S = 10


class Scripted(DeviceMonitor):
    """Gives one look after the other, and tells when the last of them has been taken."""

    def __init__(self, looks: Sequence[DeviceLook | Exception]) -> None:
        self.looks, self.taken, self.exhausted = list(looks), 0, threading.Event()

    def read(self, device_ids: Sequence[str], is_over: Callable[[], bool] = never) -> DeviceLook:
        """The next look; at the end of the script it waits until the watch is over."""
        if self.taken == len(self.looks):
            self.exhausted.set()
            while not is_over():
                threading.Event().wait(0.001)
            return DeviceLook(processor_s=0.25)
        self.taken += 1
        look = self.looks[self.taken - 1]
        if self.taken == len(self.looks) and (isinstance(look, Exception) or look.is_last):
            self.exhausted.set()
        if isinstance(look, Exception):
            raise look
        return look


def looks(number: int) -> list[DeviceLook]:
    return [DeviceLook({"0": DeviceReading(at)}, processor_s=1e-9) for at in range(number)]


def watched(monitor: Scripted, period_s: float = 0.0) -> DeviceWatch:
    watch = DeviceWatch(monitor, ["0"], period_s)
    watch.start()
    assert monitor.exhausted.wait(PATIENCE_S)
    return watch


def test_every_look_is_in_the_record_but_the_one_that_was_cut_short() -> None:
    monitor = Scripted(looks(4))
    record = watched(monitor).stop()
    assert [look.readings["0"].at_ns for look in record.looks] == [0, 1, 2, 3]
    assert record.problem == ""


def test_the_cost_is_that_of_all_looks_also_of_the_last() -> None:
    record = watched(Scripted(looks(2))).stop()
    # 0.25 s of the look that was cut short, over a watch that was far shorter than the time that a test may take.
    assert record.own_cost_share > 0.25 / PATIENCE_S


def test_a_dear_look_makes_a_long_pause() -> None:
    monitor = Scripted([DeviceLook({"0": DeviceReading(0)}, processor_s=PATIENCE_S * MOST_COST_SHARE), *looks(1)])
    watch = DeviceWatch(monitor, ["0"], 0.0)
    watch.start()
    assert not monitor.exhausted.wait(0.05)
    assert len(watch.stop().looks) == 1


def test_a_monitor_that_has_nothing_more_to_say_is_not_asked_again() -> None:
    record = watched(Scripted([*looks(1), DeviceLook(problem="It hangs.", is_last=True)])).stop()
    assert (len(record.looks), record.problem) == (2, "It hangs.")


def test_a_monitor_that_raises_costs_nothing_but_its_columns() -> None:
    record = watched(Scripted([*looks(2), RuntimeError("driver gone")])).stop()
    assert len(record.looks) == 2
    assert record.problem == "The device monitor raised RuntimeError: driver gone."


def test_leaving_by_an_error_ends_the_thread() -> None:
    with pytest.raises(ZeroDivisionError), DeviceWatch(Scripted(looks(1)), ["0"]) as watch:
        raise ZeroDivisionError
    assert not watch._thread.is_alive()
    watch.close()


def test_a_program_that_runs_at_the_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = npu_smi("910b4-busy", tmp_path, monkeypatch)
    (scene / "common-3.hang").touch()
    watch = watch_devices("npu_smi", ["0"])
    watch.start()
    log = scene / "asked.log"
    for _ in range(1000 * PATIENCE_S):
        if log.exists() and "common" in log.read_text():
            break
        threading.Event().wait(0.001)
    record = watch.stop()
    assert not watch._thread.is_alive()
    assert (record.looks, record.problem) == ((), "")
    assert record.own_cost_share > 0


def test_without_a_monitor_nothing_is_seen_and_nothing_is_said() -> None:
    with watch_devices("", ["0"]) as watch:
        record = watch.stop()
    assert record.problem == ""
    assert all(not look.readings for look in record.looks)


@pytest.mark.parametrize("name", ["npu", "nowhere.module:Class", "clipperf.monitors.device:Nothing", "..:"])
def test_a_name_that_leads_nowhere_is_told(name: str) -> None:
    with pytest.raises(UnknownMonitor, match="npu_smi, cnmon"):
        load_monitor(name)


def test_a_monitor_of_ones_own_by_its_dotted_path() -> None:
    assert type(load_monitor("clipperf.monitors.cnmon:Cnmon")).__name__ == "Cnmon"
