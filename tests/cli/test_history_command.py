"""``clipperf history`` as it is typed, and ``--history`` of the verbs that measure."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from pathlib import Path

import pytest
from commands import SIMULATED, called

from clipperf.results.folder import RESULTS
from clipperf.results.frame import read_rows
from tests.history.run_folders import run_folder
from tests.rows import lost, row


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty one, in which reports/history.sqlite is the history."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CLIPPERF_HISTORY", raising=False)
    monkeypatch.setattr("getpass.getuser", lambda: "ann")
    return tmp_path


@pytest.fixture
def nights(working_folder: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Three nights, the second with a failure, the third with another runner; and a sweep by day."""
    folder = working_folder / "reports"
    run_folder(folder / "n1", row(1, 20.0), row(8, 30.0), night="2026-11-18")
    run_folder(folder / "n2", row(1, 20.5), lost(8), night="2026-11-19")
    newer = {"runner_version": "1.24.0"}
    thrice = [row(8, qps, repeat=repeat, **newer) for repeat, qps in enumerate((24.0, 25.0, 26.0))]
    run_folder(folder / "n3", row(1, 20.2, **newer), *thrice, night="2026-11-20")
    run_folder(folder / "by-day", row(8, 29.0, profile="vision", git_rev="abc1234"))
    assert called(capsys, "history", "rebuild", "reports") == (0, "", "4 runs put into reports/history.sqlite.\n")
    return folder


def key(capsys: pytest.CaptureFixture[str], batch: int) -> str:
    _, out, _ = called(capsys, "history", "list", "series", "--format", "json")
    return next(str(one["series"]) for one in json.loads(out) if one["batch_size"] == batch)


def lines(text: str) -> list[list[str]]:
    """The cells of a table without their padding, heading and rule left out."""
    return [line.split() for line in text.splitlines()[2:]]


def test_runs_are_listed_oldest_first(nights: Path, capsys: pytest.CaptureFixture[str]):
    code, out, _ = called(capsys, "history", "list")
    assert (code, out.split()[:9]) == (0, ["night", "nightly", "run", "id", "host", "profile", "git", "rev", "rows"])
    assert [line[:-1] for line in lines(out)] == [
        ["2025-11-20", "by-day", "box", "vision", "abc1234", "1", "0"],
        ["2026-11-18", "yes", "n1", "box", "2", "0"],
        ["2026-11-19", "yes", "n2", "box", "2", "1"],
        ["2026-11-20", "yes", "n3", "box", "4", "0"],
    ]
    _, out, _ = called(capsys, "history", "list", "--last", "1", "--format", "json")
    (last,) = json.loads(out)
    assert (last["run_id"], last["folder"], last["is_nightly"]) == ("n3", str(nights / "n3"), True)


def test_series_are_listed_with_what_they_share_above(nights: Path, capsys: pytest.CaptureFixture[str]):
    _, out, _ = called(capsys, "history", "list", "series")
    caption, _, table = out.partition("\n\n")
    assert caption == "fp32 · onnxruntime · device 0-1 · instances 1 · depth 1 · closed loop · scope host"
    assert [line[1:] for line in lines(table)] == [
        ["vit_b_32", "1", "2026-11-18", "2026-11-20"],
        ["vit_b_32", "8", "2025-11-20", "2026-11-20"],
    ]


