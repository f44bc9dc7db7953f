"""Whole sweeps over vendors' SDKs, as stand-ins: their figures against the device's ledger, and how they fail.

Workers run under this Python and under a real 3.8, as in the vendors' images.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from commands import clipperf, running
from standin_sdks import DIMENSIONS, LARGEST_GEAR, OF_ONE_BATCH, OPTIONS, SDKS, Sdk, true_median_ms, write_model
from sweeps import statuses, sweep

from clipperf.errors import ClipperfError, UsageError
from clipperf.results.folder import ENVIRONMENT, RESULTS, read_json
from clipperf.results.frame import read_rows

CLOSE = 0.02
"""How far a figure may be from the truth, as a share of it."""

SLOW = "4"
"""The stand-ins are Python where the SDKs are C++; beside longer executions that does not count."""

ONE_OF_EACH = tuple({sdk.runner: sdk for sdk in SDKS}.values())


def label(sdk: Sdk) -> str:
    return sdk.label


@pytest.fixture(params=["this", "3.8"])
def python(request: pytest.FixtureRequest) -> str:
    return sys.executable if request.param == "this" else request.getfixturevalue("python38")


@pytest.fixture
def by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Sweeps by an SDK, in this process; ``fails`` makes its devices fail."""

    def sweep_by(sdk: Sdk, fails: str = "", model: Path | list[str] | None = None, **keys: Any) -> pd.DataFrame:
        for key, value in {**sdk.environment(tmp_path / "device"), "STANDIN_FAILS": fails}.items():
            monkeypatch.setenv(key, value)
        path = model or write_model(tmp_path, sdk.runner, name=f"any{write_suffix(sdk)}")
        settings = {
            "model": path if isinstance(path, list) else str(path),
            "runner": sdk.runner,
            "option": options(sdk),
            "case_timeout": 20,
        }
        return sweep(tmp_path / "run", **{**settings, **keys})

    return sweep_by


def write_suffix(sdk: Sdk) -> str:
    return {"acl": ".om", "magicmind": "", "torch_aie": ".ts", "sail": ".bmodel", "vacc": ""}[sdk.runner]


def options(sdk: Sdk) -> dict[str, Any]:
    return {key: [value] for key, value in OPTIONS.get(sdk.runner, {}).items()}


@pytest.mark.parametrize("sdk", SDKS, ids=label)
def test_a_sweep_as_a_user_calls_it(sdk: Sdk, python: str, tmp_path: Path):
    model = write_model(tmp_path, sdk.runner)
    flags = [flag for key, value in OPTIONS.get(sdk.runner, {}).items() for flag in ("--option", f"{key}={value}")]
    command = ("sweep", "--runner", sdk.runner, "--model", model, "--batch", "1,4", "--instances", "1,2", *flags)
    short = (
        "--iterations",
        "20",
        "--warmup",
        "2",
        "--no-control",
        "--worker-python",
        python,
        "--out",
        tmp_path / "run",
    )
    with running(*command, *short, cwd=tmp_path, env=sdk.environment(tmp_path / "device")) as started:
        code, _, err = started.end()
        assert code == 0, err
        assert not started.left_behind()
    rows = read_rows(tmp_path / "run" / RESULTS)
    assert list(rows["status"]) == ["ok"] * 4
    assert rows["precision_ran"].isna().all()
    facts = read_json(tmp_path / "run" / ENVIRONMENT)["runner"]
    wanted = "3.8" if python != sys.executable else "{}.{}".format(*sys.version_info)
    assert facts["python"].startswith(wanted)


