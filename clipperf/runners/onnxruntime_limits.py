"""How a request's tensors are handed over, and what the providers cannot do with several requests at a time.

- DirectML: one thread at a time may run a session (its documentation, "Configuration Options").
- TensorRT: before 1.17 requests at the same time could give wrong answers (onnxruntime#19301); since then its provider
  executes them one after the other.
- A captured CUDA graph replays with the tensors of its capture, and only one thread may use it ("Using CUDA Graphs" in
  the documentation of the CUDA provider).
- Bound requests kept the interpreter's lock before 1.12 (onnxruntime#11248).
"""

from __future__ import annotations

from typing import Any, Mapping

from clipperf.errors import Unsupported
from clipperf.runners.base import OpenSpec, Option
from clipperf.runners.onnxruntime_binding import HOST, Place
from clipperf.runners.onnxruntime_options import settings_given
from clipperf.runners.onnxruntime_providers import DIRECTML, TENSORRT, Provider, release

ARRAYS, BINDING = "arrays", "binding"
_GRAPHS = ("enable_cuda_graph", "trt_cuda_graph_enable")
_TENSORRT_SAFE_SINCE = (1, 17)
_BINDING_SINCE = (1, 12)


def form_of(scope: str, order: tuple[Provider, ...], options: Mapping[str, Option]) -> str:
    """Whether requests take arrays or bound tensors: as asked for, else by scope and provider."""
    if scope == "device-io":
        return BINDING
    return str(options.get("io", BINDING if order[0].is_bound else ARRAYS))


def place_of(ort: Any, provider: Provider, device: str) -> Place:
    """Where a provider's tensors lie."""
    if not provider.memory:
        return Place(HOST, 0)
    if provider.vendor >= 0 and not hasattr(ort, "OrtDeviceVendorId"):
        # Builds that know no vendors have one name for the memory of all GPUs.
        return Place("cuda", int(device))
    return Place(provider.memory, int(device), provider.vendor)


def check_limits(ort: Any, spec: OpenSpec, order: tuple[Provider, ...]) -> None:
    """Raises Unsupported for a case that its providers, or this release, cannot run rightly."""
    form = form_of(spec.scope, order, spec.options)
    if spec.scope == "device-io" and spec.options.get("io") == ARRAYS:
        raise Unsupported("--option io=arrays: with --scope device-io tensors stay on the device; leave it out.")
    if form == BINDING and release(ort) < _BINDING_SINCE:
        raise Unsupported(
            f"onnxruntime {ort.__version__} keeps the interpreter's lock while it runs bound tensors, until 1.12; take "
            "--scope host with --option io=arrays."
        )
    graphs = [
        f"{provider.short}.{name}"
        for provider in order
        for name, value in settings_given(provider, spec.options).items()
        if name in _GRAPHS and value == "True"
    ]
    if graphs and form == ARRAYS:
        raise Unsupported(f"--option {graphs[0]}=true: a CUDA graph needs tensors that stay; take --option io=binding.")
    if spec.slots > 1:
        _check_depth(ort, spec.slots, order, graphs)


def _check_depth(ort: Any, slots: int, order: tuple[Provider, ...], graphs: list[str]) -> None:
    reason = ""
    if DIRECTML in order:
        reason = "one request at a time may run on a session of DirectML"
    elif TENSORRT in order and release(ort) < _TENSORRT_SAFE_SINCE:
        reason = (
            f"onnxruntime {ort.__version__} may answer wrongly where requests run at the same time on TensorRT, "
            "until 1.17"
        )
    elif graphs:
        reason = f"--option {graphs[0]}=true captures the tensors of one request"
    if reason:
        raise Unsupported(f"--queue-depth {slots}: {reason}; take --queue-depth 1, or more --instances.")
