"""``clipperf nightly`` as a program, with a simulated device whose speed an option sets."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from commands import called

FIRST = date(2026, 3, 1)
DEVICE = """\
name: nightly
model: any
runner: simulated
batch: [4]
iterations: 40
warmup: "2"
option: {{execute_ms: "4:{ms}"}}
"""


@pytest.fixture(autouse=True)
def quick_doctor(monkeypatch: pytest.MonkeyPatch):
    """The doctor looks at the machine for two seconds and finds what the tests of the doctor are about."""
    monkeypatch.setattr("clipperf.nightly.night.examine", lambda *_: [])


def night(folder: Path, capsys: pytest.CaptureFixture[str], number: int, *more: object) -> tuple[int, str, str]:
    """The night of that number."""
    where = ("--reports", folder / "nightly", "--history", folder / "history.sqlite", "--control", "none")
    day = (FIRST + timedelta(days=number)).isoformat()
    return called(capsys, "nightly", folder / "nightly.yaml", *where, "--date", day, "--quiet", *more)


def device(folder: Path, milliseconds: float) -> None:
    (folder / "nightly.yaml").write_text(DEVICE.format(ms=milliseconds), encoding="utf-8")


def test_five_quiet_nights_then_three_slow_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Slowed from outside: the rows of the history say 40 ms where the device took 10."""
    device(tmp_path, 10)
    assert [night(tmp_path, capsys, number)[0] for number in range(5)] == [0] * 5
    found = []
    for number in range(5, 8):
        night(tmp_path, capsys, number)
        slow_down(tmp_path, number)
        code, out, _ = night(tmp_path, capsys, number)
        found.append((code, out.splitlines()[0]))
    assert found == [
        (0, "2026-03-06: 1 series suspected."),
        (0, "2026-03-07: 1 series suspected."),
        (3, "2026-03-08: 1 series slower."),
    ]
    assert "since 2026-03-06" in out


def slow_down(folder: Path, number: int) -> None:
    """Quarters the throughput of a night in its run folder, from which the history is filled again."""
    results = folder / "nightly" / (FIRST + timedelta(days=number)).isoformat() / "runs" / "nightly" / "results.csv"
    with results.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["qps"] = str(float(row["qps"]) / 4)
    with results.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_the_same_night_twice_measures_nothing_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    device(tmp_path, 2)
    night(tmp_path, capsys, 0)
    rows = (tmp_path / "nightly" / FIRST.isoformat() / "runs" / "nightly" / "results.csv").read_text()
    code, out, _ = night(tmp_path, capsys, 0)
    assert code == 0
    assert out.startswith("2026-03-01: Quiet: no series has enough nights yet.")
    assert (tmp_path / "nightly" / FIRST.isoformat() / "runs" / "nightly" / "results.csv").read_text() == rows


def test_a_sweep_that_cannot_run_does_not_keep_the_others_from_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    device(tmp_path, 2)
    (tmp_path / "dead.yaml").write_text("runner: my_module:Absent\nmodel: any\n")
    code, out, _ = night(tmp_path, capsys, 0, tmp_path / "dead.yaml")
    assert code == 1
    assert "Dead could not be measured" in out
    assert "my_module" in out
    summary = json.loads((tmp_path / "nightly" / FIRST.isoformat() / "summary.json").read_text())
    assert [(sweep["name"], sweep["rows"]) for sweep in summary["sweeps"]] == [("nightly", 1), ("dead", 0)]


def test_what_is_wrong_is_told_before_anything_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    device(tmp_path, 2)
    (tmp_path / "bad.yaml").write_text("batch: 0\n")
    (tmp_path / "directory").mkdir()
    for more, told in (
        ((tmp_path / "bad.yaml",), "batch"),
        (("--date", "yesterday"), "--date yesterday: give a date such as 2026-11-20."),
        (("--threshold", "2"), "--threshold 2: give a share between 0 and 1"),
        (("--notify", "hook"), "--notify hook: give an address"),
        (("--history", tmp_path / "directory"), "--history"),
    ):
        code, _, err = night(tmp_path, capsys, 0, *more)
        assert code == 2
        assert told in err
    assert not (tmp_path / "nightly").exists()


def test_files_for_others(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    device(tmp_path, 2)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "step.md"))
    files = ("--metrics", tmp_path / "clipperf.prom", "--junit", tmp_path / "junit.xml")
    assert night(tmp_path, capsys, 0, *files)[0] == 0
    assert (tmp_path / "clipperf.prom").read_text().endswith("# EOF\n")
    assert "<testsuite" in (tmp_path / "junit.xml").read_text()
    folder = tmp_path / "nightly" / FIRST.isoformat()
    assert (tmp_path / "step.md").read_text() == (folder / "summary.md").read_text()