@pytest.mark.parametrize("sdk", SDKS, ids=label)
@pytest.mark.parametrize("scope", ["device-io", "host"])
def test_latencies_are_those_of_the_ledger(sdk: Sdk, scope: str, by, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("STANDIN_TIMES", SLOW)
    row = by(sdk, scope=scope, iterations=60, warmup=5).iloc[0]
    assert row["status"] == "ok"
    assert row["latency_p50_ms"] == pytest.approx(true_median_ms(tmp_path / "run", row, scope), rel=CLOSE)
    assert row["qps"] == pytest.approx(1e3 / row["latency_mean_ms"], rel=CLOSE)


@pytest.mark.parametrize("sdk", [sdk for sdk in SDKS if sdk.runner == "acl"], ids=label)
def test_acl_tells_the_true_time_of_execution_under_either_python(
    sdk: Sdk, python: str, by, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("STANDIN_TIMES", SLOW)
    row = by(sdk, iterations=60, warmup=5, worker_python=python).iloc[0]
    assert row["compute_p50_ms"] == pytest.approx(true_median_ms(tmp_path / "run", row, "device-io"), rel=CLOSE)
    assert row["compute_mean_ms"] < row["latency_mean_ms"]


@pytest.mark.parametrize("sdk", [sdk for sdk in ONE_OF_EACH if sdk.runner != "acl"], ids=label)
def test_what_tells_no_time_of_execution_leaves_it_empty(sdk: Sdk, by):
    row = by(sdk).iloc[0]
    assert row["status"] == "ok"
    assert row[["compute_mean_ms", "compute_p50_ms", "compute_p99_ms"]].isna().all()


@pytest.mark.parametrize("sdk", ONE_OF_EACH, ids=label)
def test_queue_depth_is_what_it_says_or_refused(sdk: Sdk, by):
    frame = by(sdk, queue_depth=[1, 2], iterations=60)
    if sdk.runner == "acl":
        assert list(frame["status"]) == ["ok", "unsupported"]
        assert frame["error"].iloc[1].endswith("give --queue-depth 1, or more --instances.")
    else:
        assert list(frame["status"]) == ["ok", "ok"]
        assert frame["in_flight_mean"].iloc[1] > 1.5


@pytest.mark.parametrize("sdk", ONE_OF_EACH, ids=label)
def test_a_file_for_each_batch_size(sdk: Sdk, by, tmp_path: Path):
    for batch in (1, 4):
        write_model(tmp_path, sdk.runner, batch, f"of{batch}{write_suffix(sdk)}")
    frame = by(sdk, model=tmp_path / f"of{{batch}}{write_suffix(sdk)}", batch=[1, 4])
    assert statuses(frame) == {1: "ok", 4: "ok"}


@pytest.mark.parametrize("sdk", [sdk for sdk in ONE_OF_EACH if sdk.runner not in OF_ONE_BATCH], ids=label)
def test_another_batch_than_the_file_s_is_unsupported(sdk: Sdk, by, tmp_path: Path):
    fixed = write_model(tmp_path, sdk.runner, 4, f"of4{write_suffix(sdk)}")
    frame = by(sdk, model=fixed, batch=[1, 4])
    assert statuses(frame) == {1: "unsupported", 4: "ok"}
    # A file for Sophon may have been compiled for several sizes, and tells the largest.
    told = "The file was not compiled for image (1, " if sdk.runner == "sail" else "The model's batch is fixed at 4"
    assert frame["error"].iloc[0].startswith(told)


def test_a_batch_that_an_om_file_has_no_gear_for_is_unsupported(by):
    frame = by(SDKS[0], batch=[1, LARGEST_GEAR + 1])
    assert statuses(frame) == {1: "ok", LARGEST_GEAR + 1: "unsupported"}
    dims = ",".join(map(str, (LARGEST_GEAR + 1, *DIMENSIONS)))
    assert frame["error"].iloc[1].startswith(f"The file cannot run image:{dims} (")


@pytest.mark.parametrize(("runner", "precision"), [("acl", "fp16"), ("magicmind", "fp32"), ("torch_aie", "int8")])
def test_a_precision_that_cannot_be_had_is_unsupported(runner: str, precision: str, by):
    sdk = next(sdk for sdk in SDKS if sdk.runner == runner)
    row = by(sdk, precision=precision).iloc[0]
    assert row["status"] == "unsupported"
    assert row["error"].startswith(f"--precision {precision}: the {runner} runner ")


def test_a_policy_of_precision_goes_to_the_compiler(by, tmp_path: Path):
    sdk = next(sdk for sdk in SDKS if sdk.runner == "torch_aie")
    keys = {"inputs": ["x".join(map(str, DIMENSIONS))], "optim_level": [2], "soc_version": ["Ascend910B4"]}
    frame = by(sdk, precision=["fp16", "fp32"], option=keys)
    assert list(frame["status"]) == ["ok", "ok"]
    logs = [(tmp_path / "run" / "logs" / f"{case}-0.log").read_text() for case in frame["case_id"]]
    assert ["level 2, FP16, Ascend910B4" in logs[0], "level 2, FP32, Ascend910B4" in logs[1]] == [True, True]


RUNNERS = tuple(sdk.runner for sdk in ONE_OF_EACH)
FAILURES = {
    "execute@3": {"magicmind": "MagicMindError", "sail": "SailFailed"},
    "memory@3": dict.fromkeys(("magicmind", "torch_aie", "sail", "vacc"), "out-of-memory"),
    "kill@3": dict.fromkeys(RUNNERS, "SIGKILL"),
    "nan@0": dict.fromkeys(RUNNERS, "wrong-output"),
}
"""What a row says by runner; a RuntimeError where nothing else is named."""


@pytest.mark.parametrize("fails", FAILURES)
@pytest.mark.parametrize("sdk", ONE_OF_EACH, ids=label)
def test_a_device_that_fails_costs_its_case_and_is_named(sdk: Sdk, fails: str, by):
    row = by(sdk, fails=fails).iloc[0]
    assert row["status"] == ("wrong-output" if fails == "nan@0" else "failed")
    assert row["error_kind"] == FAILURES[fails].get(sdk.runner, "RuntimeError")
    assert pd.isna(row["qps"])


@pytest.mark.parametrize("sdk", ONE_OF_EACH, ids=label)
def test_a_device_that_hangs_is_given_up(sdk: Sdk, by):
    row = by(sdk, fails="hang@3", case_timeout=3).iloc[0]
    assert (row["status"], row["error_kind"]) == ("timed-out", "timed-out")


@pytest.mark.parametrize("sdk", SDKS, ids=label)
def test_a_device_that_is_not_there_is_named(sdk: Sdk, by):
    row = by(sdk, device="7").iloc[0]
    if sdk.runner == "magicmind":
        assert (row["status"], row["error"]) == ("unsupported", "--device 7: there are 2 MLUs here, numbered from 0.")
        return
    kinds = {"sail": "SailFailed", "vacc": "VaccFailed"}
    assert (row["status"], row["error_kind"]) == ("failed", kinds.get(sdk.runner, "RuntimeError"))
    assert re.search(r"device (id )?7|TPU id '7'|set_device\(7\)", row["error"])


@pytest.mark.parametrize("sdk", ONE_OF_EACH, ids=label)
def test_a_device_that_cannot_be_ends_the_sweep_before_it_begins(sdk: Sdk, by, tmp_path: Path):
    with pytest.raises(UsageError, match="--device npu0: give the device's number, 0 to 255"):
        by(sdk, device="npu0")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("sdk", ONE_OF_EACH, ids=label)
def test_a_file_that_is_no_model_is_a_row_with_the_reason(sdk: Sdk, by, tmp_path: Path):
    broken = write_model(tmp_path, sdk.runner, name=f"broken{write_suffix(sdk)}")
    (broken.with_suffix(".json") if sdk.runner == "vacc" else broken).write_bytes(b"\x00\xff not a model")
    row = by(sdk, model=broken).iloc[0]
    assert row["status"] == "failed"
    assert row["error_kind"] == {"magicmind": "MagicMindError", "sail": "SailFailed"}.get(sdk.runner, "RuntimeError")
    assert "broken" in row["error"] or "zip archive" in row["error"]


@pytest.mark.parametrize("sdk", ONE_OF_EACH, ids=label)
def test_a_file_that_is_missing_ends_the_sweep_before_it_begins(sdk: Sdk, by, tmp_path: Path):
    with pytest.raises(ClipperfError, match=r"there (is no file|are no files)"):
        by(sdk, model=tmp_path / f"missing{write_suffix(sdk)}")


def test_an_om_file_that_others_may_write_or_that_is_a_link_is_named(by, tmp_path: Path):
    writable = write_model(tmp_path, "acl", name="writable.om")
    writable.chmod(0o664)
    link = tmp_path / "link.om"
    link.symlink_to(write_model(tmp_path, "acl", name="real.om"))
    frame = by(SDKS[0], model=[str(writable), str(link)])
    assert list(frame["status"]) == ["unsupported", "unsupported"]
    assert "chmod go-w it" in frame["error"].iloc[0]
    assert "is a link" in frame["error"].iloc[1]


@pytest.mark.parametrize("runner", RUNNERS)
def test_without_the_sdk_the_sweep_says_what_to_install(runner: str, python: str, tmp_path: Path):
    model = write_model(tmp_path, runner)
    command = ("sweep", "--runner", runner, "--model", model, "--worker-python", python, "--option", "inputs=3x4x4")
    done = clipperf(*command, cwd=tmp_path, env={"PYTHONPATH": None})
    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: --runner {runner}: {python}")
    assert "install" in done.stderr
    assert "--worker-python" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("option", ["inputs=3y4", "inputs=", "inputs=3x4:float99", "optim_level=3", "compiled=maybe"])
def test_options_of_torch_aie_are_refused_with_what_they_may_be(option: str, by):
    key, _, value = option.partition("=")
    sdk = next(sdk for sdk in SDKS if sdk.runner == "torch_aie")
    with pytest.raises(UsageError, match=f"--option {key}={value}: "):
        by(sdk, option={**options(sdk), key: [int(value) if value.isdigit() else value]})


def test_torch_aie_says_that_it_needs_the_inputs(by):
    with pytest.raises(UsageError, match="--option inputs is needed"):
        by(next(sdk for sdk in SDKS if sdk.runner == "torch_aie"), option={})


@pytest.fixture
def open_model(tmp_path: Path) -> Path:
    """A MagicMind model that leaves all its dimensions open."""
    path = write_model(tmp_path, "magicmind", name="open")
    described = json.loads(path.read_text(encoding="utf-8"))
    described["inputs"][0]["shape"] = [-1, -1, -1, -1]
    path.write_text(json.dumps(described), encoding="utf-8")
    return path


MAGICMIND = next(sdk for sdk in SDKS if sdk.runner == "magicmind")


def test_what_a_file_leaves_open_comes_from_the_user(by, open_model: Path):
    row = by(MAGICMIND, model=open_model, shape={"image": list(DIMENSIONS)}).iloc[0]
    assert row["status"] == "ok"


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ({}, "give all after the batch, such as --shape image="),
        ({"picture": [3, 4, 4]}, "names picture; the model's inp"),
    ],
)
def test_a_user_who_does_not_give_it_is_told_how(shape: dict[str, list[int]], sentence: str, by, open_model: Path):
    row = by(MAGICMIND, model=open_model, shape=shape).iloc[0]
    assert row["status"] == "failed"
    assert sentence in row["error"]


def test_real_data_reach_a_model_that_only_the_sdk_can_read(by, tmp_path: Path):
    np.save(tmp_path / "images.npy", np.full((3, *DIMENSIONS), np.nan, dtype=np.float32))
    row = by(MAGICMIND, input={"image": str(tmp_path / "images.npy")}).iloc[0]
    assert row["status"] == "wrong-output"
    assert "not finite" in row["error"]
