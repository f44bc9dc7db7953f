"""Vastai's dies: what VastStreamX tells of them through a program of its own, and vasmi where there is none."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from device_programs import FIXTURES, STANDINS, install, without_programs
from hypothesis import given
from hypothesis import strategies as st
from mutations import GARBAGE, mutated

from clipperf.monitors import load_monitor
from clipperf.monitors.device import DeviceReading
from clipperf.monitors.idleness import check_idle
from clipperf.monitors.vacc.die_values import answer_in, reading_in
from clipperf.monitors.vacc.monitor import Vacc
from clipperf.monitors.vacc.vasmi import readings_in

FOLDER = FIXTURES / "vacc"
SHOW = (FOLDER / "show.json").read_text()
DIE: dict[str, Any] = {
    "temperature": 4143,
    "power": 41250000,
    "memory": {"total": 8 * 2**30, "free": 6 * 2**30, "used": 2 * 2**30, "usage_rate": 25.0},
    "ai": 63,
}


@pytest.fixture
def dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """What the stand-in of VastStreamX tells; no reader is left when the test is over."""
    without_programs(tmp_path, monkeypatch)
    path = tmp_path / "dies.json"
    shutil.copy(FOLDER / "dies.json", path)
    monkeypatch.setenv("DIES", str(path))
    monkeypatch.setenv("PYTHONPATH", str(STANDINS / "sdk_dies"))
    yield path
    assert not [child for child in psutil.Process().children(recursive=True) if "die_reader" in str(child.cmdline())]


@pytest.fixture
def monitor(dies: Path) -> Iterator[Vacc]:
    """A monitor of these dies."""
    made = load_monitor("vacc", sys.executable)
    assert isinstance(made, Vacc)
    yield made
    made.close()


def change(path: Path, device: str, **values: object) -> None:
    """Gives a die other values."""
    told = json.loads(path.read_text())
    for name, value in values.items():
        told[device].update({name: value})
    path.write_text(json.dumps(told))


def test_dies_in_their_units(monitor: Vacc) -> None:
    look = monitor.read(["0", "1"])
    told = [(one.util_pct, one.memory_mb, one.power_w, one.temperature_c) for one in look.readings.values()]
    assert told == [
        (63, 2048, 41.25, pytest.approx(41.43)),
        (0, pytest.approx(653.75390625), 30.9582, pytest.approx(37.9)),
    ]
    assert (look.problem, look.is_last) == ("", False)
    assert look.processor_s > 0


def test_the_reader_is_started_once_and_its_time_counted_once(monitor: Vacc, dies: Path) -> None:
    looks = [monitor.read(["0"]) for _ in range(5)]
    first, *others = [look.processor_s for look in looks]
    assert sum(others) < first, "the start, with its import, is in the first"
    change(dies, "0", utilization={"ai": 7})
    assert monitor.read(["0"]).readings["0"].util_pct == 7, "it looks anew"


def test_what_is_found(monitor: Vacc) -> None:
    facts = monitor.probe()
    assert (facts.is_installed, facts.version, facts.devices, facts.problem) == (
        True,
        "VastStreamX 2.8.3",
        ("0", "1"),
        "",
    )


def test_idleness_is_never_certain(monitor: Vacc) -> None:
    """Nobody tells processes, so that a die at rest may hold somebody's model."""
    rest = check_idle(monitor, ["1"], sleep=lambda _: None)
    assert (rest.is_idle, rest.unknown) == (None, ("processes of device 1",))
    busy = check_idle(monitor, ["0"], sleep=lambda _: None)
    assert (busy.is_idle, busy.work) == (False, ("device 0 works at up to 63 %",))


def test_a_utilisation_in_another_unit_is_not_read_from_then_on(monitor: Vacc, dies: Path) -> None:
    change(dies, "1", utilization={"ai": 5500})
    assert [one.util_pct for one in monitor.read(["0", "1"]).readings.values()] == [None, None]
    change(dies, "1", utilization={"ai": 55})
    look = monitor.read(["0", "1"])
    assert [one.util_pct for one in look.readings.values()] == [None, None]
    assert look.readings["0"].power_w == 41.25


def test_a_die_that_is_not_there(monitor: Vacc) -> None:
    look = monitor.read(["0", "9"])
    assert list(look.readings) == ["0"]
    assert look.problem == "VastStreamX tells nothing of device 9 (RuntimeError: no die 9)."


def test_a_die_that_cannot_be_asked_for_something(monitor: Vacc, dies: Path) -> None:
    change(dies, "0", power={"power": [1]})
    look = monitor.read(["0", "1"])
    assert list(look.readings) == ["1"]
    assert "IndexError" in look.problem


