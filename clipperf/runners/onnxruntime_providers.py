"""The execution providers of onnxruntime that are known here, and the order in which a session offers them the nodes.

``--option provider=tensorrt+cuda`` offers every node to TensorRT first and the rest to CUDA. Facts are those of
onnxruntime's documentation (docs/execution-providers, gh-pages) and of its Python binding
(onnxruntime_pybind_state.cc, onnxruntime_pybind_ortvalue.cc).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping

from clipperf.errors import Unsupported
from clipperf.runners import onnxruntime_settings as settings
from clipperf.runners.base import Option

_AMD = 0x1002


@dataclass(frozen=True)
class Provider:
    """One execution provider, ``name`` by onnxruntime and ``short`` here.

    ``memory`` is how ``OrtValue`` names the memory of its devices, "" where its tensors lie on the host; ``vendor`` is
    the number of PCI by which newer builds tell apart what is called alike. ``is_bound`` tells whether scope ``host``
    binds its tensors by default. ``settings`` are those that are known, of which it ignores all others where
    ``is_deaf``.
    """

    name: str
    short: str
    memory: str = ""
    vendor: int = -1
    is_bound: bool = False
    settings: Mapping[str, settings.Values] = field(default_factory=dict)
    is_deaf: bool = False


CPU = Provider("CPUExecutionProvider", "cpu", is_deaf=True)
CUDA = Provider("CUDAExecutionProvider", "cuda", "cuda", is_bound=True, settings=settings.CUDA)
TENSORRT = Provider("TensorrtExecutionProvider", "tensorrt", "cuda", is_bound=True, settings=settings.TENSORRT)
OPENVINO = Provider("OpenVINOExecutionProvider", "openvino", settings=settings.OPENVINO)
CANN = Provider("CANNExecutionProvider", "cann", "cann", settings=settings.CANN)
MIGRAPHX = Provider("MIGraphXExecutionProvider", "migraphx", "gpu", _AMD, settings=settings.MIGRAPHX)
DIRECTML = Provider("DmlExecutionProvider", "directml", "dml", -1, True, settings.DIRECTML, is_deaf=True)

PROVIDERS = {one.short: one for one in (CPU, CUDA, TENSORRT, OPENVINO, CANN, MIGRAPHX, DIRECTML)}
_BRIEF = {"trt": "tensorrt", "dml": "directml"}
_ENDING = "ExecutionProvider"


def provider_named(word: str) -> Provider | None:
    """The provider by its short name, whatever its case, or by onnxruntime's own; None for any other word.

    Of one that is not known here only the name is known, and that its devices have an id.
    """
    short = _BRIEF.get(word.lower(), word.lower())
    for known in PROVIDERS.values():
        if word == known.name or short == known.short:
            return known
    return Provider(word, word) if word.endswith(_ENDING) else None


def order_of(options: Mapping[str, Option]) -> tuple[Provider, ...]:
    """The providers asked for, first the one that every node is offered first; raises Unsupported for other words."""
    asked = str(options.get("provider", CPU.short))
    order = []
    for word in asked.split("+"):
        found = provider_named(word)
        if found is None:
            raise Unsupported(
                f"--option provider={asked}: no such provider; take one of {', '.join(PROVIDERS)} or onnxruntime's own "
                f"name, such as {CPU.name}, or several in their order, such as tensorrt+cuda."
            )
        order.append(found)
    if len({one.name for one in order}) < len(order) or CPU in order[:-1]:
        raise Unsupported(
            f"--option provider={asked}: name each provider once, and cpu last, since it takes every node that is left."
        )
    return tuple(order)


def check_built(ort: Any, order: tuple[Provider, ...]) -> None:
    """Raises Unsupported where the installed build lacks one of them."""
    here = ort.get_available_providers()
    missing = [one.name for one in order if one.name not in here]
    if missing:
        raise Unsupported(
            f"--option provider: this build of onnxruntime ({ort.__version__}) has no {', '.join(missing)}, only "
            f"{', '.join(here)}; install the build that has it."
        )


def release(ort: Any) -> tuple[int, int]:
    """The build's version without what follows the second number."""
    major, minor = str(ort.__version__).split(".")[:2]
    return int(major), int(minor)
