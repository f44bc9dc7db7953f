"""A TorchScript file as the module that a case asks for: on its device, in its precision, run in its mode."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from typing import Any, Mapping, Sequence

from clipperf.errors import Unsupported
from clipperf.runners.base import OpenSpec, Option, Signature, Tensor
from clipperf.runners.told_inputs import told_inputs
from clipperf.runners.torch_graph import graph_module
from clipperf.runners.torch_options import compile_backend, mode_of

SIGNATURE_FILE = "clipperf-signature.json"
"""What ``clipperf models build --as torchscript`` puts beside the code in the file."""

PRECISIONS: Mapping[str, str] = {"fp32": "float32", "fp16": "float16", "bf16": "bfloat16"}
_INPUT_DTYPES = ("float32", "float16", "float64", "int64", "int32", "int16", "int8", "uint8", "bool")
_REFUSALS = ("not implemented for", "not supported", "not support")
_HALVES = ("half", "bfloat16", "float16", "bf16", "fp16")


def load_module(torch: Any, spec: OpenSpec, device: str) -> tuple[Any, Signature]:
    """The script on the device in the case's precision, and what it takes; raises Unsupported without its inputs."""
    extra: dict[str, Any] = {SIGNATURE_FILE: ""}
    with warnings.catch_warnings():
        # Newer releases say of each file that TorchScript is not developed further.
        warnings.filterwarnings("ignore", message=".*torch.jit.* is deprecated")
        # Tensors among the constants of the code follow the map alone, and only torch's own devices are known to it.
        script = torch.jit.load(
            spec.model, map_location=device if device.startswith("cuda") else "cpu", _extra_files=extra
        )
    script.eval()
    signature = _signature(extra[SIGNATURE_FILE], spec.options, spec.batch_size)
    if not spec.precision:
        return script.to(device), signature
    if next(script.parameters(), None) is None:
        raise Unsupported(
            f"--precision {spec.precision}: {spec.model} holds no weights that could be cast, as a quantised or frozen "
            "module does; leave --precision out."
        )
    return script.to(device=device, dtype=getattr(torch, PRECISIONS[spec.precision])), signature


def in_mode(torch: Any, script: Any, options: Mapping[str, Option]) -> Any:
    """What to call: the script itself, its operations from Python, or those compiled; raises Unsupported."""
    mode = mode_of(options)
    if mode == "script":
        return script
    graph = graph_module(torch, script)
    if mode == "eager":
        return graph
    if not hasattr(torch, "compile"):
        raise Unsupported(f"--option mode=compile: torch {torch.__version__} has no compiler; install 2.0 or later.")
    backend = compile_backend(options)
    try:
        # One batch size is all that a copy is for. What cannot be compiled is an error, not run in another way.
        return torch.compile(graph, backend=backend, dynamic=False, fullgraph=True)
    except Exception as error:
        if type(error).__name__ != "InvalidBackend":
            raise
        raise Unsupported(
            f"--option compile_backend={backend}: torch {torch.__version__} has no such backend, only "
            f"{', '.join(torch._dynamo.list_backends(()))}."
        ) from error


def precision_of(script: Any) -> str:
    """That of most of the weights, which decides how torch computes; "" without weights that tell."""
    words = {f"torch.{dtype}": word for word, dtype in PRECISIONS.items()}
    counts: Counter[str] = Counter()
    for weight in script.parameters():
        if str(weight.dtype) in words:
            counts[words[str(weight.dtype)]] += weight.numel()
    return counts.most_common(1)[0][0] if counts else ""


def refusal(error: Exception, precision: str, device: str) -> str:
    """The sentence on a precision that the device has no kernels for, "" where the error is another one."""
    text = str(error).lower()
    if precision not in ("fp16", "bf16"):
        return ""
    if not any(words in text for words in _REFUSALS) or not any(word in text for word in _HALVES):
        return ""
    said = str(error).strip().splitlines()[0]
    return f"--precision {precision}: torch cannot run this model so on {device}: {said}"


def _signature(told: str | bytes, options: Mapping[str, Option], batch_size: int | None) -> Signature:
    if not told or "inputs" in options:
        return Signature(told_inputs(options, _INPUT_DTYPES, batch_size), ())
    described = json.loads(told)
    return Signature(_tensors(described["inputs"]), _tensors(described["outputs"]))


def _tensors(described: Sequence[Mapping[str, Any]]) -> tuple[Tensor, ...]:
    return tuple(
        Tensor(one["name"], one["dtype"], tuple(dim if isinstance(dim, int) else None for dim in one["dims"]))
        for one in described
    )
