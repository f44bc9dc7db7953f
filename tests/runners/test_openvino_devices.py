"""The openvino runner on devices that are not here, over a stand-in of OpenVINO with a processor and two GPUs."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from clipperf.errors import Unsupported
from clipperf.runners.base import OpenSpec
from clipperf.runners.openvino import OpenVinoRunner


class Dimension(SimpleNamespace):
    """A dimension of a shape; 0 is an open one."""

    def get_length(self) -> int:
        return int(self.size)


class Shape(list[Dimension]):
    """A shape whose number of dimensions is known."""

    rank = SimpleNamespace(is_dynamic=False, is_static=True)


class Port:
    """An input or output of an open batch of three numbers; runtimes use them as keys."""

    def __init__(self, name: str) -> None:
        self.any_name = name
        self.partial_shape = Shape(Dimension(size=size, is_dynamic=not size) for size in (0, 3))
        self.element_type = SimpleNamespace(get_type_name=lambda: "f32")


class Model:
    """A model of one input and one output."""

    def __init__(self) -> None:
        self.inputs, self.outputs = [Port("x")], [Port("y")]

    def clone(self) -> Model:
        return self

    def reshape(self, shapes: object) -> None:
        """Takes any."""


class Core:
    """What OpenVINO finds; GPUs run in fp16 what is asked for in fp32 where ``halves`` says so."""

    available_devices = ("CPU", "GPU.0", "GPU.1")
    compiled: list[tuple[str, dict[str, Any]]]
    halves = False

    def get_property(self, device: str, name: str) -> Any:
        return {
            "SUPPORTED_PROPERTIES": {"INFERENCE_PRECISION_HINT": "RW"},
            "OPTIMIZATION_CAPABILITIES": ["FP32", "FP16"],
            "FULL_DEVICE_NAME": f"Name of {device}",
        }[name]

    def read_model(self, path: str) -> Model:
        return Model()

    def compile_model(self, model: Model, device: str, given: dict[str, Any]) -> Any:
        self.compiled.append((device, given))
        precision = "f16" if self.halves else "f32"
        told = {"layerType": "FullyConnected", "primitiveType": f"tiled__{precision}", "runtimePrecision": precision}
        info = {key: SimpleNamespace(astype=lambda _, text=text: text) for key, text in told.items()}
        properties = {"EXECUTION_DEVICES": [device], "NUM_STREAMS": 1}
        return SimpleNamespace(
            get_property=properties.__getitem__,
            get_runtime_model=lambda: SimpleNamespace(get_ops=lambda: [SimpleNamespace(get_rt_info=lambda: info)]),
        )


@pytest.fixture
def core(monkeypatch: pytest.MonkeyPatch) -> type[Core]:
    """The core of the stand-in, which stands where OpenVINO would."""
    found = type("Core", (Core,), {"compiled": []})
    standin = SimpleNamespace(Core=found, PartialShape=tuple, __version__="9.9-1-of-a-branch")
    monkeypatch.setitem(sys.modules, "openvino", standin)
    return found


def spec(device: str) -> OpenSpec:
    return OpenSpec("model.onnx", device, "fp32", "host", 4, 2, {})


def test_the_probe_lists_cores_and_other_devices_with_their_names(core: type[Core]):
    probe = OpenVinoRunner().probe()
    assert probe.version == "9.9-1"
    assert probe.devices[-2:] == ("GPU.0", "GPU.1")
    assert probe.libraries["openvino GPU.1"] == "Name of GPU.1"
    assert "CPU" not in probe.devices


def test_a_gpu_is_taken_by_its_name_and_gets_no_threads(core: type[Core]):
    instance = OpenVinoRunner().open(spec("GPU.1"))
    assert core.compiled == [("GPU.1", {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})]
    assert instance.ran.provider == "GPU.1, streams: 1"
    assert instance.ran.precision == "fp32"
    assert instance.ran.threads is None
    assert len(instance.slots) == 2


def test_a_gpu_that_runs_another_precision_is_refused(core: type[Core], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(core, "halves", True)
    with pytest.raises(Unsupported, match=r"--precision fp32: OpenVINO's GPU\.0 ran the model in fp16; it computes in"):
        OpenVinoRunner().open(spec("GPU.0"))


@pytest.mark.parametrize(("here", "device"), [(("GPU",), "GPU.0"), (("GPU.0", "GPU.1"), "GPU"), (("NPU",), "NPU")])
def test_other_names_of_a_device(here: tuple[str, ...], device: str, core: type[Core], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(core, "available_devices", here)
    OpenVinoRunner().open(spec(device))
    assert core.compiled[0][0] == device


@pytest.mark.parametrize("device", ["GPU.2", "NPU"])
def test_a_device_that_is_not_here_is_refused_with_those_that_are(device: str, core: type[Core]):
    with pytest.raises(Unsupported, match=rf"--device {device}: OpenVINO finds no such device .* CPU, GPU\.0, GPU\.1;"):
        OpenVinoRunner().open(spec(device))
