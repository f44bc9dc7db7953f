"""The torch runner over the real torch, where that is installed: answers, modes, precisions, files of others."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sweeps import sweep

from clipperf.errors import Unsupported
from clipperf.models import build
from clipperf.models.torchscript import build_torchscript
from clipperf.runners.base import Instance, OpenSpec, Runner
from clipperf.runners.cpu_cores import available_cores, format_cores
from clipperf.runners.inputs import draw_inputs
from clipperf.runners.onnxruntime import OnnxRuntimeRunner
from clipperf.runners.torch import TorchRunner

torch = pytest.importorskip("torch", reason="torch is an extra, and far larger than all the rest")

FIRST = str(available_cores()[0])
MODES: tuple[dict[str, Any], ...] = (
    {"mode": "script"},
    {"mode": "eager"},
    {"mode": "compile", "compile_backend": "aot_eager"},
)
TEXTS = ({"name": "text", "dims": ["batch", 16], "kind": "tokens", "high": 128},)


def spec(name: str = "tiny-vision", **changes: Any) -> OpenSpec:
    """A tiny model in fp32, batch 4, on the first core."""
    return replace(OpenSpec(str(build_torchscript(name).path), FIRST, "fp32", "host", 4, 1, {}), **changes)


def opened(**changes: Any) -> Instance:
    return TorchRunner().open(spec(**changes))


def answers(runner: Runner, asked: OpenSpec, described: Any = ()) -> np.ndarray:
    """The first output, for inputs that depend on nothing but the signature."""
    instance = runner.open(asked)
    (slot,) = instance.slots
    slot.load(draw_inputs(instance.signature, described, asked.batch_size or 4, 1))
    slot.run()
    return slot.outputs()[instance.signature.outputs[0].name]


def cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Of rows."""
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.asarray((one * other).sum(axis=1) / lengths)


@pytest.mark.parametrize("options", MODES, ids=lambda options: options["mode"])
@pytest.mark.parametrize(("name", "described"), [("tiny-vision", ()), ("tiny-text", TEXTS)])
def test_in_every_mode_the_answers_are_those_of_onnxruntime(name: str, described: Any, options: dict[str, Any]):
    asked = spec(name, options=options)
    expected = answers(OnnxRuntimeRunner(), replace(asked, model=str(build(name).path), options={}), described)
    ours = answers(TorchRunner(), asked, described)
    assert np.abs(ours - expected).max() <= 1e-4
    assert cosines(ours, expected).min() >= 0.99999


@pytest.mark.parametrize("options", MODES[:2], ids=lambda options: options["mode"])
@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_a_cast_model_runs_in_that_precision_and_answers_in_fp32(precision: str, options: dict[str, Any]):
    asked = spec(precision=precision, options=options)
    assert TorchRunner().open(asked).ran.precision == precision
    exact, ours = answers(TorchRunner(), spec()), answers(TorchRunner(), asked)
    assert ours.dtype == np.float32
    assert not np.array_equal(exact, ours)
    assert cosines(exact, ours).min() >= 0.999


def test_without_a_precision_the_file_s_own_runs():
    assert opened(precision="").ran.precision == "fp32"


def test_the_provider_tells_the_mode_and_threads_are_the_device_s_cores():
    everything = format_cores(available_cores())
    assert opened(device=everything).ran.threads == len(available_cores())
    assert opened(options={"num_threads": 1, "mode": "eager"}).ran.threads == 1
    assert opened(options={"mode": "eager"}).ran.provider == "cpu, eager"
    assert opened(options=MODES[2]).ran.provider == "cpu, compile aot_eager"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"scope": "device-io"}, "--scope device-io: on a CPU nothing is copied"),
        ({"options": {"tf32": True}}, "--option tf32: a CPU computes fp32 in fp32"),
        (
            {"options": {"mode": "compile", "compile_backend": "none"}},
            "compile_backend=none: .* such backend, only .*aot",
        ),
        ({"device": "npu:0"}, "has torch .* and torch_npu without a working npu"),
    ],
)
def test_what_cores_or_this_torch_cannot_do_is_refused(changes: dict[str, Any], reason: str):
    with pytest.raises(Unsupported, match=reason):
        opened(**changes)


class Branching(torch.nn.Module):  # type: ignore[misc]
    """Does one thing or another, as a trace never does."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.eye(6))

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        if bool(values.sum() > 0):
            return values @ self.weight
        return values - 1


@pytest.fixture
def own_file(tmp_path: Path) -> str:
    """A file that clipperf has not written."""
    path = str(tmp_path / "own.pt")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*torch.jit.* is deprecated")
        torch.jit.save(torch.jit.script(Branching()), path)
    return path


def test_a_file_of_one_s_own_is_told_its_inputs_by_the_option(own_file: str):
    with pytest.raises(Unsupported, match="--option inputs is needed"):
        opened(model=own_file)
    instance = opened(model=own_file, options={"inputs": "6"})
    (slot,) = instance.slots
    slot.load({"input0": np.ones((4, 6), dtype=np.float32)})
    slot.run()
    np.testing.assert_array_equal(slot.outputs()["output0"], np.ones((4, 6)))


def test_branches_run_as_script_only(own_file: str):
    with pytest.raises(Unsupported, match="--option mode: the model holds prim::If"):
        opened(model=own_file, options={"inputs": "6", "mode": "eager"})


def test_a_sweep_over_modes_builds_the_model(tmp_path: Path):
    rows = sweep(
        tmp_path / "run",
        runner="torch",
        model="tiny-vision",
        device=[FIRST],
        batch=[4],
        option={"mode": ["script", "eager"]},
    )
    assert list(rows["status"]) == ["ok"] * 2
    assert set(rows["precision_ran"]) == {"fp32"}
    assert set(rows["provider_ran"]) == {"cpu, script", "cpu, eager"}
    assert (rows["load_s"] > 0).all()
