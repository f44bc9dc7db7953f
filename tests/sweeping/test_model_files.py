"""Models of the catalogue and files of one's own on onnxruntime: measured, unsupported or refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pandas as pd
import pytest
from sweeps import statuses, sweep

from clipperf.errors import ProfileError
from clipperf.models import build


def measured(folder: Path, **keys: Any) -> pd.DataFrame:
    return sweep(folder, **{"runner": "onnxruntime", "model": "tiny-vision", **keys})


def refusal(folder: Path, **keys: Any) -> tuple[str, ...]:
    with pytest.raises(ProfileError) as refused:
        measured(folder, **keys)
    assert not folder.exists()
    return refused.value.problems


def test_a_model_of_the_catalogue_is_built_and_measured(tmp_path: Path):
    row = measured(tmp_path / "run").iloc[0]
    assert (row["status"], row["precision_ran"]) == ("ok", "fp32")
    assert row["model_sha256"] == build("tiny-vision").sha256
    assert row["runner_version"] == onnxruntime.__version__
    assert row["samples"] == row["requests"] == 5
    assert min(row[["qps", "latency_p50_ms", "load_s", "first_infer_ms", "rss_mb", "cpu_cores"]]) > 0


def test_a_static_batch_model_is_unsupported_at_other_batch_sizes(tmp_path: Path):
    path = str(build("tiny-vision", static_batch=4).path)
    frame = measured(tmp_path / "run", model=path, batch=[1, 4, 8])
    assert statuses(frame) == {1: "unsupported", 4: "ok", 8: "unsupported"}
    assert (
        frame["error"].iloc[0].startswith("The model's batch is fixed at 4 (input image), batch size 1 was asked for")
    )


def test_a_file_for_each_batch_size_is_named_by_a_pattern(tmp_path: Path):
    for batch in (1, 4):
        shutil.copy(build("tiny-vision", static_batch=batch).path, tmp_path / f"vision-b{batch}.onnx")
    frame = measured(tmp_path / "run", model=str(tmp_path / "vision-b{batch}.onnx"), batch=[1, 4])
    assert statuses(frame) == {1: "ok", 4: "ok"}
    assert frame["model_sha256"].nunique() == 2


def test_a_provider_that_is_not_here_is_unsupported_with_the_reason(tmp_path: Path):
    frame = measured(tmp_path / "run", option={"provider": ["cpu", "cuda"]}, batch=[1, 2])
    asked = [json.loads(options)["provider"] for options in frame["options"]]
    assert list(zip(asked, frame["status"], strict=True)) == [
        ("cpu", "ok"),
        ("cpu", "ok"),
        ("cuda", "unsupported"),
        ("cuda", "unsupported"),
    ]
    error = frame["error"].iloc[2]
    assert "has no CUDAExecutionProvider, only" in error
    assert "CPUExecutionProvider" in error
    # Cores are no CUDA device.
    assert frame["device"].tolist()[2:] == ["0", "0"]


def test_options_are_swept_like_any_axis(tmp_path: Path):
    levels = ["disable", "all"]
    frame = measured(tmp_path / "run", option={"intra_op_num_threads": [1, 2], "graph_optimization_level": levels})
    assert set(frame["status"]) == {"ok"}
    assert [json.loads(options) for options in frame["options"]] == [
        {"graph_optimization_level": level, "intra_op_num_threads": threads} for level in levels for threads in (1, 2)
    ]


def test_a_precision_that_the_file_has_not_is_unsupported(tmp_path: Path):
    frame = measured(tmp_path / "run", precision="fp32,fp16")
    assert list(frame["status"]) == ["ok", "unsupported"]
    assert "--precision fp16" in frame["error"].iloc[1]


def test_real_data_may_be_fed(tmp_path: Path):
    shape = onnxruntime.InferenceSession(build("tiny-vision").path).get_inputs()[0].shape[1:]
    np.save(tmp_path / "images.npy", np.random.RandomState(0).standard_normal((3, *shape)).astype(np.float32))
    frame = measured(tmp_path / "run", input={"image": str(tmp_path / "images.npy")}, batch=[1, 5])
    assert list(frame["status"]) == ["ok", "ok"]


def test_everything_that_is_wrong_is_told_at_once_before_anything_is_measured(tmp_path: Path):
    problems = refusal(
        tmp_path / "run",
        model=["tiny-visoin", "no/such.onnx", "model.txt"],
        device=["0,999", "x"],
        option={"intra_op_num_threads": -1, "thread": 1},
        where="bach < 8",
    )
    told = "\n".join(problems)
    for part in (
        "core 999",
        "--device x",
        "--option thread",
        "tiny-visoin",
        "no/such.onnx",
        "model.txt",
        "--where bach",
    ):
        assert part in told
    assert len(set(problems)) == len(problems)


def test_a_core_that_two_devices_share_is_refused(tmp_path: Path):
    assert refusal(tmp_path / "run", device="0,0-1") == (
        "--device 0,0-1: core 0 is in two devices of the set; give each its own.",
    )


def test_a_core_may_belong_to_devices_of_different_sets(tmp_path: Path):
    assert list(measured(tmp_path / "run", device=["0", "0-1"])["status"]) == ["ok", "ok"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read (No such file or directory)"),
        (b"", "is not an ONNX file"),
        (b"not a model at all", "is cut short, larger than 2 GB or no ONNX file"),
    ],
)
def test_a_file_that_is_no_model_is_refused(content: bytes | None, reason: str, tmp_path: Path):
    path = Path("no/such.onnx")
    if content is not None:
        path = tmp_path / "model.onnx"
        path.write_bytes(content)
    (problem,) = refusal(tmp_path / "run", model=str(path))
    assert str(path) in problem
    assert reason in problem


def test_a_model_that_onnxruntime_cannot_open_is_a_row_with_its_reason(tmp_path: Path):
    row = measured(tmp_path / "run", model=str(newer_opset(tmp_path))).iloc[0]
    assert row["status"] == "failed"
    assert "opset" in row["error"].lower()


def newer_opset(folder: Path) -> Path:
    """A model of an operator set that does not exist yet."""
    import onnx

    model = onnx.load(build("tiny-vision").path)
    model.opset_import[0].version = 99
    onnx.save(model, folder / "newer.onnx")
    return folder / "newer.onnx"


def test_a_file_that_has_no_ending_is_told_from_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    Path("vit_force_float16").write_text("made by MagicMind", encoding="utf-8")
    assert refusal(tmp_path / "run", model="vit_force_float16") == (
        "--model vit_force_float16: clipperf knows no model of that name; for the file of that name give "
        "./vit_force_float16.",
    )
    (problem,) = refusal(tmp_path / "run", model="vit_{batch}")
    assert "knows" not in problem
