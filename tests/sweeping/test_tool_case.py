"""Sweeps that a vendor's tool measures, over a tool whose program does as the options say."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pytest
from sweeps import sweep

from clipperf.errors import UsageError
from clipperf.results.samples_file import read_samples
from clipperf.tools import TABLE

TOOL: dict[str, Any] = {"runner": "stand_in", "warmup": "1", "option": {}}


@pytest.fixture(autouse=True)
def tool(monkeypatch: pytest.MonkeyPatch, standins: None) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "standins"))
    monkeypatch.setitem(TABLE, "stand_in", "stand_in_tool:StandInTool")


@pytest.fixture
def model(tmp_path: Path) -> str:
    (tmp_path / "clip.om").write_bytes(b"model")
    return str(tmp_path / "clip.om")


def measured(folder: Path, model: str, **keys: Any) -> pd.Series:
    return sweep(folder, **{**TOOL, "model": model, **keys}).iloc[0]


def test_the_row_of_a_tool(tmp_path: Path, model: str):
    row = measured(tmp_path / "run", model, batch=4, iterations=50)
    durations = 5.0 * (1 + 0.001 * (np.arange(50) % 7))
    assert (row["status"], row["measured_by"], row["scope"], row["requests"]) == ("ok", "stand_in 1.2", "compute", 50)
    assert row["latency_mean_ms"] == pytest.approx(durations.mean(), abs=1e-3)
    assert row["compute_p50_ms"] == row["latency_p50_ms"] == pytest.approx(np.sort(durations)[24], abs=1e-3)
    assert row["qps_compute"] == pytest.approx(4 * 1e3 / durations.mean(), abs=0.01)
    assert row["qps_compute_ci_low"] < row["qps_compute"] < row["qps_compute_ci_high"]
    # Device time laid end to end is no wall time.
    assert pd.isna(row["qps"])
    assert pd.isna(row["window_s"])
    assert '"stand-in"' in row["warnings"]


def test_what_the_tool_said_is_kept(tmp_path: Path, model: str):
    row = measured(tmp_path / "run", model, iterations=20)
    log = tmp_path / "run" / "logs" / f"{row['case_id']}-0.log"
    assert log.read_text().startswith(f"$ {sys.executable} ")
    assert "starting" in log.read_text()
    assert (log.with_suffix("") / "1" / "0" / "written.json").is_file()
    samples, counts = read_samples(tmp_path / "run", row["case_id"], 0)
    assert len(samples) == counts.sum() == 20


def test_processes_begin_together(tmp_path: Path, model: str):
    row = measured(tmp_path / "run", model, device=["0,1"], instances=2, iterations=40)
    log = (tmp_path / "run" / "logs" / f"{row['case_id']}-0.log").read_text()
    begun = sorted(int(at) for at in re.findall(r"began at (\d+)", log))
    assert len(begun) == 4
    # Without being held they would begin 600 ms apart at least.
    assert begun[-1] - begun[0] < 200_000_000
    assert row["requests"] == 40
    assert row["qps_compute"] == pytest.approx(4 * 1e3 / row["latency_mean_ms"], rel=0.01)


def test_a_warm_up_by_time_needs_a_short_run_first(tmp_path: Path, model: str):
    row = measured(tmp_path / "run", model, iterations=20, warmup="100ms")
    log = (tmp_path / "run" / "logs" / f"{row['case_id']}-0.log").read_text()
    requests_and_warmup = re.findall(r"stand_in_tool.py  (\d+) (\d+) 0", log)
    assert requests_and_warmup == [("20", "1"), ("20", "20")]


def test_a_time_is_turned_into_requests(tmp_path: Path, model: str):
    row = measured(tmp_path / "run", model, iterations=None, duration=1.0)
    assert row["requests"] == pytest.approx(1.0 / row["latency_mean_ms"] * 1e3, rel=0.01)


def test_it_is_measured_again_until_it_is_precise(tmp_path: Path, model: str):
    keys = {"iterations": None, "option": {"mode": ["scattered"]}, "target_ci": "0.2%"}
    row = measured(tmp_path / "run", model, **keys)
    assert row["status"] == "ok"
    half = (row["qps_compute_ci_high"] - row["qps_compute_ci_low"]) / 2
    assert half / row["qps_compute"] <= 0.002
    short = measured(tmp_path / "short", model, **keys, max_duration=1.2)
    assert (short["status"], short["requests"] < row["requests"]) == ("inconclusive", True)


@pytest.mark.parametrize(
    ("mode", "status", "kind"),
    [
        ("hang", "timed-out", "timed-out"),
        ("die", "failed", "stand-in-died"),
        ("torrent", "failed", "too-much-output"),
        ("orphan", "ok", None),
    ],
)
def test_a_program_that_goes_wrong_leaves_a_row_and_no_process(
    tmp_path: Path, model: str, mode: str, status: str, kind: str | None
):
    timeout = 2.0 if mode == "hang" else 60.0
    row = measured(tmp_path / "run", model, option={"mode": [mode]}, iterations=20, case_timeout=timeout)
    assert row["status"] == status
    assert (None if pd.isna(row["error_kind"]) else row["error_kind"]) == kind
    assert [one for one in psutil.Process().children(recursive=True) if one.status() != psutil.STATUS_ZOMBIE] == []
    left = [one for one in psutil.process_iter(["cmdline"]) if str(tmp_path) in " ".join(one.info["cmdline"] or [])]
    assert left == []


def test_a_program_that_cannot_be_started(tmp_path: Path, model: str):
    row = measured(tmp_path / "run", model, option={"program": ["/nowhere/bench"]}, iterations=20)
    assert (row["status"], row["error_kind"]) == ("failed", "not-started")
    assert row["error"] == "/nowhere/bench cannot be started (No such file or directory)."


def test_an_open_loop_is_not_what_a_tool_can_do(tmp_path: Path, model: str):
    row = measured(tmp_path / "run", model, rate=[100])
    assert row["status"] == "unsupported"
    assert row["error"].startswith("--rate 100: stand_in makes its load itself")


def test_a_scope_that_the_tool_does_not_time(tmp_path: Path, model: str):
    row = measured(tmp_path / "run", model, scope="host")
    assert (row["status"], row["error"]) == ("unsupported", "--scope host: stand_in times compute.")


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"option": {"mode": ["absent"]}}, "--runner stand_in: it is not here; install it."),
        ({"option": {"speed": [1]}}, "--option speed: stand_in has no such option; it takes mode, program."),
        ({"device": ["7"]}, "--device 7: stand_in has no such device here; there are 0, 1."),
        ({"runner": "simulated", "vendor_multi_device": True}, "--vendor-multi-device: simulated is no vendor's tool"),
    ],
)
def test_what_can_be_known_is_told_before_anything_runs(tmp_path: Path, model: str, keys: dict[str, Any], told: str):
    with pytest.raises(UsageError) as error:
        measured(tmp_path / "run", model, **keys)
    assert told in str(error.value)
    assert not (tmp_path / "run").exists()


def test_the_tools_own_means_of_serving_devices_is_another_case(tmp_path: Path, model: str):
    own = measured(tmp_path / "own", model, device=["0,1"], vendor_multi_device=True, iterations=20)
    ours = measured(tmp_path / "ours", model, device=["0,1"], iterations=20)
    assert own["options"] == '{"vendor_multi_device": true}'
    assert own["case_id"] != ours["case_id"]
