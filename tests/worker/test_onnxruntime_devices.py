"""Whole sweeps by onnxruntime over a stand-in of its builds for accelerators: figures against the device's ledger."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from standin_sdks import ONNXRUNTIME, true_median_ms, write_model
from sweeps import sweep

CLOSE = 0.1
"""How much longer than the truth a latency may be, as a share of it: the stand-in is Python, on a busy machine."""


@pytest.mark.parametrize(("python", "scope"), [("this", "host"), ("this", "device-io"), ("3.8", "host")])
def test_a_sweep_on_a_gpu_tells_what_the_gpu_did(
    python: str, scope: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for key, value in {**ONNXRUNTIME.environment(tmp_path / "device"), "STANDIN_TIMES": "4"}.items():
        monkeypatch.setenv(key, value)
    frame = sweep(
        tmp_path / "run",
        runner="onnxruntime",
        model=str(write_model(tmp_path, "onnxruntime", name="model.ort")),
        precision=["fp32"],
        device=["1"],
        batch=[1, 4],
        scope=scope,
        option={"provider": ["cuda"]},
        worker_python=sys.executable if python == "this" else request.getfixturevalue("python38"),
        iterations=15,
        warmup=2,
    )
    assert list(frame["status"]) == ["ok", "ok"], list(frame["error"])
    assert set(frame["provider_ran"]) == {"CUDAExecutionProvider"}
    assert set(frame["precision_ran"]) == {"fp32"}
    for _, row in frame.iterrows():
        truth_ms = true_median_ms(tmp_path / "run", row, scope)
        assert truth_ms <= row["latency_p50_ms"] <= truth_ms * (1 + CLOSE)
        assert row["compute_p50_ms"] < row["latency_p50_ms"] if scope == "host" else row.isna()["compute_p50_ms"]


def test_a_row_says_where_nothing_tells_the_precision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for key, value in ONNXRUNTIME.environment(tmp_path / "device").items():
        monkeypatch.setenv(key, value)
    row = sweep(
        tmp_path / "run",
        runner="onnxruntime",
        model=str(write_model(tmp_path, "onnxruntime", name="model.ort")),
        precision=["fp32"],
        batch=[2],
        option={"provider": ["directml"]},
    ).iloc[0]
    assert row["status"] == "ok", row["error"]
    assert "precision-untold" in [warning["code"] for warning in json.loads(row["warnings"])]