def test_a_series_is_shown_run_by_run_with_what_changed_and_what_was_written(
    nights: Path, capsys: pytest.CaptureFixture[str]
):
    series = key(capsys, 8)
    assert called(capsys, "history", "annotate", "2026-11-19", "fan replaced")[0] == 0
    assert called(capsys, "history", "annotate", "2026-11-19", "of batch 1", "--series", key(capsys, 1))[0] == 0
    known = ("history", "acknowledge", series, "--metric", "qps,p99", "--night", "2026-11-20")
    assert called(capsys, *known, "--why", "new runtime")[0] == 0
    code, out, _ = called(capsys, "history", "show", series[:6], "--since", "2026-11-18")
    assert code == 0
    caption, _, table = out.partition("\n\n")
    assert caption.startswith("vit_b_32 · fp32 · batch 8 · onnxruntime · device 0-1 · ")
    assert [" ".join(line) for line in lines(table)] == [
        "2026-11-18 yes n1 ok 30.00 266.7 320.0",
        "2026-11-19 yes n2 failed – – – fan replaced",
        "2026-11-20 yes n3 3 ok 25.00 320.0 384.0 runner_version: 1.23.0 → 1.24.0; "
        "latency_p99_ms acknowledged: new runtime; qps acknowledged: new runtime",
    ]
    _, out, _ = called(capsys, "history", "show", series, "--format", "json", "--metric", "p90")
    told = json.loads(out)
    assert [one["run_id"] for one in told] == ["by-day", "n1", "n2", "n3"]
    assert [one["latency_p90_ms"] for one in told][2] is None
    assert told[2]["remarks"] == ["fan replaced"]
    assert called(capsys, *known, "--withdraw") == (0, "", "")
    code, _, err = called(capsys, *known, "--withdraw")
    assert (code, err) == (2, f"Error: --withdraw: qps of {series} has no acknowledgement at 2026-11-20.\n")
    assert called(capsys, "history", "list", "acknowledgements") == (0, "none\n", "")
    _, out, _ = called(capsys, "history", "list", "annotations", "--format", "csv")
    assert [(one["night"], one["text"], one["author"]) for one in csv.DictReader(io.StringIO(out))] == [
        ("2026-11-19", "fan replaced", "ann"),
        ("2026-11-19", "of batch 1", "ann"),
    ]


def test_rows_are_exported_as_their_folders_have_them(nights: Path, capsys: pytest.CaptureFixture[str]):
    code, _, _ = called(capsys, "history", "export", "--run", "n3", "--out", "n3.csv")
    assert code == 0
    assert Path("n3.csv").read_text().splitlines() == (nights / "n3" / RESULTS).read_text().splitlines()
    assert read_rows(Path("n3.csv")).equals(read_rows(nights / "n3" / RESULTS))
    code, _, err = called(capsys, "history", "export", "--out", "n3.csv")
    assert (code, err) == (2, "Error: --out n3.csv: it is there already; choose another file.\n")
    some = ("--series", key(capsys, 8), "--since", "2026-11-19", "--until", "2026-11-20", "--format", "json")
    _, out, _ = called(capsys, "history", "export", *some)
    assert [(one["run_id"], one["qps"]) for one in json.loads(out)] == [
        ("n2", None), ("n3", 24.0), ("n3", 25.0), ("n3", 26.0),
    ]  # fmt: skip
    _, out, _ = called(capsys, "history", "export", "--since", "2030-01-01", "--format", "json")
    assert json.loads(out) == []


def test_old_nights_are_forgotten_only_by_who_says_yes(nights: Path, capsys: pytest.CaptureFixture[str]):
    code, _, err = called(capsys, "history", "prune", "--keep", "2")
    what = "2 runs with 3 rows before 2026-11-19"
    asked = f"Error: Forget {what} of reports/history.sqlite? Nobody can be asked here; say --yes.\n"
    assert (code, err) == (2, asked)
    assert called(capsys, "history", "prune", "--keep", "2", "--yes") == (0, "", f"Forgot {what}.\n")
    assert called(capsys, "history", "prune", "--keep", "2", "--yes")[2] == "Nothing to forget before 2026-11-19.\n"
    assert [line[2] for line in lines(called(capsys, "history", "list")[1])] == ["n2", "n3"]
    assert sorted(path.name for path in nights.iterdir() if path.is_dir()) == ["by-day", "n1", "n2", "n3"]
    for arguments in ([], ["--keep", "1", "--before", "2026-11-19"]):
        code, _, err = called(capsys, "history", "prune", *arguments)
        assert (code, err.startswith("Error: Say what to forget: either --before DATE, or --keep N")) == (2, True)


def test_a_folder_that_cannot_be_read_does_not_lose_the_others(nights: Path, capsys: pytest.CaptureFixture[str]):
    (nights / "n1" / RESULTS).write_text("model,qps\nvision,1\n")
    (nights / "history.sqlite").unlink()
    code, _, err = called(capsys, "history", "rebuild", "reports")
    assert code == 1
    assert err == (
        "Error: reports/n1/results.csv has no column schema_version, so it is no table of clipperf's.\n"
        "3 runs put into reports/history.sqlite.\n"
    )


