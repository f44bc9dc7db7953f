"""Options, properties and precisions of the openvino runner, as far as they need no OpenVINO."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.errors import Unsupported
from clipperf.runners.base import OpenSpec
from clipperf.runners.openvino_precision import check_precision, precision_of, precision_ran
from clipperf.runners.openvino_properties import check, check_taken, properties_of, refused

ABLE = dict.fromkeys(("INFERENCE_PRECISION_HINT", "ENABLE_CPU_PINNING"), "RW")
SPEC = OpenSpec("model.onnx", "0-1", "fp32", "host", 4, 1, {})


def chosen(precision: str = "fp32", **options: Any) -> dict[str, Any]:
    return properties_of(replace(SPEC, precision=precision, options=options), (0, 1), ABLE)


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("performance_hint", "fast", "latency, throughput, cumulative_throughput, none"),
        ("shape", "open", "static, dynamic"),
        ("num_streams", 0, "a whole number from 1 to 1024"),
        ("num_streams", 2.5, "a whole number from 1 to 1024"),
        ("inference_num_threads", "two", "a whole number from 1 to 1024"),
        ("inference_num_threads", True, "a whole number from 1 to 1024"),
    ],
)
def test_a_wrong_value_of_an_option_is_refused_with_the_valid_ones(option: str, value: object, allowed: str):
    with pytest.raises(Unsupported, match=f"--option {option}={value}: .*{allowed}"):
        check({option: value})


def test_a_property_given_twice_is_refused():
    with pytest.raises(Unsupported, match="--option num_streams: NUM_STREAMS is the same property"):
        check({"num_streams": 1, "NUM_STREAMS": 2})


def test_without_options_it_is_the_case_s_precision_on_the_device_s_cores():
    assert chosen() == {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": 2,
        "INFERENCE_PRECISION_HINT": "f32",
    }


def test_fewer_threads_than_cores_are_not_pinned_unless_asked_for():
    assert chosen(inference_num_threads=1)["ENABLE_CPU_PINNING"] is False
    assert "ENABLE_CPU_PINNING" not in chosen(inference_num_threads=2)
    assert chosen(inference_num_threads=1, ENABLE_CPU_PINNING=True)["ENABLE_CPU_PINNING"] is True


@pytest.mark.parametrize(("precision", "hint"), [("bf16", "bf16"), ("fp16", "f16"), ("int8", "f32")])
def test_the_hint_is_that_of_the_case(precision: str, hint: str):
    assert chosen(precision)["INFERENCE_PRECISION_HINT"] == hint


def test_a_file_of_unknown_precision_keeps_its_own():
    assert chosen("")["EXECUTION_MODE_HINT"] == "ACCURACY"
    assert "INFERENCE_PRECISION_HINT" not in chosen("")


def test_a_device_gets_no_property_that_it_does_not_have():
    assert properties_of(replace(SPEC, device="NPU"), None, {}) == {"PERFORMANCE_HINT": "LATENCY"}


def test_options_are_properties():
    found = chosen(performance_hint="throughput", num_streams=3, ENABLE_CPU_PINNING=True, shape="dynamic")
    assert found["PERFORMANCE_HINT"] == "THROUGHPUT"
    assert found["NUM_STREAMS"] == 3
    assert found["ENABLE_CPU_PINNING"] is True
    assert len(found) == 5
    assert "PERFORMANCE_HINT" not in chosen(performance_hint="none")
    assert chosen(ENABLE_CPU_PINNING="true")["ENABLE_CPU_PINNING"] is True


def test_a_precision_asked_for_in_two_ways_is_refused():
    with pytest.raises(Unsupported, match="asks for --precision fp32; give --precision bf16 in place"):
        chosen(inference_precision="bf16")
    assert chosen(inference_precision="f32")["INFERENCE_PRECISION_HINT"] == "f32"
    assert chosen("int8", inference_precision="bf16")["INFERENCE_PRECISION_HINT"] == "bf16"


class Plugin:
    """A core whose plugin takes no property but these."""

    def __init__(self, *taken: str) -> None:
        self._taken = taken

    def compile_model(self, model: object, device: str, given_properties: dict[str, Any]) -> None:
        for name in given_properties:
            if name not in self._taken:
                raise RuntimeError(f"Exception from a.cpp:1:\nNot taken: {name}\n\n")


def test_the_option_that_the_plugin_does_not_take_is_named():
    options = {"shape": "dynamic", "num_streams": 2, "NO_SUCH": 1, "performance_hint": "latency"}
    reason = refused(Plugin("NUM_STREAMS"), None, "CPU", options)
    assert reason == "--option NO_SUCH=1: OpenVINO's CPU does not take it: Not taken: NO_SUCH"
    assert refused(Plugin("NUM_STREAMS", "NO_SUCH"), None, "CPU", options) == ""


class Compiled:
    """A compiled model with these properties, and layers of type, precision and primitive."""

    def __init__(self, layers: Any = (), **properties: Any) -> None:
        self._layers, self._properties = layers, properties

    def get_property(self, name: str) -> Any:
        if name not in self._properties:
            raise RuntimeError(name)
        return self._properties[name]

    def get_runtime_model(self) -> Any:
        if self._layers is None:
            raise RuntimeError("no such graph")
        return SimpleNamespace(get_ops=lambda: [Layer(*layer) for layer in self._layers])


class Layer:
    """One layer of an execution graph."""

    def __init__(self, kind: str, precision: str, primitive: str = "") -> None:
        self._told = {"layerType": kind, "runtimePrecision": precision, "primitiveType": primitive}

    def get_rt_info(self) -> Any:
        return {key: SimpleNamespace(astype=lambda _, text=text: text) for key, text in self._told.items()}


def test_a_number_that_the_plugin_replaced_is_refused():
    check_taken(Compiled(NUM_STREAMS=2), "CPU", {"num_streams": 2, "CACHE_DIR": "x", "UNREADABLE": 3})
    with pytest.raises(Unsupported, match="--option num_streams=8: OpenVINO's CPU silently took 2"):
        check_taken(Compiled(NUM_STREAMS=2), "CPU", {"num_streams": 8})


@pytest.mark.parametrize(
    ("layers", "precision"),
    [
        ([("FullyConnected", "f32"), ("Reorder", "bf16")], "fp32"),
        ([("fully_connected", "FP16")], "fp16"),
        ([("FullyConnected", "f16", "brgemm_avx512_f32")], "fp32"),
        ([("Convolution", "u8", "brgconv_avx512_I8")], "int8"),
        ([("MatMul", "bf16", "undef")], "bf16"),
        ([("FullyConnected", "bf16"), ("Convolution", "f32")], "bf16+fp32"),
        ([("FullyConnected", "u8"), ("FullyConnected", "i8"), ("MatMul", "f32")], "int8"),
        ([("FullyConnected", "i8"), ("MatMul", "f32")], "fp32+int8"),
        ([("Eltwise", "f32")], ""),
        ([], ""),
        (None, ""),
    ],
)
def test_the_precision_that_ran_is_that_of_the_heavy_layers(layers: Any, precision: str):
    assert precision_ran(Compiled(layers)) == precision


@given(st.lists(st.sampled_from(["fp32", "bf16", "int8"])))
def test_one_precision_is_told_only_where_it_prevails(precisions: list[str]):
    words = {"fp32": "f32", "bf16": "BF16", "int8": "u8"}
    told = precision_of(("MatMul", "gemm", words[precision]) for precision in precisions)
    assert set(filter(None, told.split("+"))) <= set(precisions)
    if told in ("fp32", "bf16"):
        assert set(precisions) == {told}
    if told == "int8":
        assert 2 * precisions.count("int8") > len(precisions)


def test_what_did_not_run_as_asked_is_refused_with_what_the_device_has():
    with pytest.raises(Unsupported) as refusal:
        check_precision("fp16", "bf16", "CPU", ["BF16", "FP32", "EXPORT_IMPORT"])
    assert str(refusal.value) == "--precision fp16: OpenVINO's CPU ran the model in bf16; it computes in bf16, fp32."
    with pytest.raises(Unsupported, match="NPU does not tell what it runs; it computes in fp16"):
        check_precision("fp32", "", "NPU", ["FP16"])
    check_precision("fp16", "", "NPU", ["FP16"])
    check_precision("", "bf16", "CPU", ["BF16"])
