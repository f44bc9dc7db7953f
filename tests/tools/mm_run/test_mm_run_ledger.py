"""What the tool reports of a device, held against what the device itself wrote down."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mm_run_cases import Run, with_options

from clipperf.tools.base import Length, ToolCase

BEGIN, COPIED_IN, COMPUTED, END, DEVICE = range(5)
CLOSE = {"rel": 0.02}


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the devices write, each in a file of its own."""
    monkeypatch.setenv("MM_RUN_LEDGER", str(tmp_path / "ledger"))
    return tmp_path


def truth(folder: Path, device: str) -> Mapping[str, Any]:
    """What a device did: rates by its own begin and end, times in ms."""
    (path,) = [path for path in folder.glob("ledger-*.json") if device in json.loads(path.read_text())]
    device_did = json.loads(path.read_text())[device]
    did = np.array(device_did["requests"], dtype=np.int64)
    wall_s = (did[:, END].max() - did[:, BEGIN].min()) / 1e9
    total_ms = np.sort((did[:, END] - did[:, BEGIN]) / 1e6)
    return {
        "requests": len(did),
        "per_s": len(did) / wall_s,
        "wall_s": wall_s,
        "mean": total_ms.mean(),
        "p50": total_ms[int(np.ceil(len(did) * 0.5)) - 1],
        "p99": total_ms[int(np.ceil(len(did) * 0.99)) - 1],
        "compute": did[:, DEVICE].mean() / 1e6,
        **{key: device_did[key] for key in ("warmup", "threads", "depth")},
    }


@pytest.mark.parametrize("age", ["new", "old"])
def test_rates_and_latencies(case: ToolCase, run: Run, ledger: Path, monkeypatch: pytest.MonkeyPatch, age: str):
    monkeypatch.setenv("MM_RUN_FORMAT", age)
    (report,), _ = run(with_options(case, trace_time="both"), Length(None, 0.3, 1, 0.05))
    did = truth(ledger, "0")
    assert report.requests == did["requests"]
    assert report.window_s == pytest.approx(did["wall_s"], **CLOSE)
    assert report.requests_per_s == pytest.approx(did["per_s"], **CLOSE)
    assert report.qps == pytest.approx(8 * did["per_s"], **CLOSE)
    assert report.latency_ms["mean"] == pytest.approx(did["mean"], **CLOSE)
    assert report.latency_ms["p50"] == pytest.approx(did["p50"], **CLOSE)
    assert report.latency_ms["p99"] == pytest.approx(did["p99"], **CLOSE)
    assert report.compute_ms["mean"] == pytest.approx(did["compute"], **CLOSE)
    assert not report.warnings


def test_only_the_throughput_line(case: ToolCase, run: Run, ledger: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MM_RUN_FORMAT", "bare")
    (report,), _ = run(case)
    assert report.qps == pytest.approx(8 * truth(ledger, "0")["per_s"], **CLOSE)
    assert report.requests is None
    assert not report.latency_ms


def test_samples_are_those_of_the_named_input(case: ToolCase, run: Run, ledger: Path, two_inputs: Path):
    clip = with_options(replace(case, model=str(two_inputs)), input_batches="{batch}:100")
    (report,), _ = run(clip)
    per_s = truth(ledger, "0")["per_s"]
    assert report.qps == pytest.approx(8 * per_s, **CLOSE)
    assert report.vendor["vendor_qps"] == pytest.approx(100 * per_s, **CLOSE)
    (warning,) = report.warnings
    assert warning.code == "vendor-counts-otherwise"
    assert f"{report.qps:.5g}" in warning.sentence
    assert f"{report.vendor['vendor_qps']:.5g}" in warning.sentence


def test_the_named_input_may_be_any(case: ToolCase, run: Run, ledger: Path, two_inputs: Path):
    clip = with_options(replace(case, model=str(two_inputs)), input_dims="2x3x224x224:{batch}x77")
    (report,), _ = run(clip)
    assert report.qps == pytest.approx(8 * truth(ledger, "0")["per_s"], **CLOSE)
    assert not report.warnings


def test_a_process_for_each_device_with_a_thread_for_each_instance(case: ToolCase, run: Run, ledger: Path):
    reports, captured = run(replace(case, device_ids=("0", "1"), instances=2, queue_depth=2), Length(None, 0.4, 1, 0.1))
    assert [one.command.device for one in captured] == ["0", "1"]
    assert [report.device for report in reports] == ["0", "1"]
    for report in reports:
        did = truth(ledger, report.device)
        assert (did["threads"], did["depth"]) == (2, 2) == (report.instances, report.queue_depth)
        assert report.qps == pytest.approx(8 * did["per_s"], **CLOSE)
        assert not report.warnings


def test_without_copies(case: ToolCase, run: Run, ledger: Path):
    (report,), _ = run(replace(case, scope="device-io"))
    did = truth(ledger, "0")
    assert report.scope == "device-io"
    assert report.latency_ms["mean"] == pytest.approx(did["compute"], **CLOSE)


@pytest.mark.parametrize(("threads", "per_thread"), [(1, 20), (2, 20)])
def test_requests_are_those_of_each_instance(case: ToolCase, run: Run, ledger: Path, threads: int, per_thread: int):
    (report,), _ = run(replace(case, instances=threads), Length(per_thread, None, 1, 0.0))
    assert report.requests == truth(ledger, "0")["requests"] == threads * per_thread
    assert truth(ledger, "0")["warmup"] > 0


def test_its_own_list_of_devices(case: ToolCase, run: Run, ledger: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MM_RUN_MANY", "works")
    reports, captured = run(replace(case, device_ids=("0", "1"), with_own_devices=True), Length(40, None, 1, 0.0))
    assert len(captured) == 1
    assert [report.device for report in reports] == ["0", "1"]
    assert [truth(ledger, device)["requests"] for device in ("0", "1")] == [20, 20]
    for report in reports:
        assert report.qps == pytest.approx(8 * truth(ledger, report.device)["per_s"], **CLOSE)
        assert [warning.code for warning in report.warnings] == ["own-device-list"]


def test_the_trace_agrees_with_the_log(case: ToolCase, run: Run, ledger: Path):
    (report,), (captured,) = run(with_options(case, trace="true"))
    (name,) = captured.files
    assert re.fullmatch(r"dev0\S+ \S+:\S+\.json", name)
    assert json.loads(captured.files[name])["iterations"] == report.requests
    assert not report.warnings
