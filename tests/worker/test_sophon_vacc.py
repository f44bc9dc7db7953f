"""Whole sweeps over SAIL and VastStreamX, as stand-ins, in what is theirs alone: forms, depths, devices, and deaths."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from commands import clipperf
from standin_sdks import DIMENSIONS, VDSP_PARAMS, Sdk, entries, true_median_ms, write_model
from sweeps import statuses, sweep

from clipperf.errors import UsageError
from clipperf.results.samples_file import read_samples

CLOSE = 0.02
SLOW = "4"
"""The stand-ins are Python where the SDKs are C++; beside longer executions that does not count."""

IN_GRAPH = {"vdsp_params": [str(VDSP_PARAMS)]}


@pytest.fixture
def by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Sweeps by a runner over its stand-in, in this process."""

    def sweep_by(runner: str, environment: dict[str, str] | None = None, **keys: Any) -> pd.DataFrame:
        for key, value in {**Sdk(runner).environment(tmp_path / "device"), **(environment or {})}.items():
            monkeypatch.setenv(key, value)
        model = write_model(tmp_path, runner)
        return sweep(tmp_path / "run", **{"model": str(model), "runner": runner, "case_timeout": 20, **keys})

    return sweep_by


@pytest.mark.parametrize(
    ("runner", "scope", "option"),
    [
        ("sail", "host", {"io": ["numpy"]}),
        ("vacc", "pipeline", IN_GRAPH),
        ("vacc", "host", {"inputs": ["3x4x4"]}),
    ],
)
def test_latencies_are_those_of_the_ledger(runner: str, scope: str, option: dict[str, Any], by, tmp_path: Path):
    row = by(runner, {"STANDIN_TIMES": SLOW}, scope=scope, option=option, iterations=60, warmup=5).iloc[0]
    assert row["status"] == "ok"
    assert row["latency_p50_ms"] == pytest.approx(true_median_ms(tmp_path / "run", row, scope), rel=CLOSE)


def test_an_input_that_lies_on_the_device_is_faster_by_its_copy(by):
    option = {**IN_GRAPH, "input_host": [True, False]}
    frame = by("vacc", {"STANDIN_TIMES": SLOW}, scope="pipeline", option=option, iterations=40, warmup=5)
    with_copy, without = frame["latency_p50_ms"]
    assert 0.1 < with_copy - without < 1


@pytest.mark.parametrize("runner", ["sail", "vacc"])
def test_requests_in_flight_are_those_asked_for(runner: str, by, tmp_path: Path):
    option = {"inputs": ["3x4x4"]} if runner == "vacc" else {}
    for depth in (1, 3):
        folder = {"STANDIN_FOLDER": str(tmp_path / f"device-{depth}"), "STANDIN_TIMES": SLOW}
        (tmp_path / f"device-{depth}").mkdir()
        row = by(runner, folder, option=option, queue_depth=depth, iterations=60, warmup=6).iloc[0]
        assert row["in_flight_mean"] == pytest.approx(depth, abs=0.05)
        copies, executions = (entries(tmp_path / f"device-{depth}", kind) for kind in ("h2d", "compute"))
        # The copies of one request go beside the execution of another, or there are no others.
        beside = [c for c in copies for e in executions if e[0] < c[0] and c[1] < e[1]]
        assert bool(beside) == (depth > 1)
        (tmp_path / "run").rename(tmp_path / f"run-{depth}")


@pytest.mark.parametrize("runner", ["sail", "vacc"])
def test_instances_are_on_the_devices_asked_for(runner: str, by, tmp_path: Path):
    option = {"inputs": ["3x4x4"]} if runner == "vacc" else {}
    row = by(runner, device="0,1", instances=2, option=option, iterations=40).iloc[0]
    assert (row["status"], row["devices"], row["instances"]) == ("ok", 2, 2)
    samples, _ = read_samples(tmp_path / "run", row["case_id"], 0)
    assert set(samples.instance.tolist()) == {0, 1, 2, 3}
    lines = (tmp_path / "device" / "ledger").read_text(encoding="utf-8").splitlines()
    by_device = [sum(line.startswith(f"compute {number} ") for line in lines) for number in (0, 1)]
    assert min(by_device) >= 10


