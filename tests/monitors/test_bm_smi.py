"""Sophon's devices as they are looked at: what is asked of whom, over a /sys and a /proc that are made up."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from device_programs import asked, bm_smi, without_programs

from clipperf.monitors.bm_smi import BmSmi
from clipperf.monitors.device import Meter
from clipperf.monitors.idleness import check_idle

TEXT = "--start_dev={} --last_dev={} --text_format"
TABLE = "--noloop --file=table.txt"
OFF = "Please, set [Usage enable] to 1\n"


def plant(root: Path, files: Mapping[str, str]) -> Path:
    """A root with these files in it."""
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


def card(
    devices: int, *, usage: str = "usage:40 avusage:2\n", power: str = "71 W\n", number: int = 0
) -> dict[str, str]:
    """The files of a PCIe card with so many chips."""
    place = f"proc/bmsophon/card{number}"
    files = {
        f"{place}/board_power": power,
        "proc/bmsophon/driver_version": "release version:0.5.1   release date: 2026\n",
    }
    for device in range(devices):
        files[f"sys/class/bm-sophon/bm-sophon{device}/device/npu_usage"] = usage
        files[f"{place}/bmsophon{device}/chip_temp"] = f"{60 + device} C\n"
        files[f"{place}/bmsophon{device}/status"] = "Active\n"
    return files


SOC = {
    "sys/class/bm-tpu/bm-tpu0/device/npu_usage": "usage:90 avusage:3\nusage:20 avusage:1\n",
    "sys/class/thermal/thermal_zone0/temp": "51500\n",
    "sys/class/thermal/thermal_zone1/temp": "44000\n",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


def test_files_and_text_together(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = bm_smi(tmp_path, monkeypatch, text="three")
    look = BmSmi(plant(root, card(3)), {}).read(["0", "2"])
    assert asked(scene) == [TEXT.format(0, 2)]
    told = [(one.util_pct, one.memory_mb, one.power_w, one.temperature_c, one.health) for one in look.readings.values()]
    assert told == [(40, 4312, 71, 60, "OK"), (40, 6544, 71, 62, "OK")], "the driver's own utilisation"
    assert {reading.meter for reading in look.readings.values()} == {Meter("card0", 3)}
    assert (look.problem, look.is_last) == ("", False)
    assert look.processor_s > 0


def test_text_alone(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bm_smi(tmp_path, monkeypatch, text="three")
    reading = BmSmi(root, {}).read(["2"]).readings["2"]
    assert (reading.util_pct, reading.memory_mb, reading.power_w, reading.temperature_c) == (100, 6544, None, 71)


def test_files_alone_on_a_host_without_bm_smi(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_programs(tmp_path, monkeypatch)
    monitor = BmSmi(plant(root, card(1)), {})
    look = monitor.read(["0"])
    assert look.readings["0"].util_pct == 40
    assert (look.problem, look.is_last) == ("bm-smi is not on PATH.", False)
    assert look.readings["0"].meter is None
    assert monitor.read(["0"]).problem == "", "it is not asked again"


def test_a_board_whose_chips_have_meters_of_their_own(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bm_smi(tmp_path, monkeypatch, text="three")
    files = {**card(2, power="N/A\n"), "proc/bmsophon/card0/bmsophon1/chip_power": "17 W\n"}
    look = BmSmi(plant(root, files), {}).read(["0", "1"])
    assert [look.readings[device].power_w for device in "01"] == [None, 17]
    assert look.readings["1"].meter is None


@pytest.mark.parametrize("told", ["N/A\n", "0 W\n", "71W\n", "71000000 W\n", "", "71 W more\n"])
def test_a_power_that_is_none(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    bm_smi(tmp_path, monkeypatch, text="three")
    assert BmSmi(plant(root, card(1, power=told)), {}).read(["0"]).readings["0"].power_w is None


def test_a_system_on_a_chip_is_not_asked_for_text(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = bm_smi(tmp_path, monkeypatch, table="soc")
    monitor = BmSmi(plant(root, SOC), {})
    look = monitor.read(["0"])
    reading = look.readings["0"]
    assert (reading.util_pct, reading.temperature_c, reading.power_w, reading.memory_mb) == (55, 51.5, None, None)
    assert not (scene / "asked.log").exists()
    inspected = monitor.inspect(["0"]).readings["0"]
    assert (inspected.memory_mb, inspected.health, inspected.processes) == (64, "OK", ())
    assert asked(scene) == [TABLE]


def test_counting_that_is_switched_off_is_told(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bm_smi(tmp_path, monkeypatch, table="pcie")
    look = BmSmi(plant(root, card(1, usage=OFF)), {}).read(["0"])
    assert look.readings["0"].util_pct is None
    assert "device 0 is: as root, write 1 to npu_usage_enable" in look.problem


def test_a_board_that_refuses_the_text_is_not_asked_again(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = bm_smi(tmp_path, monkeypatch)
    monitor = BmSmi(plant(root, card(1)), {})
    assert "not support on SOC mode" in monitor.read(["0"]).problem
    assert monitor.read(["0"]).readings["0"].util_pct == 40
    assert len(asked(scene)) == 1


def test_a_device_that_is_not_there(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bm_smi(tmp_path, monkeypatch, text="three")
    look = BmSmi(plant(root, card(1)), {}).read(["0", "7", "card"])
    assert list(look.readings) == ["0"]
    assert "device 7, card" in look.problem


def test_a_program_that_hangs_is_not_asked_again(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = bm_smi(tmp_path, monkeypatch, text="three")
    (scene / "hang").touch()
    monkeypatch.setattr("clipperf.monitors.bm_smi.monitor.TIMEOUT_S", 0.3)
    look = BmSmi(plant(root, card(1)), {}).read(["0"])
    assert look.is_last
    assert "no answer within 0.3 s" in look.problem
    assert look.readings["0"].power_w == 71


def test_processes_and_health(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bm_smi(tmp_path, monkeypatch, text="three", table="pcie")
    look = BmSmi(plant(root, card(2)), {}).inspect(["0", "1"])
    assert [len(look.readings[device].processes or ()) for device in "01"] == [2, 0]
    assert [look.readings[device].health for device in "01"] == ["OK", "OK"]


def test_an_empty_list_of_processes_says_nothing_in_a_container(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """bm-smi leaves out what it cannot name, such as the processes of others."""
    bm_smi(tmp_path, monkeypatch, text="three", table="pcie")
    inside = plant(root, {**card(2), ".dockerenv": ""})
    look = BmSmi(inside, {}).inspect(["0", "1"])
    assert look.readings["0"].processes
    assert look.readings["1"].processes is None


def test_idle_and_busy(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bm_smi(tmp_path, monkeypatch, text="three", table="pcie")
    monitor = BmSmi(plant(root, card(2, usage="usage:0 avusage:9\n")), {})
    busy = check_idle(monitor, ["0"], sleep=lambda _: None)
    assert (busy.is_idle, busy.work) == (
        False,
        ("device 0 runs python3 serve.py (process 40213), bmrt_test (process 40988)",),
    )
    assert check_idle(monitor, ["1"], sleep=lambda _: None).is_idle is True


def test_what_is_found(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_programs(tmp_path, monkeypatch)
    assert not BmSmi(root, {}).probe().is_installed
    look = BmSmi(root, {}).read(["0"])
    assert (look.readings, look.is_last, look.problem) == ({}, True, "bm-smi is not on PATH.")
    facts = BmSmi(plant(root, card(2)), {}).probe()
    assert (facts.is_installed, facts.version, facts.devices, facts.problem) == (True, "0.5.1", ("0", "1"), "")


def test_what_is_found_by_the_table(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bm_smi(tmp_path, monkeypatch, table="pcie")
    facts = BmSmi(root, {}).probe()
    assert (facts.version, facts.devices) == ("0.5.1", ("0", "1"))


def test_nothing_that_is_known(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bm_smi(tmp_path, monkeypatch)
    facts = BmSmi(root, {}).probe()
    assert (facts.is_installed, facts.devices) == (True, ())
    assert "exit code 255" in facts.problem
