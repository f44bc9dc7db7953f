"""Models of several files that begin alike, named by what their paths have in common."""

from __future__ import annotations

from pathlib import Path

import pytest

from clipperf.errors import UsageError
from clipperf.models.build import sha256_of
from clipperf.sweeping.file_prefix import files_of, sha256_of_files, sha256_with_weights


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """A model of two files, beside others."""
    for name, content in (("mod.json", "{}"), ("mod.params", "weights"), ("model.json", "other"), ("mod", "bare")):
        (tmp_path / name).write_text(content)
    (tmp_path / "mod.folder").mkdir()
    (tmp_path / "mod").unlink()
    return tmp_path / "mod"


def test_the_files_of_a_prefix(prefix: Path):
    assert [path.name for path in files_of(prefix)] == ["mod.json", "mod.params"]


def test_the_hash_is_of_all_of_them_and_of_nothing_else(prefix: Path, tmp_path: Path):
    before = sha256_of_files(prefix)
    (tmp_path / "model.json").write_text("changed")
    assert sha256_of_files(prefix) == before
    (tmp_path / "mod.params").write_text("changed")
    assert sha256_of_files(prefix) != before
    (tmp_path / "mod.params").write_text("weights")
    (tmp_path / "mod.params").rename(tmp_path / "mod.so")
    assert sha256_of_files(prefix) != before


def test_what_is_no_prefix(prefix: Path, tmp_path: Path):
    for path, words in {
        tmp_path / "none": f"there are no files {tmp_path}/none.*; give what the paths",
        tmp_path / "gone" / "mod": "give what the paths of the model's files have in common",
        tmp_path / "mod.json": f"give it without the ending: {tmp_path}/mod",
        tmp_path: f"it is a folder; .* such as {tmp_path}/mod",
    }.items():
        with pytest.raises(UsageError, match=words.replace("*;", "\\*;")):
            files_of(path)


def test_the_hash_of_an_ir_is_also_that_of_its_weights_and_of_nothing_else(tmp_path: Path):
    model = tmp_path / "model.xml"
    model.write_text("<net/>")
    assert sha256_with_weights(model) == sha256_of(model)
    (tmp_path / "model.bin").write_bytes(b"1")
    before = sha256_with_weights(model)
    (tmp_path / "model.onnx").write_bytes(b"of which it was made")
    assert sha256_with_weights(model) == before != sha256_of(model)
    (tmp_path / "model.bin").write_bytes(b"2")
    assert sha256_with_weights(model) != before


def test_the_hash_of_any_other_file_is_its_own(tmp_path: Path):
    model = tmp_path / "model.onnx"
    model.write_bytes(b"graph")
    (tmp_path / "model.bin").write_bytes(b"something else")
    assert sha256_with_weights(model) == sha256_of(model)
