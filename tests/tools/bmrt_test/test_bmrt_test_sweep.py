"""Sweeps that bmrt_test measures: rows, failures among them, the devices meanwhile, and logs that come back as rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from device_programs import bm_smi
from sweeps import statuses, sweep

from clipperf.cli import group
from clipperf.report.folder_report import write_report
from clipperf.results.frame import read_rows


@pytest.fixture
def swept(
    tmp_path: Path, program: Path, bmodel: Callable[..., Path], model_tool: Path, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Sweeps a model of three stages into a folder, on a host with bm-smi and one idle device."""
    (tmp_path / "host").mkdir()
    scene = bm_smi(tmp_path / "host", monkeypatch, text="three", table="soc")
    (scene / "text.txt").write_text((scene / "text.txt").read_text().replace("83%", "0%"))

    def swept(**keys: Any) -> pd.DataFrame:
        told = {
            "runner": "bmrt_test",
            "model": str(bmodel({"vit": [1, 4, 8]})),
            "option": {"command": [str(program)]},
            "device": ["0"],
            "iterations": 20,
            "warmup": "2",
            "batch": [4],
        }
        return sweep(tmp_path / "run", **{**told, **keys})

    return swept


def test_a_grid_with_a_control(swept: Any, tmp_path: Path):
    frame = swept(batch=[1, 8, 16], control=True)
    assert statuses(frame) == {1: "ok", 8: "ok", 16: "unsupported"}
    one = frame[frame["batch_size"] == 1].iloc[0]
    assert one["qps_compute"] == pytest.approx(1e3 / one["latency_mean_ms"])
    assert (one["requests"], one["scope"], one["measured_by"]) == (20, "compute", "bmrt_test stand-in-build")
    assert pd.isna(one["qps"])
    assert one["compute_mean_ms"] == pytest.approx(0.9 * one["latency_mean_ms"], rel=0.02)
    control = json.loads((tmp_path / "run" / "control.json").read_text())
    assert control["rate"] == "qps_compute"
    assert "qps_compute, then" in write_report(tmp_path / "run").notes


def test_what_the_device_held_meanwhile(swept: Any):
    row = swept(iterations=300).iloc[0]
    assert (row["device_memory_mb"], row["temperature_c"]) == (4312, 66)
    assert pd.isna(row["energy_j_per_sample"]), "nothing of it is wall time"


def test_a_crash_is_a_row_with_the_last_words(swept: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BMRT_FAILS", "half-way")
    row = swept().iloc[0]
    assert (row["status"], row["error_kind"]) == ("failed", "SIGSEGV")
    assert "compare    time(s)" in row["error"]


def test_its_log_imports_to_the_same_figures(swept: Any, tmp_path: Path):
    row = swept(iterations=30).iloc[0]
    (log,) = (tmp_path / "run" / "logs").glob("*.log")
    arguments: Sequence[str] = ["import", "bmrt_test", str(log), "--out", str(tmp_path / "imported"), "--quiet"]
    assert CliRunner().invoke(group, list(arguments)).exit_code == 0
    again = read_rows(tmp_path / "imported" / "results.csv").iloc[0]
    # The log tells one loop of warm-up by itself, clipperf was asked for two.
    assert again["requests"] == row["requests"] + 1
    assert again["latency_min_ms"] <= row["latency_min_ms"]
    for name in ("batch_size", "device", "scope", "runner"):
        assert again[name] == row[name]


def test_a_flag_tells_the_batch_that_notes_leave_out(tmp_path: Path):
    notes = tmp_path / "notes.txt"
    notes.write_text("calculate  time(s): 0.020000\ncalculate  time(s): 0.006700\n")
    done = CliRunner().invoke(
        group, ["import", "bmrt_test", str(notes), "--batch", "2", "--out", str(tmp_path / "run"), "--quiet"]
    )
    assert done.exit_code == 0
    row = read_rows(tmp_path / "run" / "results.csv").iloc[0]
    assert (row["latency_mean_ms"], row["qps_compute"]) == (6.7, pytest.approx(2e3 / 6.7))
