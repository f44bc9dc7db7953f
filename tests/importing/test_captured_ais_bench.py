"""Every recorded output of ais_bench imports to the figures that it prints, read here in another way."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from clipperf.cli.import_ import import_
from clipperf.results.folder import RESULTS
from clipperf.results.frame import read_rows
from clipperf.results.samples_file import read_samples

CAPTURED = Path(__file__).parents[1] / "tools" / "ais_bench" / "captured"
NUMBER = r"(\d+\.\d+)"
TIMES = re.compile(
    rf"NPU_compute_time \(ms\): min = {NUMBER}, max = {NUMBER}, mean = {NUMBER}, median = {NUMBER}, "
    rf"percentile\(99%\) = {NUMBER}"
)
RATE = re.compile(r"throughput 1000\*batchsize\.mean\((\d+)\)/NPU_compute_time\.mean\([\d.]+\): " + NUMBER)
MEASURED = sorted(path for path in CAPTURED.glob("*.stdout") if TIMES.search(path.read_text(encoding="utf-8")))
SUMMARIES = sorted(CAPTURED.glob("*_summary.json"))
SESSIONS = sorted(CAPTURED.glob("*api_session.stdout"))
FAILED = sorted({*CAPTURED.iterdir()} - {*MEASURED, *SUMMARIES, *SESSIONS})


@dataclass(frozen=True)
class Printed:
    """The figures of one performance summary."""

    batch_size: int
    throughput: float
    minimum: float
    maximum: float
    mean: float
    median: float
    p99: float


def printed(text: str) -> list[Printed]:
    """All performance summaries of a log, in its order."""
    return [
        Printed(int(rate[1]), float(rate[2]), *map(float, times.groups()))
        for times, rate in zip(TIMES.finditer(text), RATE.finditer(text), strict=True)
    ]


def imported(folder: Path, *arguments: object) -> pd.DataFrame:
    """The rows that the command makes of files."""
    given = ["ais_bench", *map(str, arguments), "--out", str(folder), "--quiet", "--format", "csv"]
    done = CliRunner().invoke(import_, given, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return read_rows(folder / RESULTS)


def by_name(path: Path) -> str:
    return path.name


def test_the_recordings_are_all_here():
    assert (len(MEASURED), len(SUMMARIES), len(SESSIONS)) == (16, 8, 2)
    assert len(FAILED) >= 12


@pytest.mark.parametrize("path", MEASURED, ids=by_name)
def test_a_log_imports_to_the_figures_that_it_prints(path: Path, tmp_path: Path):
    rows = imported(tmp_path / "run", path)
    wanted = {one.throughput: one for one in printed(path.read_text(encoding="utf-8"))}
    assert len(rows) == len(wanted) > 0
    for _, row in rows.iterrows():
        one = wanted.pop(row["vendor_qps"])
        assert row["qps_compute"] == pytest.approx(one.throughput, rel=1e-12)
        assert row["batch_size"] == one.batch_size
        assert (row["latency_min_ms"], row["latency_max_ms"]) == (one.minimum, one.maximum)
        assert (row["vendor_latency_mean_ms"], row["vendor_latency_p50_ms"], row["vendor_latency_p99_ms"]) == (
            one.mean, one.median, one.p99,
        )  # fmt: skip
        assert (row["latency_mean_ms"], row["latency_p50_ms"], row["latency_p99_ms"]) == (one.mean, one.median, one.p99)
        assert (row["status"], row["scope"], row["measured_by"]) == ("ok", "compute", "ais_bench")
        assert row["model"] in path.read_text(encoding="utf-8")
    assert not wanted


@pytest.mark.parametrize("path", SUMMARIES, ids=by_name)
def test_a_summary_imports_with_every_single_latency(path: Path, tmp_path: Path):
    stored = json.loads(path.read_text(encoding="utf-8"))
    (row,) = (row for _, row in imported(tmp_path / "run", path).iterrows())
    told, times = stored["NPU_compute_time"], stored["npu_compute_time_list"]
    durations_ms = [end - begin for begin, end in times] if isinstance(times[0], list) else times
    samples, inside = read_samples(tmp_path / "run", row["case_id"], 0)
    assert samples.select(inside).latency_ns / 1e6 == pytest.approx(durations_ms, abs=1e-6)
    assert row["requests"] == told["count"] == len(durations_ms)
    assert row["vendor_qps"] == stored["throughput"]
    assert row["qps_compute"] == pytest.approx(stored["throughput"], rel=1e-9)
    assert row["latency_mean_ms"] == pytest.approx(told["mean"], rel=1e-6)
    assert (row["latency_min_ms"], row["latency_max_ms"]) == pytest.approx((told["min"], told["max"]), rel=1e-6)
    assert row["vendor_latency_p50_ms"] == told["median"]
    assert row["vendor_latency_p99_ms"] == told["percentile(99%)"]
    # Nearest rank, where ais_bench interpolates.
    assert row["latency_p50_ms"] == pytest.approx(np.percentile(durations_ms, 50, method="inverted_cdf"), abs=1e-6)
    assert row["latency_p99_ms"] == pytest.approx(np.percentile(durations_ms, 99, method="inverted_cdf"), abs=1e-6)
    assert "vendor-disagrees" not in row["warnings"]


@pytest.mark.parametrize("path", SESSIONS, ids=by_name)
def test_times_that_a_script_printed_import(path: Path, tmp_path: Path):
    (row,) = (row for _, row in imported(tmp_path / "run", path, "--batch", 4).iterrows())
    assert row["requests"] == 3
    assert 5 < row["latency_p50_ms"] < 5.2


@pytest.mark.parametrize("path", FAILED, ids=by_name)
def test_a_run_that_failed_has_no_figures_and_says_why(path: Path, tmp_path: Path):
    done = CliRunner().invoke(import_, ["ais_bench", str(path), "--out", str(tmp_path / "run")])
    assert done.exit_code == 1
    assert str(done.exception).startswith(f"{path}: this ")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("release", ["gitee_2025-12", "github_2023-06"])
@pytest.mark.parametrize("run", ["05_input_npy_dir_output", "06_pure_output_summary"])
def test_a_log_and_its_summary_are_one_row(release: str, run: str, tmp_path: Path):
    (summary,) = CAPTURED.glob(f"{release}__{run}__*_summary.json")
    (row,) = (row for _, row in imported(tmp_path / "run", CAPTURED / f"{release}__{run}.stdout", summary).iterrows())
    assert row["batch_size"] == 4
    assert row["requests"] == len(json.loads(summary.read_text(encoding="utf-8"))["npu_compute_time_list"])
    assert not pd.isna(row["latency_p90_ms"])


def test_all_of_a_release_at_once(tmp_path: Path):
    logs = [path for path in MEASURED if path.name.startswith("gitee")]
    rows = imported(tmp_path / "run", *logs, "--model", "vision", "--precision", "fp16", "--host", "npu")
    assert set(rows["model"]) == {"vision"}
    assert set(rows["batch_size"]) == {1, 4}
    assert "not-told" not in "".join(rows["warnings"])
