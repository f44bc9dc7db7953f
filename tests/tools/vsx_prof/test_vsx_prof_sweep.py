"""Sweeps that a profiler of VastStreamX's measures: the rows, what fails among them, and their way out and back in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from sweeps import sweep
from vsx_prof_cases import Programs, entries

from clipperf.cli import group
from clipperf.results.frame import read_rows

FIGURES = ("qps", *(f"latency_{name}_ms" for name in ("mean", "min", "max", "p50", "p90", "p95", "p99")))


@pytest.fixture
def swept(tmp_path: Path, programs: Programs, model: str) -> Any:
    """Sweeps with clip_image_prof into a folder, with other keys where given."""

    def swept(**keys: Any) -> pd.DataFrame:
        program = {"program": [str(programs("clip_image_prof"))]}
        told = {"runner": "vsx_prof", "model": model, "option": program, "device": ["0"], "warmup": "auto"}
        return sweep(tmp_path / "run", **{**told, **keys})

    return swept


def test_the_published_figures(swept: Any, ledger: Path):
    frame = swept(queue_depth=[1, 2, 3], iterations=1000)
    one, two, three = (frame.iloc[place] for place in range(3))
    assert (one["qps"], three["qps"]) == (pytest.approx(140.0, rel=0.01), pytest.approx(192.84, rel=0.01))
    assert one["latency_mean_ms"] == pytest.approx(7.14, rel=0.01)
    assert three["latency_mean_ms"] == pytest.approx(15.466, rel=0.01)
    assert (one["in_flight_mean"], three["in_flight_mean"]) == (
        pytest.approx(1.0, abs=0.02),
        pytest.approx(3.0, abs=0.02),
    )
    assert (one["status"], one["scope"], one["measured_by"], one["requests"]) == ("ok", "pipeline", "vsx_prof", 1000)
    assert pd.isna(one["latency_p50_low_ms"])
    assert one["warmup_requests"] == 0
    assert len(one["model_sha256"]) == 64
    assert (two["status"], two["measured_by"]) == ("unsupported", "vsx_prof")
    assert [entry["flags"]["queue_size"] for entry in entries(ledger)] == ["0", "1"]


def test_a_time_is_turned_into_requests_by_the_rate_and_not_by_the_latency(swept: Any, ledger: Path):
    frame = swept(queue_depth=[3], iterations=None, duration=2.0)
    assert frame.iloc[0]["requests"] == pytest.approx(2.0 / 5.186e-3, rel=0.05)
    pilot, measured = entries(ledger)
    assert pilot["flags"]["iterations"] == "20"
    assert measured["elapsed_ms"] == pytest.approx(2000, rel=0.05)


def test_without_a_length_it_measures_five_seconds(swept: Any, ledger: Path):
    swept(queue_depth=[1], iterations=None)
    assert entries(ledger)[-1]["elapsed_ms"] == pytest.approx(5000, rel=0.05)


def test_a_profiler_that_hangs_is_a_row_that_timed_out(swept: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VSX_PROF_FAILS", "hang")
    row = swept(case_timeout=1.0).iloc[0]
    assert (row["status"], row["error_kind"]) == ("timed-out", "timed-out")
    assert pd.isna(row["qps"])


def test_rows_go_out_in_the_vendors_form_and_come_back(swept: Any, tmp_path: Path):
    frame = swept(queue_depth=[1, 2, 3], device=["0", "0,1"], instances=[1, 2], iterations=400)
    runner = CliRunner()
    out = runner.invoke(group, ["export", str(tmp_path / "run"), "--as", "vsx", "--out", str(tmp_path / "blocks.txt")])
    assert (out.exit_code, out.stdout) == (0, "")
    assert out.stderr.startswith("Left out, since unsupported rows have no figures: 4 rows (")
    back = runner.invoke(group, ["import", "vsx_prof", str(tmp_path / "blocks.txt"), "--out", str(tmp_path / "back")])
    assert back.exit_code == 0
    rows = frame[frame["status"] == "ok"].reset_index(drop=True)
    again = read_rows(tmp_path / "back" / "results.csv")
    assert len(again) == len(rows) == 8
    for name in ("device", "instances", "queue_depth", "batch_size"):
        assert list(again[name]) == list(rows[name])
    for name in FIGURES:
        assert list(again[name]) == pytest.approx(list(rows[name]), rel=1e-9)
    assert again["options"].str.contains("clip_image_prof").all()
