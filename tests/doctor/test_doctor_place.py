"""Findings on folders and on runners."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from clipperf.doctor.folders import folder_finding
from clipperf.doctor.runners import Answer, judge_runners

WORKS, LACKS = Answer("onnxruntime", True, "1.2, devices 0, 1"), Answer("acl", False, "Install CANN.")


def test_a_folder_that_is_not_there_yet_is_judged_by_the_one_above(tmp_path: Path) -> None:
    found = folder_finding("cache folder", tmp_path / "a/b", 0, "Set it.")
    assert found.level == "ok"
    assert str(tmp_path / "a/b") in found.found


def test_little_room_is_noted(tmp_path: Path) -> None:
    found = folder_finding("cache folder", tmp_path, 1e12, "Set it.")
    assert (found.level, found.remedy) == ("note", "Set it.")


def test_a_file_in_the_way_is_to_be_mended(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert folder_finding("reports folder", tmp_path / "file/run", 0, "Set it.").level == "mend"


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_without_the_right_to_write_is_to_be_mended(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert folder_finding("reports folder", tmp_path, 0, "Set it.").level == "mend"


def test_absent_runners_are_no_fault_while_one_drives_a_device() -> None:
    found = judge_runners([WORKS, LACKS], are_wanted=False)
    assert [each.level for each in found] == ["ok", "ok"]
    assert (found[0].found, found[0].remedy) == ("1.2, devices 0, 1", "")
    assert (found[1].subject, found[1].found) == ("other runners", "not here: acl; see clipperf runners")


def test_without_any_that_drives_a_device_all_are_to_be_mended() -> None:
    found = judge_runners([LACKS, Answer("null", True, "1")], are_wanted=False)
    assert [each.level for each in found] == ["ok", "mend"]
    assert (found[1].found, found[1].remedy) == ("does not work here", "Install CANN.")


def test_a_runner_asked_for_has_to_work() -> None:
    found = judge_runners([WORKS, LACKS], are_wanted=True)
    assert [each.level for each in found] == ["ok", "mend"]