def test_folders_become_those_of_a_night(nights: Path, capsys: pytest.CaptureFixture[str]):
    assert called(capsys, "history", "rebuild", "reports/by-day", "--night", "2026-11-17", "--quiet") == (0, "", "")
    assert lines(called(capsys, "history", "list")[1])[0][:3] == ["2026-11-17", "yes", "by-day"]
    assert json.loads((nights / "by-day" / "night.json").read_text()) == {"night": "2026-11-17"}


@pytest.mark.parametrize("verb", ["list", "show 1234", "export", "prune --keep 1", "annotate 2026-11-20 text"])
def test_without_a_history_nothing_is_made(verb: str, working_folder: Path, capsys: pytest.CaptureFixture[str]):
    code, out, err = called(capsys, "history", *verb.split())
    assert (code, out) == (2, "")
    assert err.startswith("Error: --history reports/history.sqlite: there is no such file. Make it from run folders")
    assert list(working_folder.iterdir()) == []


def test_hostile_names_are_spelt_out_on_the_terminal(working_folder: Path, capsys: pytest.CaptureFixture[str]):
    evil = "\x1b[2J'; DROP TABLE clipperf_rows; --" + "y" * 10_000
    run_folder(working_folder / "r", row(1, model=evil, host=evil, profile=evil))
    called(capsys, "history", "rebuild", "r")
    called(capsys, "history", "annotate", "2026-11-20", evil)
    for arguments in (["list"], ["list", "series"], ["show", key(capsys, 1)], ["list", "annotations"], ["export"]):
        code, out, _ = called(capsys, "history", *arguments)
        assert code == 0
        assert "\x1b" not in out
    assert max(map(len, called(capsys, "history", "list")[1].splitlines())) < 400


def test_an_empty_annotation_says_nothing(nights: Path, capsys: pytest.CaptureFixture[str]):
    code, _, err = called(capsys, "history", "annotate", "2026-11-19", " ")
    assert (code, err) == (2, 'Error: The text is empty; say what happened, such as "driver 24.1".\n')


def test_a_sweep_puts_its_rows_into_the_history_that_is_configured(
    working_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    assert called(capsys, *SIMULATED, "--out", "first", "--quiet")[0] == 0
    assert not Path("reports").exists()
    assert called(capsys, *SIMULATED, "--out", "second", "--history", "flag.sqlite", "--quiet")[0] == 0
    monkeypatch.setenv("CLIPPERF_HISTORY", f"sqlite:///{working_folder}/variable.sqlite")
    assert called(capsys, *SIMULATED, "--out", "third", "--quiet")[0] == 0
    for file, run in (("flag.sqlite", "second"), ("variable.sqlite", "third")):
        (line,) = lines(called(capsys, "history", "list", "--history", file)[1])
        assert run in line
        assert "yes" not in line


def test_a_history_that_takes_no_rows_is_told_before_anything_is_measured(
    working_folder: Path, capsys: pytest.CaptureFixture[str]
):
    Path("h.sqlite").write_bytes(b"no database" * 100)
    code, out, err = called(capsys, *SIMULATED, "--out", "run", "--history", "h.sqlite")
    assert (code, out) == (2, "")
    assert err.startswith("Error: --history h.sqlite: the file is no SQLite database; ")
    assert not Path("run").exists()


def test_a_history_that_fails_afterwards_loses_nothing(
    working_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    called(capsys, *SIMULATED, "--out", "first", "--quiet", "--history", "h.sqlite")
    with sqlite3.connect("h.sqlite") as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON clipperf_rows BEGIN SELECT RAISE(FAIL, 'quota'); END")
    code, out, err = called(capsys, *SIMULATED, "--out", "second run", "--history", "h.sqlite", "--format", "csv")
    assert code == 1
    assert len(list(csv.DictReader(io.StringIO(out)))) == 1
    assert err.splitlines()[-1] == (
        "Error: --history h.sqlite: quota. The rows are safe in second run; then add them with: "
        "clipperf history rebuild 'second run'"
    )
    with sqlite3.connect("h.sqlite") as connection:
        connection.execute("DROP TRIGGER full")
    assert called(capsys, "history", "rebuild", "second run", "--history", "h.sqlite", "--quiet") == (0, "", "")
