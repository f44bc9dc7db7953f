"""Rows of devices that a monitor knows: sweeps as a user runs them, with stand-ins for the vendors' programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from commands import environment, running
from device_programs import STANDINS, asked, cnmon, npu_smi, without_programs
from sweeps import sweep

from clipperf.errors import UsageError
from clipperf.measure.row_warning import RowWarning
from clipperf.monitors import device_watch, idleness, npu_smi_look
from clipperf.monitors.device import DeviceLook, DeviceReading
from clipperf.monitors.device_readings import DeviceReadings
from clipperf.monitors.device_watch import DeviceRecord
from clipperf.monitors.idleness import Idleness
from clipperf.results.reported import Reported
from clipperf.sweeping import device_guard, require_idle
from clipperf.sweeping.device_guard import device_columns, device_warnings, tool_device_columns
from clipperf.sweeping.host_rest import RestFact
from clipperf.sweeping.require_idle import device_problems, host_problems
from clipperf.tools import TABLE as TOOLS
from clipperf.tools import load_tool

COLUMNS = ["device_util_pct", "device_memory_mb", "power_w", "energy_j_per_sample", "temperature_c"]
NPU, MLU = "watched_runners:OfNpuSmi", "watched_runners:OfCnmon"
WINDOW: dict[str, Any] = {"iterations": None, "duration": 3, "device": ["0"]}
"""Long enough for three looks: one at once, then half a second and what a look costs between them."""


@pytest.fixture(autouse=True)
def without_pauses(standins: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The looks before a case follow each other at once; those during it do not wait for a slow machine's sake."""
    monkeypatch.setattr(idleness, "PAUSE_S", 0.0)
    monkeypatch.setattr(device_watch, "MOST_COST_SHARE", 1.0)


def codes(row: pd.Series) -> list[str]:
    return [warning["code"] for warning in json.loads(row["warnings"])]


def test_the_row_of_an_idle_npu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npu_smi("910b4-idle", tmp_path, monkeypatch)
    row = sweep(tmp_path / "run", runner=NPU, batch=[4], **WINDOW).iloc[0]
    assert row["status"] == "ok"
    assert bool(row["device_idle_before"]) is True
    assert list(row[COLUMNS[:3]]) == pytest.approx([0, 32768 * 0.08, 83.4])
    assert row["temperature_c"] == 35
    assert row["energy_j_per_sample"] == pytest.approx(83.4 * row["window_s"] / row["samples"])
    assert not {"device-busy", "device-health", "device-unread", "shared-meter"} & set(codes(row))


def test_the_row_of_an_npu_that_others_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npu_smi("910b4-busy", tmp_path, monkeypatch)
    row = sweep(tmp_path / "run", runner=NPU, device=["0"]).iloc[0]
    assert bool(row["device_idle_before"]) is False
    assert {"device-busy", "device-health"} <= set(codes(row))
    sentence = next(one["sentence"] for one in json.loads(row["warnings"]) if one["code"] == "device-busy")
    assert "train_worker (process 71324)" in sentence
    assert "87 %" in sentence


def test_a_short_window_has_no_energy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npu_smi("910b4-idle", tmp_path, monkeypatch)
    row = sweep(tmp_path / "run", runner=NPU, device=["0"]).iloc[0]
    assert row["status"] == "ok"
    assert pd.isna(row["energy_j_per_sample"])


def test_two_cards_of_cambricon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cnmon("v4-busy", tmp_path, monkeypatch)
    row = sweep(tmp_path / "run", runner=MLU, **{**WINDOW, "device": ["0,2"]}).iloc[0]
    assert list(row[COLUMNS[:3]]) == pytest.approx([44, 9127, 148])
    assert row["temperature_c"] == 54
    assert bool(row["device_idle_before"]) is False