@pytest.mark.parametrize("runner", ["sail", "vacc"])
@pytest.mark.parametrize("python", ["this", "3.8"])
def test_a_segfault_in_the_sdk_is_a_row_and_the_sweep_goes_on(
    runner: str, python: str, by, request: pytest.FixtureRequest, tmp_path: Path
):
    named = sys.executable if python == "this" else request.getfixturevalue("python38")
    ending = "" if runner == "vacc" else ".bmodel"
    deadly, whole = (write_model(tmp_path, runner, name=f"{name}{ending}") for name in ("deadly", "whole"))
    file = deadly.with_suffix(".json") if runner == "vacc" else deadly
    file.write_text(json.dumps({**json.loads(file.read_text(encoding="utf-8")), "kills": True}), encoding="utf-8")
    option = {"inputs": ["3x4x4"]} if runner == "vacc" else {}
    frame = by(runner, model=[str(deadly), str(whole)], worker_python=named, option=option)
    assert list(frame["error_kind"].fillna("")) == ["SIGSEGV", ""]
    assert list(frame["status"]) == ["failed", "ok"]


def test_a_sail_that_ends_the_process_costs_one_case(by, tmp_path: Path):
    broken = tmp_path / "broken.bmodel"
    broken.write_bytes(b"no bmodel")
    whole = write_model(tmp_path, "sail", name="whole.bmodel")
    frame = by("sail", {"STANDIN_SAIL": "old"}, model=[str(broken), str(whole)])
    assert list(frame["status"]) == ["failed", "ok"]
    assert "FATAL: File[" in frame["error"].iloc[0]


def test_a_sail_that_ends_the_process_when_asked_for_devices_is_told_before_anything_is_measured(by, tmp_path: Path):
    with pytest.raises(UsageError, match=r"--runner sail: it could not be asked what is here.*bm_dev_getcount failed"):
        by("sail", {"STANDIN_SAIL": "old", "STANDIN_FAILS": "driver"})
    assert not (tmp_path / "run").exists()


def test_a_launch_that_fails_in_the_middle_is_no_fast_request(by):
    row = by("sail", {"STANDIN_FAILS": "execute@20"}, iterations=50).iloc[0]
    assert (row["status"], row["error_kind"]) == ("failed", "SailFailed")
    assert row["error"].startswith("SailFailed: process: bmrt_launch_tensor_ex() err")
    assert pd.isna(row["qps"])


def test_what_sail_prints_is_in_the_log_of_its_case(by, tmp_path: Path, capfd: pytest.CaptureFixture):
    row = by("sail").iloc[0]
    log = (tmp_path / "run" / "logs" / f"{row['case_id']}-0.log").read_text()
    assert "[BMRT][load_bmodel:1704] INFO:Loading bmodel" in log
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("scope", ["host", "device-io"])
def test_a_quantised_file_is_measured_in_either_form(scope: str, by, tmp_path: Path):
    path = tmp_path / "int8.bmodel"
    image = {"name": "image", "dtype": "int8", "shape": [-1, *DIMENSIONS], "scale": 30.0}
    embed = {"name": "embed", "dtype": "int8", "shape": [-1, 6], "scale": 1 / 120}
    path.write_text(json.dumps({"inputs": [image], "outputs": [embed], "gears": [1, 2]}), encoding="utf-8")
    frame = by("sail", model=str(path), scope=scope, option={"io": ["tensor", "numpy"]})
    assert list(frame["status"]) == (["ok", "ok"] if scope == "host" else ["ok", "unsupported"])
    assert frame["provider_ran"].iloc[0] == "BM1684X tensor"


def test_a_file_of_several_sizes_is_measured_at_each_and_refused_at_others(by, tmp_path: Path):
    path = write_model(tmp_path, "sail", 4, "stages.bmodel")
    described = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**described, "stages": [1, 4]}), encoding="utf-8")
    for option in ({"io": ["tensor"]}, {"io": ["numpy"]}):
        frame = by("sail", model=str(path), batch=[1, 2, 4], option=option)
        assert statuses(frame) == {1: "ok", 2: "unsupported", 4: "ok"}
        (tmp_path / "run").rename(tmp_path / f"run-{option['io'][0]}")


def test_a_wrong_net_is_a_sentence_and_no_dead_worker(by):
    row = by("sail", option={"graph": ["vision"]}).iloc[0]
    assert (row["status"], row["error"]) == ("unsupported", "--option graph=vision: the file holds net.")


def test_the_monitor_of_vacc_tells_of_its_dies(by):
    row = by("vacc", option={"inputs": ["3x4x4"]}, iterations=100).iloc[0]
    assert row["device_memory_mb"] > 1000
    assert row["temperature_c"] == pytest.approx(34.43)


def test_options_are_refused_before_anything_is_measured(tmp_path: Path):
    model = write_model(tmp_path, "sail")
    command = ("sweep", "--runner", "sail", "--model", model, "--option", "core_list=0:1")
    done = clipperf(*command, cwd=tmp_path, env=Sdk("sail").environment(tmp_path / "device"))
    assert done.returncode == 2
    assert "core_list=0:1: this build of SAIL ignores lists of cores" in done.stderr
