"""The profiles of the vendors' guides: planned where the vendor's program is, refused in a sentence where it is not."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from pathlib import Path

import pytest
from commands import clipperf

from clipperf.data import published
from clipperf.plan import expand
from clipperf.profile import make_profile, read_profile

MM_RUN = Path(__file__).parents[1] / "standins" / "mm_run_program.py"
WORDS = ("force_float32", "force_float16", "qint8_mixed_float16")


@pytest.fixture
def mlu_host(tmp_path: Path) -> dict[str, str | None]:
    """A folder with the three models, and an environment with mm_run on PATH."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "mm_run"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -E -s "{MM_RUN}" "$@"\n')
    program.chmod(0o755)
    (tmp_path / "models").mkdir()
    model = {"inputs": {"image": [-1, 3, 224, 224], "text": [-1, 77]}, "h2d_ms": 0.1, "compute_ms": 1, "d2h_ms": 0.1}
    for word in WORDS:
        (tmp_path / "models" / f"clip_onnx_{word}_true").write_text(json.dumps({**model, "jitter": 0.1}))
    return {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_plan_for_mlus_has_every_model_at_every_batch_size(mlu_host: dict, tmp_path: Path):
    done = clipperf("sweep", "--profile", "cambricon-mlu", "--list", "--format", "csv", cwd=tmp_path, env=mlu_host)
    assert done.returncode == 0, done.stderr
    planned = {(row["model"], row["batch_size"]) for row in rows(done.stdout)}
    sizes = ("1", "4", "8", "16", "32", "64")
    assert planned == {(f"models/clip_onnx_{word}_true", size) for word in WORDS for size in sizes}


def test_images_are_counted_on_mlus_and_not_texts(mlu_host: dict, tmp_path: Path):
    length = ("--batch", "4", "--iterations", "10", "--no-control", "--format", "csv", "--quiet")
    done = clipperf("sweep", "--profile", "cambricon-mlu", *length, cwd=tmp_path, env=mlu_host)
    assert done.returncode == 0, done.stderr
    measured = rows(done.stdout)
    assert [row["status"] for row in measured] == ["ok"] * 3
    for row in measured:
        assert row["queue_depth"] == "2"
        assert float(row["qps"]) == pytest.approx(4 * float(row["requests_per_s"]), rel=1e-3)
        assert float(row["vendor_qps"]) == pytest.approx(25 * float(row["qps"]), rel=1e-3)


@pytest.mark.parametrize(
    ("profile", "message"),
    [
        ("ascend-910b4", "--runner ais_bench: "),
        ("ascend-310p3", "--runner torch_aie: "),
        ("cambricon-mlu", "--runner mm_run: there is no mm_run on PATH. Install Cambricon's MagicMind"),
    ],
)
def test_without_the_vendor_s_program_it_says_what_to_install(profile: str, message: str, tmp_path: Path):
    done = clipperf("sweep", "--profile", profile, "--list", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Error: {message}")
    assert "nstall" in line


def test_the_profile_for_910b4_measures_what_is_published():
    profile = make_profile(read_profile("ascend-910b4")[0], {})
    planned = {
        ("vision" if "vision" in case.model else "text", case.batch_size)
        for case in expand(profile, ["0"], dict.fromkeys(profile.model, ""))
    }
    told = [row for row in published() if row["device"] == "Ascend910B4"]
    assert planned == {(row["model"].split()[0], int(row["batch_size"])) for row in told}
    assert {row["scope"] for row in told} == {profile.scope}


def test_the_profile_for_310p3_measures_what_is_published():
    profile = make_profile(read_profile("ascend-310p3")[0], {})
    (told,) = (row for row in published() if row["device"] == "Ascend310P3")
    assert profile.model == [f"{told['model']}.ts"]
    assert (profile.batch, profile.scope, profile.precision) == (
        [int(told["batch_size"])],
        told["scope"],
        [told["precision"]],
    )