def test_the_board_is_looked_at_once_for_cases_that_share_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = npu_smi("910b4-idle", tmp_path, monkeypatch)
    frame = sweep(tmp_path / "run", runner=NPU, device=["0"], batch=[1, 2, 4])
    assert frame["device_idle_before"].tolist() == [True] * 3
    assert asked(scene).count("info -t health -i 3") == 3


def test_where_the_program_is_not_installed_the_row_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_programs(tmp_path, monkeypatch)
    row = sweep(tmp_path / "run", runner=NPU, device=["0"]).iloc[0]
    assert row["status"] == "ok"
    assert row[["device_idle_before", *COLUMNS[:4]]].isna().all()
    assert "device-unread" in codes(row)


def test_a_program_that_hangs_costs_its_columns_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npu_smi_look, "TIMEOUT_S", 0.3)
    scene = npu_smi("910b4-idle", tmp_path, monkeypatch)
    (scene / "map.hang").touch()
    row = sweep(tmp_path / "run", runner=NPU, **{**WINDOW, "duration": 0.6}).iloc[0]
    assert row["status"] == "ok"
    assert row[["device_idle_before", *COLUMNS[:4]]].isna().all()
    sentence = next(one["sentence"] for one in json.loads(row["warnings"]) if one["code"] == "device-unread")
    assert "npu-smi info -m: no answer within 0.3 s." in sentence


def test_a_runner_without_a_monitor_has_no_word_of_devices(tmp_path: Path) -> None:
    row = sweep(tmp_path / "run").iloc[0]
    assert row[["device_idle_before", *COLUMNS[:4]]].isna().all()
    assert "device-unread" not in codes(row)


def test_a_monitor_that_there_is_not_is_found_before_anything_is_measured(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Device monitor mlu_top: there is none of that name"):
        sweep(tmp_path / "run", runner="watched_runners:OfNobody")
    assert not (tmp_path / "run").exists()


def test_an_interrupted_sweep_leaves_no_program_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = npu_smi("910b4-idle", tmp_path, monkeypatch)
    log = scene / "asked.log"
    arguments = ("sweep", "--runner", NPU, "--model", "any", "--device", "0", "--duration", "60", "--warmup", "1")
    with running(*arguments, "--out", "run", cwd=tmp_path, env=environment()) as command:
        command.wait_for(lambda: log.exists() and log.read_text().count("common") > 3)
        (scene / "common-3.hang").touch()
        count = log.read_text().count("common")
        command.wait_for(lambda: log.read_text().count("common") > count)
        command.process.send_signal(2)
        assert command.end()[0] == 130
        assert command.left_behind() == []


def test_the_row_of_a_tool_whose_device_others_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(STANDINS))
    monkeypatch.setitem(TOOLS, "stand_in", "stand_in_tool:StandInTool")
    monkeypatch.setattr(load_tool("stand_in", None).__class__, "monitor", "npu_smi")
    npu_smi("910b4-busy", tmp_path, monkeypatch)
    (tmp_path / "clip.om").touch()
    row = sweep(tmp_path / "run", runner="stand_in", model=str(tmp_path / "clip.om")).iloc[0]
    assert bool(row["device_idle_before"]) is False
    assert {"device-busy", "device-health"} <= set(codes(row))
    # The instants of the tool's window are not known, so that no mean over it is.
    assert row[["device_util_pct", "power_w", "energy_j_per_sample"]].isna().all()


REST = [RestFact("other programs", "0.4 % of 2 cores", None), RestFact("swap", "0 pages in, 0 out", None)]


