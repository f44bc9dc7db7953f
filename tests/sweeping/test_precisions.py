"""--precision over the whole way: models are made, run as asked or not at all, and their answers compared."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pandas as pd
import pytest
from sweeps import SHORT, sweep

from clipperf.errors import ProfileError
from clipperf.models import build, cache_folder
from clipperf.profile import make_profile
from clipperf.results.folder import ENVIRONMENT, RESULTS, read_json
from clipperf.sweeping.display import Silent
from clipperf.sweeping.planning import make_plan
from clipperf.sweeping.run import prepare_all, resume_sweep

KEPT = "it is kept in the cache and not made again."


def measured(folder: Path, **keys: Any) -> pd.DataFrame:
    return sweep(folder, **{"runner": "onnxruntime", "model": "tiny-vision", **keys})


def by_precision(frame: pd.DataFrame, column: str) -> dict[str, Any]:
    return dict(zip(frame["precision"], frame[column], strict=True))


class Noting(Silent):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


def prepared(**keys: Any) -> tuple[list[str], Any]:
    """What is told while everything is prepared, and what the cases would open."""
    plan = make_plan(make_profile({**SHORT, "runner": "onnxruntime", "model": "tiny-vision", **keys}, {}))
    display = Noting()
    artefacts = prepare_all(plan, display)
    return display.notes, list(artefacts.values())


def test_onnxruntime_runs_fp32_and_int8_and_says_why_not_the_others(tmp_path: Path):
    frame = measured(tmp_path / "run", precision=["fp32", "bf16", "fp16", "int8"])
    assert by_precision(frame, "status") | {"fp16": "-"} == {
        "fp32": "ok",
        "bf16": "unsupported",
        "fp16": "-",
        "int8": "ok",
    }
    errors = by_precision(frame, "error")
    assert errors["bf16"] == "--precision bf16: the onnxruntime runner has fp16, fp32, int8 for this model."
    # On processors that have kernels for fp16 it runs.
    assert by_precision(frame, "status")["fp16"] == "ok" or errors["fp16"].startswith(
        "--precision fp16: onnxruntime's CPUExecutionProvider has run the model's products in fp32 between casts"
    )
    assert by_precision(frame, "precision_ran")["int8"] == "int8"
    hashes = by_precision(frame, "model_sha256")
    assert hashes["fp32"] == hashes["bf16"] == build("tiny-vision").sha256
    assert len({hashes["fp32"], hashes["fp16"], hashes["int8"]}) == 3
    assert hashes["int8"] in read_json(tmp_path / "run" / ENVIRONMENT)["models"].values()


def test_openvino_runs_the_same_int8_model(tmp_path: Path):
    pytest.importorskip("openvino")
    frame = measured(tmp_path / "openvino", runner="openvino", precision=["fp32", "bf16", "int8"], device=["0"])
    statuses = by_precision(frame, "status")
    # bf16 where the processor has it.
    assert statuses == {"fp32": "ok", "bf16": statuses["bf16"], "int8": "ok"}
    assert statuses["bf16"] in ("ok", "unsupported")
    assert by_precision(frame, "precision_ran")["int8"] == "int8"
    assert by_precision(frame, "model_sha256")["bf16"] == build("tiny-vision").sha256
    (other,) = measured(tmp_path / "onnxruntime", precision=["int8"])["model_sha256"]
    assert by_precision(frame, "model_sha256")["int8"] == other


def test_answers_are_compared_in_another_precision_at_every_batch_size(tmp_path: Path):
    frame = measured(tmp_path / "run", precision=["fp32", "int8"], batch=[1, 8, 64], instances=[2])
    fp32, int8 = (frame[frame["precision"] == precision] for precision in ("fp32", "int8"))
    assert fp32[["cosine_mean", "cosine_min"]].isna().all(axis=None)
    assert (int8["cosine_min"] < int8["cosine_mean"]).all()
    assert int8["cosine_min"].between(0.95, 0.99999).all()
    # The same samples, and ranges that are fixed.
    assert int8["cosine_mean"].round(5).nunique() == 1


def test_answers_of_the_model_s_own_precision_are_compared_when_asked_for(tmp_path: Path):
    (row,) = measured(tmp_path / "run", verify=True).to_dict("records")
    assert row["status"] == "ok"
    assert row["cosine_min"] > 1 - 1e-6


def test_answers_of_a_form_that_is_not_onnx_are_compared_with_the_onnx_file_s(tmp_path: Path):
    pytest.importorskip("torch")
    frame = measured(tmp_path / "run", runner="torch", precision=["fp32", "bf16"], verify=True)
    assert list(frame["status"]) == ["ok", "ok"]
    assert frame["cosine_min"].iloc[0] > 1 - 1e-6 > frame["cosine_min"].iloc[1]


def test_texts_and_models_of_two_inputs_are_compared_too(tmp_path: Path):
    frame = measured(tmp_path / "run", model=["tiny-text", "tiny-clip"], precision="int8", batch=[4])
    assert list(frame["status"]) == ["ok", "ok"]
    assert frame["cosine_min"].between(0.95, 0.99999).all()


def test_a_model_of_one_batch_is_converted_and_compared(tmp_path: Path):
    shutil.copy(build("tiny-vision", static_batch=4).path, tmp_path / "vision-b4.onnx")
    frame = measured(tmp_path / "run", model=str(tmp_path / "vision-b{batch}.onnx"), precision="int8", batch=[4])
    (row,) = frame.to_dict("records")
    assert (row["status"], row["precision_ran"]) == ("ok", "int8")
    assert row["cosine_mean"] > 0.99


@pytest.mark.usefixtures("standins")
def test_answers_that_the_precision_does_not_explain_are_wrong_and_have_no_figures(tmp_path: Path):
    frame = measured(
        tmp_path / "run",
        runner="stand_in_runners:Mistaken",
        precision=["fp32", "bf16", "int8"],
        option={"by": [0.0, 0.05, 0.5]},
        verify=True,
    )
    by = [json.loads(options)["by"] for options in frame["options"]]
    found = dict(zip(zip(frame["precision"], by, strict=True), frame["status"], strict=True))
    assert {place: status for place, status in found.items() if place[1] == 0.0} == {
        ("fp32", 0.0): "ok",
        ("bf16", 0.0): "ok",
        ("int8", 0.0): "ok",
    }
    # An error that int8 may have and fp32 may not.
    assert (found["fp32", 0.05], found["int8", 0.05]) == ("wrong-output", "ok")
    assert found["int8", 0.5] == "wrong-output"
    wrong = frame[frame["status"] == "wrong-output"]
    assert wrong[["qps", "latency_p50_ms", "requests"]].isna().all(axis=None)
    assert wrong["cosine_min"].notna().all()
    assert (
        wrong["error"]
        .iloc[-1]
        .startswith("The answers are not those of the fp32 model on onnxruntime: their cosine is 0.")
    )


def test_int8_may_be_dynamic_which_is_another_case(tmp_path: Path):
    (static,) = measured(tmp_path / "static", precision="int8").to_dict("records")
    (dynamic,) = measured(tmp_path / "dynamic", precision="int8", int8="dynamic").to_dict("records")
    assert (static["options"], dynamic["options"]) == ("{}", '{"int8": "dynamic"}')
    assert dynamic["status"] == static["status"] == "ok"
    assert static["case_id"] != dynamic["case_id"]
    assert static["model_sha256"] != dynamic["model_sha256"]


def test_openvino_does_not_run_dynamic_int8_as_int8(tmp_path: Path):
    pytest.importorskip("openvino")
    keys = {"runner": "openvino", "precision": "int8", "int8": "dynamic", "device": ["0"]}
    (row,) = measured(tmp_path / "run", **keys).to_dict("records")
    assert row["status"] == "unsupported"
    assert row["error"].startswith("--precision int8: OpenVINO's CPU ran the model in fp32")


def test_everything_is_made_once_and_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("CLIPPERF_CACHE", str(tmp_path))
    notes, artefacts = prepared(precision=["fp32", "int8"], batch=[1, 2])
    assert notes == [
        "Building tiny-vision; it is kept in the cache and not built again.",
        f"Making tiny-vision in int8; {KEPT}",
        "Computing the answers of tiny-vision on onnxruntime, to compare with; they are kept.",
    ]
    assert {Path(artefact.location).parent for artefact in artefacts} == {cache_folder()}
    assert len({artefact.location for artefact in artefacts}) == 2
    assert len(list(cache_folder().iterdir())) == 3
    again, same = prepared(precision=["fp32", "int8"], batch=[1, 2])
    assert again == []
    assert same == artefacts
    # The model stays as it is, the samples do not.
    assert prepared(precision="int8", seed=0)[0] == []
    assert len(prepared(precision="int8", seed=1)[0]) == 3


def test_what_was_begun_is_gone_on_with(tmp_path: Path):
    folder = tmp_path / "run"
    measured(folder, precision=["fp32", "int8"], int8="dynamic")
    rows = (folder / RESULTS).read_bytes().splitlines(keepends=True)
    (folder / RESULTS).write_bytes(b"".join(rows[:2]))
    display = Noting()
    resume_sweep(folder, display)
    again = (folder / RESULTS).read_bytes().splitlines(keepends=True)
    assert (len(again), display.notes) == (3, [])
    assert again[:2] == rows[:2]


def test_other_precisions_are_made_of_fp32_models_only(tmp_path: Path):
    _, (artefact,) = prepared(precision="fp16")
    frame = measured(tmp_path / "run", model=artefact.location, precision=["int8"])
    assert list(frame["status"]) == ["unsupported"]
    assert frame["error"].iloc[0] == (
        f"--precision int8: {artefact.location} holds its weights in fp16, and clipperf makes other precisions of fp32 "
        "models only; give the fp32 model, or the one that you have made yourself."
    )


def test_a_quantised_file_runs_as_what_it_is(tmp_path: Path):
    _, (artefact,) = prepared(precision="int8")
    frame = measured(tmp_path / "run", model=artefact.location, precision=["int8", "fp32"])
    assert list(frame["status"]) == ["ok", "unsupported"]
    assert frame["model_sha256"].unique().tolist() == [artefact.sha256]


def test_a_model_that_no_library_converts_fails_with_its_words_and_the_others_go_on(tmp_path: Path):
    path = tmp_path / "unknown-operator.onnx"
    model = onnx.load(build("tiny-vision").path)
    model.graph.node[0].op_type = "NoSuchOperator"
    onnx.save(model, path)
    frame = measured(tmp_path / "run", model=[str(path), "tiny-vision"], precision="int8")
    assert list(frame["status"]) == ["failed", "ok"]
    assert frame["error_kind"].iloc[0] == "variant"
    assert frame["error"].iloc[0].startswith("The int8 model of unknown-operator.onnx could not be made: ")


def test_real_inputs_are_calibrated_with_and_compared(tmp_path: Path):
    np.save(tmp_path / "image.npy", np.random.default_rng(5).random((40, 3, 32, 32), dtype=np.float32))
    (row,) = measured(
        tmp_path / "run", precision="int8", input={"image": str(tmp_path / "image.npy")}, batch=[8]
    ).to_dict("records")
    (drawn,) = measured(tmp_path / "drawn", precision="int8", batch=[8]).to_dict("records")
    assert row["status"] == "ok"
    assert row["model_sha256"] != drawn["model_sha256"]
    assert row["cosine_mean"] != drawn["cosine_mean"]


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"int8": "dynamic"}, "--int8 dynamic: no model is made in int8 here; give --precision int8"),
        ({"int8": "dynamic", "precision": "int8", "runner": "simulated"}, "--int8 dynamic: no model is made"),
        ({"verify": True, "runner": "simulated"}, "--verify: onnxruntime cannot give the answers of tiny-vision as"),
    ],
)
def test_flags_that_would_do_nothing_are_refused(keys: dict[str, Any], sentence: str, tmp_path: Path):
    with pytest.raises(ProfileError) as refusal:
        measured(tmp_path / "run", **keys)
    assert any(problem.startswith(sentence) for problem in refusal.value.problems)
    assert not (tmp_path / "run").exists()
