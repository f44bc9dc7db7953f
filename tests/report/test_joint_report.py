"""Several run folders in one table and one picture."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rows import Row, frame, lost, row, sweep

from clipperf.errors import UsageError
from clipperf.report.curve import curve_figure
from clipperf.report.export import csv_text
from clipperf.report.joint_report import joint_frame, write_joint_report
from clipperf.report.spread import repeats_text
from clipperf.report.table import table_text

DERIVED = {"runner": "ais_bench", "runner_version": "", "scope": "compute", "measured_by": "ais_bench", "host": "npu"}


def folder(path: Path, *rows: Row) -> Path:
    """A run folder of those rows."""
    path.mkdir(parents=True)
    (path / "results.csv").write_text(
        csv_text(frame(*({**one, "run_id": path.name} for one in rows))), encoding="utf-8"
    )
    return path


def derived(batch: int, rate: float, **columns: object) -> Row:
    """A row whose throughput a vendor derived from device time."""
    return row(batch, rate) | DERIVED | {"qps": None, "qps_compute": rate} | columns


def test_one_table_and_one_picture_of_two_folders(tmp_path: Path):
    a = folder(tmp_path / "cpu", *sweep())
    b = folder(tmp_path / "npu", *(derived(batch, 200.0 * batch) for batch in (1, 8, 64)))
    found = write_joint_report([a, b], tmp_path / "new" / "both")
    assert sorted(path.name for path in (tmp_path / "new" / "both").iterdir()) == ["curve.png", "curve.svg", "table.md"]
    assert len(found.frame) == 7 + 3
    assert found.notes.startswith("scope · compute, host\n  compute: execution on the device alone")
    assert "No picture has both on one axis." in found.notes.replace("\n  ", " ")
    table = (tmp_path / "new" / "both" / "table.md").read_text(encoding="utf-8")
    heads = [cell.strip() for cell in table.splitlines()[2].split("|")[1:-1]]
    assert heads[:4] == ["runner", "scope", "measured by", "host"]
    assert {"qps", "qps (device compute)", "× batch 1"} <= set(heads)


def test_the_same_case_of_two_runs_is_two_curves(tmp_path: Path):
    both = [folder(tmp_path / "monday", *sweep()), folder(tmp_path / "tuesday", *sweep())]
    text = table_text(joint_frame(both))
    assert text.splitlines()[2].split()[:2] == ["run", "batch"]
    assert text.count("monday") == text.count("tuesday") == 7
    figure = curve_figure(joint_frame(both))
    assert figure is not None
    assert {"run monday", "run tuesday"} <= {line.get_text() for line in figure.subfigs[0].legends[0].get_texts()}


def test_runs_of_one_name_are_told_apart_by_their_paths(tmp_path: Path):
    both = [folder(tmp_path / "a" / "run", *sweep()), folder(tmp_path / "b" / "run", *sweep())]
    assert set(joint_frame(both)["run_id"]) == {str(path) for path in both}


def test_repeats_of_two_runs_are_not_put_together():
    rows = [row(8, 20.0, case_id="a", run_id=run, repeat=0) for run in ("monday", "tuesday")]
    assert repeats_text(frame(*rows)) == ""
    more = [row(8, rate, case_id="a", run_id="monday", repeat=1) for rate in (22.0,)]
    assert "run monday: between 2 repeats 6.7 %" in repeats_text(frame(*rows, *more))


def test_repeats_of_what_a_vendor_derived():
    rows = [derived(8, rate, repeat=number, case_id="a") for number, rate in enumerate((100.0, 110.0, 90.0))]
    assert repeats_text(frame(*rows)) == (
        "repeats · standard deviation of qps_compute\n  qps_compute: between 3 repeats 10 %"
    )


def test_the_control_cases_name_their_run(tmp_path: Path):
    both = [folder(tmp_path / "a", *sweep()), folder(tmp_path / "b", *sweep(host="other"))]
    figures = {"batch_size": 1, "qps": 10.0, "qps_ci_low": 9.0, "qps_ci_high": 11.0}
    control = {"first": figures, "last": figures, "change_pct": 0.0}
    (both[1] / "control.json").write_text(json.dumps(control), encoding="utf-8")
    assert "control of b · batch 1" in write_joint_report(both, tmp_path / "out").notes


def test_folders_that_cannot_be_joined(tmp_path: Path):
    a = folder(tmp_path / "a", *sweep())
    with pytest.raises(UsageError, match=r"a is given twice; a row counts once"):
        joint_frame([a, tmp_path / "." / "a"])
    with pytest.raises(UsageError, match=r"none has no results\.csv; give a run folder"):
        joint_frame([a, tmp_path / "none"])
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match=r"--out .*file: it cannot be written to \(File exists\)"):
        write_joint_report([a], tmp_path / "file")


def test_an_empty_run_and_a_failed_one_join(tmp_path: Path):
    folders = [folder(tmp_path / "a", lost(1)), folder(tmp_path / "b", *sweep())]
    assert len(write_joint_report(folders, tmp_path / "out").frame) == 8


def test_one_scope_needs_no_note(tmp_path: Path):
    assert "scope" not in write_joint_report([folder(tmp_path / "a", *sweep())], tmp_path / "out").notes