@pytest.fixture
def resting_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host at rest, whatever the one that runs the tests does."""
    monkeypatch.setattr(require_idle, "_LOOK_S", 0.01)
    monkeypatch.setattr(require_idle, "rest_facts", lambda *_: REST)


def test_require_idle_measures_on_an_idle_device(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, resting_host: None
) -> None:
    npu_smi("910b4-idle", tmp_path, monkeypatch)
    assert sweep(tmp_path / "run", runner=NPU, device=["0"], require_idle=True)["status"].tolist() == ["ok"]


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        ("910b4-busy", "train_worker"),
        ("310p3-table-only", "does not tell processes of device 0"),
        ("", "does not tell"),
    ],
)
def test_require_idle_refuses_before_anything_is_measured(
    scene: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, resting_host: None
) -> None:
    if scene:
        folder = npu_smi(scene, tmp_path, monkeypatch)
        if scene == "310p3-table-only":
            table = (folder / "info.txt").read_text()
            (folder / "info.txt").write_text(table.replace("| 34  ", "| 0   "))
    else:
        without_programs(tmp_path, monkeypatch)
    with pytest.raises(UsageError, match=words) as raised:
        sweep(tmp_path / "run", runner=NPU, device=["0"], require_idle=True)
    assert str(raised.value).startswith("--require-idle: ")
    assert not (tmp_path / "run").exists()


def test_require_idle_refuses_a_busy_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = RestFact("other programs", "80 % of 2 cores; busiest: make 160 %", RowWarning("host-busy", "", "End them."))
    monkeypatch.setattr(require_idle, "_LOOK_S", 0.01)
    monkeypatch.setattr(require_idle, "rest_facts", lambda *_: [busy, *REST[1:]])
    with pytest.raises(
        UsageError, match=r"not at rest, other programs: 80 % of 2 cores; busiest: make 160 %\. End them"
    ):
        sweep(tmp_path / "run", require_idle=True)
    assert not (tmp_path / "run").exists()


def test_what_require_idle_says() -> None:
    assert host_problems(REST) == []
    assert device_problems("npu_smi", Idleness(True)) == []
    found = device_problems("cnmon", Idleness(False, ("device 0 works at up to 9 %",), ("device 1 reports Alarm",)))
    assert [problem.split(".")[0] for problem in found] == ["device 0 works at up to 9 %", "device 1 reports Alarm"]


def test_energy_needs_power_all_over_the_window() -> None:
    covered = DeviceReadings(5, power_w=50.0, is_power_covered=True)
    assert device_columns(covered, 2.0, 400) == {"power_w": 50, "energy_j_per_sample": 0.25}
    partly = DeviceReadings(2, power_w=50.0, is_power_covered=False)
    assert device_columns(partly, 2.0, 400) == {"power_w": 50}


def test_of_a_tool_means_are_told_only_where_it_is_known_when_it_measured() -> None:
    looks = [
        DeviceLook({"0": DeviceReading(at_ns, util_pct=util, memory_mb=900, power_w=power, temperature_c=60)})
        for at_ns, util, power in ((0, 0, 20), (10**9, 90, 80), (2 * 10**9, 90, 80), (3 * 10**9, 90, 80))
    ]
    loading = {"device_memory_mb": 900, "temperature_c": 60}
    assert tool_device_columns(looks, ["0"], Reported({"qps": 100.0}, (), True)) == loading
    known = Reported({"qps": 100.0}, (), True, measured_ns=(10**9, 3 * 10**9))
    measured = {**loading, "device_util_pct": 90, "power_w": 80, "energy_j_per_sample": 0.8}
    assert tool_device_columns(looks, ["0"], known) == measured
    assert tool_device_columns([], ["0"], known) == {}


def test_what_the_monitor_does_not_tell_is_left_to_others() -> None:
    assert device_columns(DeviceReadings(), 2.0, 400) == {}


def test_warnings_of_a_case() -> None:
    record = DeviceRecord((DeviceLook(),), device_guard.MOST_COST_SHARE * 2, "It hangs.")
    before = Idleness(False, ("device 0 works at up to 9 %",), ("device 0 reports Alarm",))
    found = device_warnings(before, record, DeviceReadings(strangers=1))
    expected = ["device-busy", "device-health", "device-unread", "shared-meter", "monitor-cost"]
    assert [warning.code for warning in found] == expected
    assert device_warnings(Idleness(True), DeviceRecord(), DeviceReadings()) == ()
