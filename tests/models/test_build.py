"""Building: the same bytes every time, built once, and never half a file."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import onnx
import pytest

from clipperf.errors import ProfileError, UsageError
from clipperf.models import build, cache_folder, sha256_of

# Change these only together with GRAPH_VERSION: rows of different files may not be compared.
GOLDEN = {
    "tiny-vision": "b04cb0d5c97f8b24fdaabb8e8167b5f77fbf0dad69a24c7b467c66fe80819de7",
    "tiny-text": "11a148a74b7b1326a04140bd0f0a5daf073bdc6c9084fc5ca79554c3b6e3efb6",
    "tiny-clip": "7f6d53de9a84f8aebd0e77f5ef9622ffeab48383cd10fe5fc6c2d03b5f99e0fb",
    "tiny-vit": "0e63d2ce0625d0740c1a8155a07456aa70a8f0c93f951effba7109c88eea4b70",
}

BUILD = """
import os, sys
from pathlib import Path
from clipperf.models import build
if "killed" in sys.argv:
    # Dies when all of the file is written and none of it is in its place.
    os.fsync = lambda _: os._exit(9)
print(build("tiny-vision", folder=Path(sys.argv[1])).sha256)
"""


@pytest.mark.parametrize(("name", "sha256"), GOLDEN.items())
def test_a_name_and_a_seed_give_the_same_bytes_everywhere(tmp_path: Path, name: str, sha256: str) -> None:
    assert build(name, folder=tmp_path).sha256 == sha256


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    model = build("tiny-vision", folder=tmp_path)
    assert model.sha256 == hashlib.sha256(model.path.read_bytes()).hexdigest() == sha256_of(model.path)


def test_a_second_build_finds_the_file(tmp_path: Path) -> None:
    first = build("tiny-vision", folder=tmp_path)
    before = first.path.stat()
    assert build("tiny-vision", folder=tmp_path) == first
    assert (first.path.stat().st_ino, first.path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_every_option_makes_another_file(tmp_path: Path) -> None:
    options = [{}, {"seed": 1}, {"static_batch": 1}, {"static_batch": 2}, {"activation": "quick-gelu"}, {"opset": 13}]
    models = [build("tiny-vision", folder=tmp_path, **chosen) for chosen in options]
    assert len({model.path for model in models}) == len({model.sha256 for model in models}) == len(options)


def test_naming_a_default_finds_the_same_file(tmp_path: Path) -> None:
    assert build("tiny-vision", folder=tmp_path, activation="gelu", opset=17) == build("tiny-vision", folder=tmp_path)


def test_old_runtimes_get_the_oldest_file_format_of_the_opset(tmp_path: Path) -> None:
    versions = {o: onnx.load(build("tiny-vision", folder=tmp_path, opset=o).path).ir_version for o in (11, 13, 17, 21)}
    assert versions == {11: 6, 13: 7, 17: 8, 21: 10}


def test_a_killed_build_leaves_no_model_and_the_next_one_is_whole(tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", BUILD, str(tmp_path), "killed"])
    assert killed.returncode == 9
    assert not list(tmp_path.glob("*.onnx"))
    left = list(tmp_path.iterdir())
    assert len(left) == 1
    model = build("tiny-vision", folder=tmp_path)
    assert model.sha256 == GOLDEN["tiny-vision"] == sha256_of(model.path)


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match=r"No space left on device.*CLIPPERF_CACHE"):
        build("tiny-vision", folder=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=rf"{tmp_path}/file/models.*CLIPPERF_CACHE"):
        build("tiny-vision", folder=tmp_path / "file" / "models")


def test_two_processes_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BUILD, str(tmp_path)]
    builders = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [builder.communicate()[0].strip() for builder in builders] == [GOLDEN["tiny-vision"]] * 2
    assert [path.suffix for path in tmp_path.iterdir()] == [".onnx"]


def test_the_environment_moves_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLIPPERF_CACHE", str(tmp_path))
    assert build("tiny-vision").path.parent == cache_folder() == tmp_path / "models"
    monkeypatch.delenv("CLIPPERF_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    assert cache_folder().is_relative_to(tmp_path / "user")


def test_options_that_cannot_be_used_are_refused_together(tmp_path: Path) -> None:
    with pytest.raises(ProfileError) as caught:
        build("tiny-vision", folder=tmp_path, static_batch=0, activation="relu", opset=10)
    assert len(caught.value.problems) == 3
    assert "gelu or quick-gelu" in str(caught.value)
    assert "11 to 21" in str(caught.value)


def test_the_hash_of_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"absent\.onnx"):
        sha256_of(tmp_path / "absent.onnx")
