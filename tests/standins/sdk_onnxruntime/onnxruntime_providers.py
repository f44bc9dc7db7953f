"""Providers of the stand-in of onnxruntime: the settings that each knows, and what it tells of them."""

from __future__ import annotations

from typing import NamedTuple


class Refused(Exception):
    """What a provider says of a setting."""


class Known(NamedTuple):
    """``settings`` with their defaults as they are told; ``speaks`` is the sentence on an unknown one, "" for none."""

    memory: str
    vendor: int
    settings: dict[str, str]
    speaks: str = 'Unknown provider option: "{}".'
    tells: bool = True
    flags: tuple[str, ...] = ("True", "False", "true", "false", "1", "0")


_CUDA = {"device_id": "0", "cudnn_conv_algo_search": "EXHAUSTIVE", "gpu_mem_limit": "18446744073709551615",
         "enable_cuda_graph": "0", "use_tf32": "1", "sdpa_kernel": "0"}  # fmt: skip
_TENSORRT = {"device_id": "0", "trt_fp16_enable": "0", "trt_int8_enable": "0", "trt_engine_cache_enable": "0",
             "trt_engine_cache_path": "", "trt_cuda_graph_enable": "0", "trt_max_workspace_size": "1073741824",
             "trt_auxiliary_streams": "-1"}  # fmt: skip
_CANN = {"device_id": "0", "npu_mem_limit": "0", "precision_mode": "", "enable_cann_graph": "1"}
_MIGRAPHX = {"device_id": "0", "migraphx_fp16_enable": "0", "migraphx_bf16_enable": "0", "migraphx_fp8_enable": "0",
             "migraphx_int8_enable": "0", "migraphx_exhaustive_tune": "0"}  # fmt: skip
KNOWN = {
    "TensorrtExecutionProvider": Known("cuda", -1, _TENSORRT, flags=("True", "False", "true", "false")),
    "CUDAExecutionProvider": Known("cuda", -1, _CUDA),
    "CANNExecutionProvider": Known("cann", -1, _CANN),
    "MIGraphXExecutionProvider": Known("gpu", 0x1002, _MIGRAPHX),
    "DmlExecutionProvider": Known("dml", -1, {"device_id": "0"}, speaks="", tells=False),
    "OpenVINOExecutionProvider": Known(
        "cpu", -1, {"device_type": "", "load_config": "", "precision": ""}, "Invalid OpenVINO EP option: {}", False
    ),
}
_FLAGS = {name for known in KNOWN.values() for name in known.settings if "enable" in name or name == "use_tf32"}
_SINCE = {"use_tf32": (1, 18)}


def told_by(name: str, settings: dict[str, str], release: tuple[int, ...]) -> dict[str, str]:
    """What the provider tells of its settings; raises Refused where it does not take one."""
    known = KNOWN[name]
    told = {key: value for key, value in known.settings.items() if release >= _SINCE.get(key, (0,))}
    for key, value in settings.items():
        if key in told:
            told[key] = _taken(known, key, value)
        elif known.speaks:
            raise Refused(known.speaks.format(key))
    return told if known.tells else {}


def _taken(known: Known, key: str, value: str) -> str:
    if key == "gpu_mem_limit":
        # An arena grows in steps of 256 bytes.
        return str(int(value) // 256 * 256)
    if key not in _FLAGS:
        return value
    if value not in known.flags:
        raise Refused(f"[ERROR] The value for the key '{key}' should be 'True' or 'False'.")
    return "1" if value in ("True", "true", "1") else "0"
