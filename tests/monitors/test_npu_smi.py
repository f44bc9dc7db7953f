"""Ascend's devices through a stand-in for npu-smi: what is read of every generation, and by how few questions."""

from __future__ import annotations

from pathlib import Path

import pytest
from device_programs import asked, npu_smi, without_programs

from clipperf.monitors import npu_smi_look
from clipperf.monitors.device import DeviceReading, Meter
from clipperf.monitors.npu_smi import NpuSmi


def figures(reading: DeviceReading) -> tuple[float | None, ...]:
    return (reading.util_pct, reading.memory_mb, reading.power_w, reading.temperature_c)


def test_a_910b_needs_one_question_a_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = npu_smi("910b4-busy", tmp_path, monkeypatch)
    monitor = NpuSmi({})
    looks = [monitor.read(["0"]) for _ in range(3)]
    for look in looks:
        assert figures(look.readings["0"]) == pytest.approx((87, 32768 * 0.61, 214.6, 52))
        assert look.readings["0"].meter is None
        assert (look.problem, look.is_last) == ("", False)
        assert 0 < look.processor_s < 5
    first = ["info -m", "info -t common -i 3", "info -t usages -i 3"]
    assert asked(scene) == [*first, "info -t common -i 3", "info -t common -i 3"]


def test_the_instant_is_that_of_the_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npu_smi("910b4-busy", tmp_path, monkeypatch)
    monitor = NpuSmi({})
    instants = [monitor.read(["0"]).readings["0"].at_ns for _ in range(3)]
    assert 0 < instants[0] < instants[1] < instants[2]


def test_health_and_processes_are_asked_for_only_when_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = npu_smi("910b4-busy", tmp_path, monkeypatch)
    reading = NpuSmi({}).inspect(["0"]).readings["0"]
    assert reading.health == "Warning"
    assert [process.pid for process in reading.processes or ()] == [71324, 71399]
    assert asked(scene)[-2:] == ["info -t health -i 3", "info -t proc-mem -i 3 -c 0"]


def test_chips_of_a_310p_share_a_meter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npu_smi("310p-duo", tmp_path, monkeypatch)
    look = NpuSmi({}).inspect(["0", "1"])
    assert figures(look.readings["0"]) == pytest.approx((72, 43693 * 0.06, 63.7, 58))
    assert figures(look.readings["1"]) == pytest.approx((0, 43693 * 0.03, 63.7, 49))
    assert {reading.meter for reading in look.readings.values()} == {Meter("NPU 1280", 2)}
    assert [reading.processes for reading in look.readings.values()] == [(), ()]


def test_a_310_board_has_one_meter_for_four_chips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npu_smi("310", tmp_path, monkeypatch)
    reading = NpuSmi({}).read(["6"]).readings["6"]
    assert figures(reading) == pytest.approx((88, 8192 * 0.29, 54.3, 62))
    assert reading.meter == Meter("NPU 5", 4)


def test_topics_that_are_refused_are_not_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = npu_smi("910", tmp_path, monkeypatch)
    monitor = NpuSmi({})
    for look in [monitor.read(["1"]) for _ in range(2)]:
        assert figures(look.readings["1"]) == pytest.approx((64, 32768 * 0.27, 187.2, 55))
        assert look.problem == ""
    assert asked(scene).count("info -t common -i 1") == 1


def test_the_table_serves_where_all_topics_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = npu_smi("310p3-table-only", tmp_path, monkeypatch)
    monitor = NpuSmi({})
    looks = [monitor.read(["0", "1"]) for _ in range(2)]
    # The power of device 1 is not to be had, and the first refusal says why.
    assert looks[0].problem == "npu-smi info -t common -i 0: exit code 1, This device does not support this query."
    for look in looks:
        assert figures(look.readings["0"]) == (34, 1211, 16.9, 46)
        assert figures(look.readings["1"]) == (0, 1072, None, 44)
    assert asked(scene)[-1:] == ["info"]
    assert len(asked(scene)) == 1 + 8 + 1 + 1


def test_a_table_tells_no_power_of_boards_with_several_chips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npu_smi("two-chips-table-only", tmp_path, monkeypatch)
    look = NpuSmi({}).inspect(["0", "1"])
    assert figures(look.readings["0"]) == (12, 3391, None, 44)
    assert [reading.processes for reading in look.readings.values()] == [(), ()]


def test_visible_devices_are_counted_from_0(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npu_smi("310", tmp_path, monkeypatch)
    monitor = NpuSmi({"ASCEND_RT_VISIBLE_DEVICES": "7,4"})
    look = monitor.read(["0", "1", "2"])
    assert {device: reading.temperature_c for device, reading in look.readings.items()} == {"0": 66, "1": 61}
    assert "device 2 is not in it" in look.problem


def test_devices_that_are_not_there_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = npu_smi("910b4-idle", tmp_path, monkeypatch)
    look = NpuSmi({}).inspect(["5", "npu:0"])
    assert look.readings == {}
    assert "device 5, npu:0" in look.problem
    assert asked(scene) == ["info -m"]


def test_a_question_that_hangs_ends_the_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = npu_smi("910b4-busy", tmp_path, monkeypatch)
    monkeypatch.setattr(npu_smi_look, "TIMEOUT_S", 0.5)
    (scene / "usages-3.hang").touch()
    look = NpuSmi({}).inspect(["0"])
    assert look.is_last
    assert look.problem == "npu-smi info -t usages -i 3: no answer within 0.5 s."
    assert figures(look.readings["0"]) == (87, None, 214.6, 52)
    assert asked(scene)[-1] == "info -t usages -i 3"


def test_a_look_that_is_over_asks_nothing_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = npu_smi("910b4-busy", tmp_path, monkeypatch)
    (scene / "common-3.hang").touch()
    monitor = NpuSmi({})
    look = monitor.read(["0"], lambda: (scene / "asked.log").exists() and "common" in (scene / "asked.log").read_text())
    assert figures(look.readings["0"]) == (None, None, None, None)
    assert (look.problem, look.is_last) == ("", False)
    # What was cut short is not taken for refused.
    (scene / "common-3.hang").unlink()
    assert figures(monitor.read(["0"]).readings["0"]) == pytest.approx((87, 32768 * 0.61, 214.6, 52))


def test_what_is_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npu_smi("910b4-idle", tmp_path, monkeypatch)
    facts = NpuSmi({}).probe()
    assert (facts.is_installed, facts.version, facts.devices, facts.problem) == (True, "24.1.rc2", ("0",), "")


def test_a_program_that_does_not_work_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = npu_smi("910b4-idle", tmp_path, monkeypatch)
    (scene / "map.txt").write_text("dcmi model initialized failed, because the device is used. ret is -8020\n")
    assert NpuSmi({}).probe().problem == "npu-smi info -m: it maps no device in a layout that is known."
    (scene / "map.txt").unlink()
    assert "exit code 1, This device does not support this query." in NpuSmi({}).probe().problem


def test_where_it_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_programs(tmp_path, monkeypatch)
    assert not NpuSmi({}).probe().is_installed
    look = NpuSmi({}).inspect(["0"])
    assert (look.problem, look.is_last) == ("npu-smi is not on PATH.", True)
