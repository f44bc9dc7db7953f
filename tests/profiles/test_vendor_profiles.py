"""The profiles of the vendors' guides: planned where the vendor's program is, refused in a sentence where it is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import clipperf
from hosts import put, rows

from clipperf.data import published
from clipperf.profile import make_profile, read_profile

WORDS = ("force_float32", "force_float16", "qint8_mixed_float16")


@pytest.fixture
def mlu_host(tmp_path: Path) -> dict[str, str | None]:
    """A folder with the three models, and an environment with mm_run on PATH."""
    (tmp_path / "models").mkdir()
    model = {"inputs": {"image": [-1, 3, 224, 224], "text": [-1, 77]}, "h2d_ms": 0.1, "compute_ms": 1, "d2h_ms": 0.1}
    for word in WORDS:
        (tmp_path / "models" / f"clip_onnx_{word}_true").write_text(json.dumps({**model, "jitter": 0.1}))
    return put(tmp_path, "mm_run", "mm_run_program.py")


@pytest.fixture
def npu_host(tmp_path: Path) -> dict[str, str | None]:
    """A folder with the twelve models, which take as long as published, and a Python that has ais_bench."""
    (tmp_path / "models").mkdir()
    for (tower, batch), qps in on_910b4().items():
        path = tmp_path / "models" / f"vit_b_32_{tower}_bs{batch}.om"
        path.write_text(json.dumps({"batch": batch, "execute_ms": 1e3 * batch / qps, "jitter": 0.0}))
        path.chmod(0o640)  # ais_bench takes no model that others may write
    return put(tmp_path, "python3", "ais_bench_program.py")


def on_910b4() -> dict[tuple[str, int], float]:
    """Samples/s as published, by tower and batch size."""
    told = [row for row in published() if row["device"] == "Ascend910B4"]
    return {(row["model"].split()[0], int(row["batch_size"])): float(row["qps_compute"]) for row in told}


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
        ("sophon-bm1684", "--runner sail: "),
        ("sophon-bm1684x", "--runner bmrt_test: there is no bmrt_test on PATH. Install libsophon"),
    ],
)
def test_without_the_vendor_s_program_it_says_what_to_install(profile: str, message: str, tmp_path: Path):
    done = clipperf("sweep", "--profile", profile, "--list", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Error: {message}")
    assert "nstall" in line


def test_910b4_is_measured_as_published(npu_host: dict, tmp_path: Path):
    length = ("--iterations", "3", "--no-control", "--format", "csv", "--quiet")
    done = clipperf("sweep", "--profile", "ascend-910b4", *length, cwd=tmp_path, env=npu_host)
    assert done.returncode == 0, done.stderr
    measured = {
        ("vision" if "vision" in row["model"] else "text", int(row["batch_size"])): row for row in rows(done.stdout)
    }
    assert set(measured) == set(on_910b4())
    for case, qps in on_910b4().items():
        row = measured[case]
        assert (row["status"], row["scope"], row["requests"]) == ("ok", "compute", "3")
        # A device that waits for a busy host of the tests is slower, and none is faster.
        assert 0 < float(row["qps_compute"]) <= 1.001 * qps


def test_the_profile_for_310p3_measures_what_is_published():
    profile = make_profile(read_profile("ascend-310p3")[0], {})
    (told,) = (row for row in published() if row["device"] == "Ascend310P3")
    assert profile.model == [f"{told['model']}.ts"]
    assert (profile.batch, profile.scope, profile.precision) == (
        [int(told["batch_size"])],
        told["scope"],
        [told["precision"]],
    )
