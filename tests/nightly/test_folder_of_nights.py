"""Where nights lie, and that one is measured at a time."""

from __future__ import annotations

from pathlib import Path

import pytest
from nights import night

from clipperf.errors import UsageError
from clipperf.nightly.folder import night_folder, only_one
from clipperf.nightly.sweeps import named
from clipperf.profile import make_profile


def test_two_at_once_are_refused_and_one_after_the_other_is_not(tmp_path: Path):
    with (
        only_one(tmp_path),
        pytest.raises(UsageError, match=r"another clipperf nightly is at work there \(process \d+"),
    ):
        only_one(tmp_path).__enter__()
    with only_one(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"--reports .*file: it cannot be written to"), only_one(tmp_path / "file"):
        pass
    with pytest.raises(UsageError, match="cannot be made"):
        night_folder(tmp_path / "file", night(0))


def test_names_of_sweeps_are_folders_and_unique():
    names = ["vision", "vision", "../../etc", "a b/c", "", "\x1b[2J"]
    wanted = named([make_profile({"name": name}, {}) for name in names])
    assert [each.name for each in wanted] == ["vision", "vision-2", "etc", "a-b-c", "sweep", "2J"]