def test_a_reader_that_hangs_is_ended(monitor: Vacc, dies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monitor.read(["0"])
    monkeypatch.setattr("clipperf.monitors.vacc.monitor.TIMEOUT_S", 0.3)
    dies.with_suffix(".hang").touch()
    look = monitor.read(["0"])
    assert (look.readings, look.is_last, look.problem) == ({}, True, "VastStreamX: no answer within 0.3 s.")


def test_a_look_that_is_not_waited_for(monitor: Vacc, dies: Path) -> None:
    monitor.read(["0"])
    dies.with_suffix(".hang").touch()
    look = monitor.read(["0"], lambda: True)
    assert (look.readings, look.is_last, look.problem) == ({}, False, "")
    dies.with_suffix(".hang").unlink()
    assert monitor.read(["0"]).readings["0"].util_pct == 63, "it is started again"


def test_an_sdk_that_ends_its_interpreter(monitor: Vacc, dies: Path) -> None:
    monitor.read(["0"])
    dies.with_suffix(".exit").touch()
    look = monitor.read(["0"])
    assert (look.readings, look.problem) == ({}, "VastStreamX ended its interpreter with exit code 7.")
    assert "tells nothing of its devices" in monitor.read(["0"]).problem


def test_an_interpreter_that_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without_programs(tmp_path, monkeypatch)
    monitor = load_monitor("vacc", "/nowhere/python3.8")
    look = monitor.read(["0"])
    assert (look.is_last, look.problem) == (True, "/nowhere/python3.8 cannot be started (No such file or directory).")
    assert monitor.probe().problem == look.problem


def test_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    without_programs(tmp_path, monkeypatch)
    monitor = load_monitor("vacc", sys.executable)
    assert not monitor.probe().is_installed
    look = monitor.read(["0"])
    assert (look.readings, look.is_last, look.problem) == ({}, True, "vasmi is not on PATH.")


def test_vasmi_serves_where_there_is_no_sdk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copy(FOLDER / "show.json", install("vasmi", tmp_path, monkeypatch))
    monitor = load_monitor("vacc", sys.executable)
    assert monitor.probe().devices == ("0",)
    reading = monitor.read(["0"]).readings["0"]
    assert (reading.util_pct, reading.power_w, reading.temperature_c, reading.memory_mb) == (38, 41.5, 57, None)
    assert "which of its devices is which is not known" in monitor.read(["1"]).problem


def test_several_elements_of_vasmi_are_not_told_apart() -> None:
    document = json.loads(SHOW)
    assert readings_in(json.dumps({"elem": document["elem"] * 2}), 0) == {}


@pytest.mark.parametrize("value", ["38", "38 W", 38, None, "138 %", "-3 %", "N/A", "38 % of all", ["38 %"]])
def test_a_value_of_vasmi_without_its_unit_or_sense_is_none(value: object) -> None:
    document = json.loads(SHOW)
    document["elem"][0]["vals"]["Utilization"] = {"value": value}
    reading = readings_in(json.dumps(document), 0)["0"]
    assert (reading.util_pct, reading.power_w) == (None, 41.5)


@given(st.one_of(GARBAGE, mutated([SHOW]), st.recursive(st.none() | st.floats() | st.text(), st.lists).map(json.dumps)))
def test_garbage_of_vasmi_gives_nothing_and_raises_nothing(text: str) -> None:
    for reading in readings_in(text, 0).values():
        assert reading.util_pct in (None, 38)
        assert reading.power_w in (None, 41.5)
        assert reading.temperature_c in (None, 57)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["total", "used", "free", "ai"]), inner)
    ),
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(DIE, ANYTHING)) | ANYTHING)
def test_numbers_of_another_kind_are_none(die: object) -> None:
    reading = reading_in(die, 0)
    assert reading.util_pct is None or 0 <= reading.util_pct <= 100
    assert reading.power_w is None or 0.1 <= reading.power_w <= 10_000
    assert reading.temperature_c is None or -60 <= reading.temperature_c <= 200


@pytest.mark.parametrize(
    "memory",
    [
        {"total": 8 * 2**30, "free": 6 * 2**30, "used": 1 * 2**30, "usage_rate": 12.5},
        {"total": 8 * 2**30, "free": 6 * 2**30, "used": 2 * 2**30, "usage_rate": 0.25},
        {"total": 0, "free": 0, "used": 0, "usage_rate": 0},
        {"total": 8192, "used": 2048},
        {"total": True, "free": 6, "used": 2, "usage_rate": 25.0},
    ],
)
def test_memory_that_contradicts_itself_is_not_read(memory: dict[str, object]) -> None:
    assert reading_in({**DIE, "memory": memory}, 0).memory_mb is None
    assert reading_in(DIE, 5) == DeviceReading(5, 63, 2048, 41.25, 41.43)


@given(GARBAGE)
def test_any_answer(line: str) -> None:
    assert isinstance(answer_in(line), dict)
