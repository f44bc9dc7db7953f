"""Findings on devices whose monitors are installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from device_programs import install, npu_smi, without_programs

from clipperf.doctor.devices import device_findings
from clipperf.doctor.finding import Finding
from clipperf.monitors import idleness


@pytest.fixture(autouse=True)
def without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The looks follow each other at once."""
    monkeypatch.setattr(idleness, "PAUSE_S", 0.0)


def test_of_what_is_not_installed_there_is_nothing_to_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_programs(tmp_path, monkeypatch)
    assert device_findings() == []


def test_idle_devices_are_fine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npu_smi("910b4-idle", tmp_path, monkeypatch)
    assert device_findings() == [Finding("monitor npu_smi", "ok", "24.1.rc2, device 0, idle")]


def test_busy_devices_are_noted_with_what_keeps_them_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npu_smi("910b4-busy", tmp_path, monkeypatch)
    (found,) = device_findings()
    assert found.level == "note"
    assert "runs train_worker (process 71324), process 71399 and works at up to 87 %" in found.found
    assert "reports Warning" in found.found
    assert "--require-idle" in found.remedy


def test_devices_of_which_not_all_is_told_are_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = npu_smi("910b4-idle", tmp_path, monkeypatch)
    for file in ("proc-mem-3-0.txt", "info.txt"):
        (scene / file).unlink()
    (found,) = device_findings()
    assert (found.level, found.found) == ("note", "device 0; not told: processes of device 0")


def test_a_program_that_does_not_work_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install("cnmon", tmp_path, monkeypatch)
    (found,) = device_findings()
    assert (found.subject, found.level) == ("monitor cnmon", "note")
    assert "Failed to open the driver" in found.found
