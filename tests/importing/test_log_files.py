"""Files of a command line as texts: patterns, encodings, and every problem told."""

from __future__ import annotations

from pathlib import Path

import pytest

from clipperf.importing import files
from clipperf.importing.files import read_files


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_batch_in_a_name_stands_for_a_file_of_each_size(here: Path):
    for size in (1, 8, 16):
        (here / f"bs{size}.log").write_text(f"batch {size}", encoding="utf-8")
    found, problems = read_files(["bs{batch}.log"], [16, 1, 8])
    assert not problems
    assert [(file.name, file.text, file.batch_size) for file in found] == [
        ("bs16.log", "batch 16", 16), ("bs1.log", "batch 1", 1), ("bs8.log", "batch 8", 8),
    ]  # fmt: skip


def test_one_size_is_that_of_every_file_and_none_is_none(here: Path):
    (here / "a.log").write_text("a", encoding="utf-8")
    (here / "b.log").write_text("b", encoding="utf-8")
    assert [file.batch_size for file in read_files(["a.log", "b.log"], [4])[0]] == [4, 4]
    assert [file.batch_size for file in read_files(["a.log", "b.log"], [])[0]] == [None, None]


@pytest.mark.parametrize(
    "content",
    [
        "FPS: 3 µs".encode(),
        "FPS: 3 µs".encode("utf-8-sig"),
        "FPS: 3 µs".encode("utf-16"),
        b"\xff\xfe" + "FPS: 3 µs".encode("utf-16-le"),
    ],
)
def test_encodings_of_other_systems_are_read(here: Path, content: bytes):
    (here / "log").write_bytes(content)
    ((file,), problems) = read_files(["log"], [])
    assert (file.text, file.content, problems) == ("FPS: 3 µs", content, [])


def test_broken_characters_do_not_hide_the_others(here: Path):
    (here / "log").write_bytes(b"100%|\xe2\x96 FPS: 3\xff\n")
    assert "FPS: 3" in read_files(["log"], [])[0][0].text


def test_every_problem_is_told(here: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files, "MOST_MB", 1)
    (here / "a.log").write_text("same", encoding="utf-8")
    (here / "b.log").write_text("same", encoding="utf-8")
    (here / "model.om").write_bytes(b"IMOD\0\0")
    (here / "big.log").write_bytes(b"x" * 1_000_001)
    (here / "folder").mkdir()
    names = ["a.log", "b.log", "a.log", "model.om", "big.log", "folder/", "gone.log", "x\0y", "bs{batch}.log"]
    found, problems = read_files(names, [])
    assert [file.name for file in found] == ["a.log", "b.log", "a.log"]
    assert problems == [
        "model.om: it is no text; give the log or the summary that the program wrote.",
        "big.log: it has more than 1 MB, so it is no log; give what the program printed.",
        "folder/: it is a folder; name the files in it, such as folder/*.log.",
        "gone.log: it cannot be read (No such file or directory).",
        "x\0y: it cannot be read (embedded null byte).",
        "bs{batch}.log: give the batch sizes that {batch} stands for, such as --batch 1,4,8.",
        "b.log: its content is that of a.log; a measurement counts once, so leave one out.",
        "a.log: it is given twice; a measurement counts once, so leave one out.",
    ]


def test_several_sizes_of_one_file_cannot_be_told_apart(here: Path):
    (here / "a.log").write_text("a", encoding="utf-8")
    found, problems = read_files(["a.log"], [1, 8])
    assert not found
    assert problems == [
        "--batch 1,8: which of them a.log has cannot be told; write {batch} in the name where the batch size stands, "
        "or import files of one batch size at a time."
    ]
