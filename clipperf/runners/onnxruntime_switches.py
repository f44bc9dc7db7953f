"""Settings of execution providers that decide the precision, and what they tell of it afterwards.

- CUDA multiplies fp32 in TF32 unless ``use_tf32`` is off, which releases before 1.18 cannot (onnxruntime#19357).
- TensorRT uses a type only where its flag is set, and chooses by layer even then, TF32 included: it never tells.
- OpenVINO's plugins take bf16 or fp16 by themselves; the hint is theirs (``load_config``), and its provider does not
  tell what came of it. Nor does DirectML tell anything.
- MIGraphX converts the whole model for a flag; CANN's modes that leave no choice name the precision (manual of ATC).
"""

from __future__ import annotations

from typing import Mapping

from clipperf.errors import Unsupported
from clipperf.runners.onnxruntime_precision import PRECISIONS
from clipperf.runners.onnxruntime_providers import CANN, CPU, CUDA, MIGRAPHX, OPENVINO, TENSORRT, Provider

HINT = "INFERENCE_PRECISION_HINT"
_TF32_SINCE = (1, 18)
_HINTS = {"fp32": "f32", "int8": "f32", "fp16": "f16", "bf16": "bf16"}
"""What a quantised model leaves unquantised runs in f32, as with other runners."""

_FLAGS = {
    TENSORRT.name: {"trt_fp16_enable": "fp16", "trt_bf16_enable": "bf16", "trt_int8_enable": "int8"},
    MIGRAPHX.name: {
        "migraphx_fp16_enable": "fp16",
        "migraphx_bf16_enable": "bf16",
        "migraphx_fp8_enable": "fp8",
        "migraphx_int8_enable": "int8",
    },
}
_MODES = {"force_fp32": "fp32", "force_fp16": "fp16", "fp16": "fp16"}
_OF_THE_FILE = ("must_keep_origin_dtype", "origin")


def switches(provider: Provider, precision: str, release: tuple[int, int], given: Mapping[str, str]) -> dict[str, str]:
    """What a provider is set to so that it runs in the case's precision, unless the user has set it.

    Raises Unsupported where the user has set another precision than the case has.
    """
    flags = _FLAGS.get(provider.name, {})
    for name, of in flags.items():
        # A quantised model may leave layers in any precision; for others no file is made, so they stay untold.
        if given.get(name) == "True" and of in PRECISIONS and precision not in ("", of, "int8"):
            raise Unsupported(
                f"--option {provider.short}.{name}=true: the case asks for --precision {precision}; give --precision "
                f"{of} in place of the option."
            )
    wanted: dict[str, str] = {}
    if provider == TENSORRT:
        wanted = {name: "True" for name, of in flags.items() if of == precision}
    elif provider == CUDA and precision == "fp32" and release >= _TF32_SINCE:
        wanted = {"use_tf32": "False"}
    elif provider == OPENVINO and not {"precision", "load_config", HINT, "EXECUTION_MODE_HINT"} & set(given):
        wanted = {HINT: _HINTS[precision]} if precision in _HINTS else {}
    return {name: value for name, value in wanted.items() if name not in given}


def precision_told(order: tuple[Provider, ...], told: Mapping[str, Mapping[str, str]], of_file: str) -> str:
    """The precision that ran, by what the providers tell of their settings; "" where one of them leaves it open.

    ``of_file`` is that of the model's own types, in which CPU and CUDA compute what they are given.
    """
    words = {_told(provider, told.get(provider.name, {}), of_file) for provider in order}
    return words.pop() if len(words) == 1 else ""


def _told(provider: Provider, told: Mapping[str, str], of_file: str) -> str:
    if provider == CPU:
        return of_file
    if provider == CUDA:
        is_tf32 = told.get("use_tf32", "1").lower() not in ("0", "false")
        return "" if is_tf32 and of_file == "fp32" else of_file
    if provider == MIGRAPHX:
        on = [of for name, of in _FLAGS[provider.name].items() if told.get(name, "").lower() in ("1", "true")]
        return of_file if told and not on else on[0] if len(on) == 1 else ""
    if provider == CANN:
        mode = told.get("precision_mode_v2") or told.get("precision_mode", "")
        return of_file if mode in _OF_THE_FILE else _MODES.get(mode, "")
    return ""
