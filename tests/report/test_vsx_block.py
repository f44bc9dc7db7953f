"""Rows as VastStreamX's profilers would have printed them, and those that have no such form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from clipperf.cli import group
from clipperf.report.vsx_block import vsx_blocks
from clipperf.results.folder import RunFolder
from clipperf.tools import load_tool
from tests.rows import Row, frame, lost, row

IN_MS = {"mean": 15.4661, "min": 7.7598, "max": 17.841, "p50": 15.492, "p90": 15.521, "p95": 15.533, "p99": 15.556}


def pipeline(**columns: Any) -> Row:
    """A row of a device of VACC, three requests in flight."""
    figures = {f"latency_{name}_ms": ms for name, ms in IN_MS.items()}
    told = {"device": "0", "queue_depth": 3, "scope": "pipeline", "model": "vision", "runner": "vacc", **figures}
    return row(1, 192.84) | told | columns


def test_the_block():
    exported = vsx_blocks(frame(pipeline()))
    assert exported.left_out == ()
    assert exported.text == (
        "# vision · fp32 · scope pipeline · by clipperf\n"
        "- number of instances: 1\n"
        "  devices: [ 0 ]\n"
        "  queue size: 1\n"
        "  batch size: 1\n"
        "  throughput (qps): 192.84\n"
        "  latency (us):\n"
        "    avg latency: 15466\n"
        "    min latency: 7760\n"
        "    max latency: 17841\n"
        "    p50 latency: 15492\n"
        "    p90 latency: 15521\n"
        "    p95 latency: 15533\n"
        "    p99 latency: 15556\n"
    )


def test_instances_are_those_of_all_devices():
    text = vsx_blocks(frame(pipeline(device="0,3", devices=2, instances=2))).text
    assert "- number of instances: 4\n  devices: [ 0 3 ]\n" in text


def test_what_tells_rows_apart_stands_above_them():
    rows = (pipeline(options=json.dumps({"program": "/opt/bin/clip_image_prof"})), pipeline(queue_depth=1))
    first, second = vsx_blocks(frame(*rows)).text.split("\n\n")
    assert first.startswith(
        "# vision · fp32 · scope pipeline · by clipperf · depth 3 · program /opt/bin/clip_image_prof\n"
    )
    assert second.startswith("# vision · fp32 · scope pipeline · by clipperf · depth 1\n")


def test_an_imported_row_keeps_its_label_and_its_queue_size():
    options = {"label": "ViT / max", "program": "run_stream_async_prof", "queue_size": 7}
    text = vsx_blocks(frame(pipeline(options=json.dumps(options)))).text
    assert text.startswith("# ViT / max · run_stream_async_prof\n")
    assert "  queue size: 7\n" in text


def test_rows_without_such_a_form():
    rows = [
        pipeline(),
        lost(4),
        lost(8),
        pipeline(scope="host"),
        pipeline(queue_depth=2),
        pipeline(device="0-1"),
        pipeline(loop="open"),
        pipeline(instances=None),
        pipeline(latency_mean_ms=None),
        pipeline(qps=None),
    ]
    exported = vsx_blocks(frame(*rows))
    assert exported.text.count("number of instances") == 1
    assert len(exported.left_out) == 7
    told = "\n".join(exported.left_out)
    assert "failed rows have no figures: 2 rows (" in told
    for reason in (
        "the scope pipeline and theirs is host: 1 row",
        "no queue size stands for a queue depth of 2",
        "numbers of devices",
        "an open loop has none",
        "their instances is not known",
        "they lack counted qps, or the mean, least and largest latency: 2 rows",
    ):
        assert reason in told


@given(
    st.floats(0.001, 1e7),
    st.lists(st.floats(0.01, 1e6), min_size=7, max_size=7).map(sorted),
    st.integers(1, 40).filter(lambda depth: depth != 2),
    st.integers(1, 8),
    st.sampled_from(["0", "1,2", "0,1,2,3"]),
    st.integers(1, 512),
)
def test_figures_come_back(qps: float, ms: list[float], depth: int, instances: int, device: str, batch: int):
    low, mean, *percentiles, high = ms
    figures = dict(zip(IN_MS, (mean, low, high, *percentiles), strict=True))
    one = pipeline(qps=qps, queue_depth=depth, instances=instances, device=device, batch_size=batch)
    text = vsx_blocks(frame(one | {f"latency_{name}_ms": figure for name, figure in figures.items()})).text
    (report,) = load_tool("vsx_prof").read_log("export.txt", text)
    assert report.qps == pytest.approx(qps, rel=5e-6)
    assert report.latency_ms == {name: pytest.approx(figure, abs=0.0005001) for name, figure in figures.items()}
    assert (report.queue_depth, report.instances, report.device, report.batch_size) == (depth, instances, device, batch)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder with a row that has the form and one that has not."""
    path = tmp_path / "run"
    path.mkdir()
    with RunFolder(path) as folder:
        folder.begin(None, {})
        for one in (pipeline(), pipeline(queue_depth=1, batch_size=4) | {"status": "failed"}):
            folder.append(one)
    return path


def test_blocks_go_to_stdout_and_the_rest_to_stderr(run: Path):
    done = CliRunner().invoke(group, ["export", str(run), "--as", "vsx"])
    assert (done.exit_code, done.stdout.count("throughput (qps): 192.84")) == (0, 1)
    assert done.stderr == "Left out, since failed rows have no figures: 1 row (depth 1 · batch 4).\n"
    assert CliRunner().invoke(group, ["export", str(run), "--as", "vsx", "--quiet"]).stderr == ""


def test_a_file_is_written_once(run: Path, tmp_path: Path):
    arguments = ["export", str(run), "--as", "vsx", "--out", str(tmp_path / "blocks.txt")]
    assert CliRunner().invoke(group, arguments).stdout == ""
    assert "throughput (qps): 192.84" in (tmp_path / "blocks.txt").read_text(encoding="utf-8")
    again = CliRunner().invoke(group, arguments)
    assert str(again.exception) == f"--out {tmp_path / 'blocks.txt'}: it is there already; choose another file."
    nowhere = CliRunner().invoke(group, [*arguments[:-1], str(tmp_path / "no" / "blocks.txt")])
    assert "cannot be written (No such file or directory)" in str(nowhere.exception)


def test_a_run_without_any_such_row(tmp_path: Path):
    (tmp_path / "run").mkdir()
    with RunFolder(tmp_path / "run") as folder:
        folder.begin(None, {})
        folder.append(lost(4))
    done = CliRunner().invoke(group, ["export", str(tmp_path / "run"), "--as", "vsx"])
    assert "has no row that can be told as vsx.\nLeft out, since failed rows" in str(done.exception)
