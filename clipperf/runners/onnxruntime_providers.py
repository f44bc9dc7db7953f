"""The execution providers of onnxruntime that have a short name here."""

from __future__ import annotations

from typing import Mapping

from clipperf.errors import Unsupported
from clipperf.runners.base import Option

PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "cann": "CANNExecutionProvider",
    "migraphx": "MIGraphXExecutionProvider",
    "directml": "DmlExecutionProvider",
}


def provider_of(options: Mapping[str, Option]) -> str:
    """The provider asked for by onnxruntime's own name; raises Unsupported where there can be none such."""
    asked = str(options.get("provider", "cpu"))
    provider = PROVIDERS.get(asked.lower(), asked)
    if not provider.endswith("ExecutionProvider"):
        raise Unsupported(
            f"--option provider={asked}: no such provider; take one of {', '.join(PROVIDERS)} or onnxruntime's own "
            "name, such as CPUExecutionProvider."
        )
    return provider
