"""The page of runs: curves side by side, scopes and published figures apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rows import Row, frame, lost, row, sweep

from clipperf.errors import UsageError
from clipperf.report.export import csv_text
from clipperf.report.folder_report import FolderReport
from clipperf.report.joint_report import joint_frame
from clipperf.report.page.content import Page
from clipperf.report.page.runs import page_of_runs
from clipperf.report.run_page import write_run_page
from clipperf.results.folder import ENVIRONMENT, RESULTS


def run(folder: Path, *rows: Row, environment: dict[str, object] | None = None) -> Path:
    folder.mkdir()
    (folder / RESULTS).write_text(csv_text(frame(*rows)), encoding="utf-8")
    if environment:
        (folder / ENVIRONMENT).write_text(json.dumps(environment), encoding="utf-8")
    return folder


def page_of(*folders: Path) -> Page:
    return page_of_runs(FolderReport(joint_frame(folders), "a note"), folders, folders[0].parent)


def test_one_run_is_a_throughput_and_a_latency(tmp_path: Path):
    page = page_of(run(tmp_path / "one", *sweep()))
    assert [chart.title.split(" · ")[0] for chart in page.curves] == ["Throughput", "Latency, p50", "Latency, p99"]
    (rate,) = page.curves[0].traces
    assert (rate.x, rate.y[0]) == ([1, 2, 4, 8, 16, 32, 64], 16.31)
    assert (page.headline, page.news, page.trends) == ("7 rows, none failed.", (), ())
    assert [table.key for table in page.tables] == ["rows"]


def test_several_runs_are_put_side_by_side_with_scopes_apart(tmp_path: Path):
    cpu = run(tmp_path / "cpu", *sweep(), environment={"cpu": {"model": "A"}})
    half = run(tmp_path / "half", *sweep(runner="openvino", run_id="b"), environment={"cpu": {"model": "B"}})
    whole = run(tmp_path / "whole", *sweep(runner="vacc", scope="pipeline", run_id="c"))
    page = page_of(cpu, half, whole)
    assert [sorted({trace.name for trace in chart.traces}) for chart in page.curves if "Through" in chart.title] == [
        ["onnxruntime", "openvino"],
        ["measured"],
    ]
    (best, _) = page.tables
    assert [line.cells[1].text for line in best.lines] == ["host", "host", "pipeline"]
    assert [line.cells[4].text for line in best.lines] == ["100", "100", "100"]
    assert page.changes == ["half against cpu: cpu.model: A → B"]


def test_of_repeats_the_middle_one_is_drawn(tmp_path: Path):
    rows = [row(4, qps, repeat=number) for number, qps in enumerate((30.0, 10.0, 20.0))]
    page = page_of(run(tmp_path / "one", *rows, row(8, 40.0)))
    assert page.curves[0].traces[0].y == [20.0, 40.0]


def test_what_is_published_of_the_device_stands_in_its_own_scope(tmp_path: Path):
    named = {"runner": {"name": "acl", "devices": ["0"], "product": "Ascend 910B4"}}
    rows = [row(batch, 100.0, model="vision", runner="acl") for batch in (1, 8)]
    page = page_of(run(tmp_path / "card", *rows, environment=named))
    published = [(chart.title, trace) for chart in page.curves for trace in chart.traces if trace.role == "published"]
    ((title, trace),) = published
    assert "scope compute" in title
    assert (trace.x[0], trace.y[0]) == (1.0, 181.0)
    same = [one | {"scope": "compute", "qps": None, "qps_compute": 170.0} for one in rows]
    beside = page_of(run(tmp_path / "same", *same, environment=named))
    assert {trace.role for trace in beside.curves[0].traces} == {"now", "published"}


def test_another_device_has_no_reference(tmp_path: Path):
    page = page_of(run(tmp_path / "cpu", row(1, 20.0, model="vision"), row(8, 30.0, model="vision")))
    assert {trace.role for chart in page.curves for trace in chart.traces} == {"now"}


def test_a_run_in_which_all_failed_has_a_page(tmp_path: Path):
    folder = run(tmp_path / "lost", lost(1), lost(2, error="It died."))
    page = page_of(folder)
    assert (page.headline, page.state, len(page.failures)) == ("2 rows, 2 failed.", "failed", 2)
    text = write_run_page(FolderReport(joint_frame([folder]), ""), [folder], folder).read_text(encoding="utf-8")
    assert "It died." in text
    assert 'id="plotly"' not in text


def test_a_run_that_was_killed_before_its_first_row_has_a_page(tmp_path: Path):
    page = page_of(run(tmp_path / "begun"))
    assert (page.headline, page.curves, page.tables) == ("0 rows, none failed.", [], [])


def test_a_folder_that_takes_no_page_is_named(tmp_path: Path):
    folder = run(tmp_path / "one", row())
    with pytest.raises(UsageError, match="the page cannot be written"):
        write_run_page(FolderReport(joint_frame([folder]), ""), [folder], tmp_path / "absent")
