"""The profiles of Sophon's guides, over stand-ins of SAIL and bmrt_test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import clipperf
from hosts import put, rows
from standin_sdks import Sdk, write_model

from clipperf.data import published
from clipperf.profile import make_profile, read_profile

SHORT = ("--no-control", "--format", "csv", "--quiet")
FORMS = ("tensor", "numpy")


@pytest.fixture
def bm1684_host(tmp_path: Path) -> dict[str, str | None]:
    """A folder with both models of batch 1, and an environment in which Python finds SAIL."""
    for precision in ("fp32", "int8"):
        folder = tmp_path / "models" / f"{precision}model"
        folder.mkdir(parents=True)
        write_model(folder, "sail", batch=1, name=f"ViT_224_{precision}_1b.bmodel")
    return dict(Sdk("sail").environment(tmp_path / "device"))


@pytest.fixture
def bm1684x_host(tmp_path: Path) -> dict[str, str | None]:
    """A folder with both models, which take as long as published, and an environment with bmrt_test on PATH."""
    (tmp_path / "models" / "BM1684X").mkdir(parents=True)
    for tower, (milliseconds, shape) in on_bm1684x().items():
        net = {"name": f"{tower}_b1", "dynamic": False, "stages": [[shape]]}
        path = tmp_path / "models" / "BM1684X" / f"clip_{tower}_vitb32_bm1684x_f16_1b.bmodel"
        path.write_text(json.dumps({"nets": [net], "us_per_sample": round(1e3 * milliseconds)}))
    return put(tmp_path, "bmrt_test", "bmrt_test_program.py")


def on_bm1684x() -> dict[str, tuple[float, list[int]]]:
    """ms of an execution as published, and the shape of the input, by the tower as its file calls it."""
    told = {row["model"].split()[0]: float(row["latency_mean_ms"]) for row in published() if row["device"] == "BM1684X"}
    return {"image": (told["vision"], [1, 3, 224, 224]), "text": (told["text"], [1, 77])}


def test_both_models_are_run_in_both_forms_of_sail(bm1684_host: dict, tmp_path: Path):
    done = clipperf("sweep", "--profile", "sophon-bm1684", "--iterations", "5", *SHORT, cwd=tmp_path, env=bm1684_host)
    assert done.returncode == 0, done.stderr
    measured = rows(done.stdout)
    assert {(row["model"], json.loads(row["options"])["io"]) for row in measured} == {
        (f"models/{precision}model/ViT_224_{precision}_{{batch}}b.bmodel", form)
        for precision in ("fp32", "int8")
        for form in FORMS
    }
    assert {(row["status"], row["scope"], row["batch_size"]) for row in measured} == {("ok", "host", "1")}


def test_one_of_the_models_is_enough(bm1684_host: dict, tmp_path: Path):
    (tmp_path / "models" / "int8model" / "ViT_224_int8_1b.bmodel").unlink()
    plan = ("sweep", "--profile", "sophon-bm1684", "--list", "--format", "csv")
    refused = clipperf(*plan, cwd=tmp_path, env=bm1684_host)
    assert refused.returncode == 2
    assert "there is no file models/int8model/ViT_224_int8_1b.bmodel" in refused.stderr
    done = clipperf(*plan, "--model", "models/fp32model/ViT_224_fp32_1b.bmodel", cwd=tmp_path, env=bm1684_host)
    assert (done.returncode, len(rows(done.stdout))) == (0, 2), done.stderr


def test_bm1684x_is_measured_as_published_but_for_the_cold_launch(bm1684x_host: dict, tmp_path: Path):
    done = clipperf("sweep", "--profile", "sophon-bm1684x", *SHORT, cwd=tmp_path, env=bm1684x_host)
    assert done.returncode == 0, done.stderr
    measured = {row["model"].split("_")[1]: row for row in rows(done.stdout)}
    assert set(measured) == set(on_bm1684x())
    for tower, (milliseconds, _) in on_bm1684x().items():
        row = measured[tower]
        assert (row["status"], row["scope"], row["requests"], row["warmup_requests"]) == ("ok", "compute", "100", "1")
        # A device that waits for a busy host of the tests is slower, and none is faster.
        assert float(row["latency_min_ms"]) >= 0.999 * milliseconds


def test_the_profile_for_bm1684x_is_about_what_is_published():
    profile = make_profile(read_profile("sophon-bm1684x")[0], {})
    for row in published():
        if row["device"] == "BM1684X":
            (model,) = (model for model in profile.model if row["model"].split("(")[1].rstrip(")") in model)
            assert ("_f16_" in model, str(profile.batch[0]), profile.scope) == (
                row["precision"] == "fp16",
                row["batch_size"],
                row["scope"],
            )
