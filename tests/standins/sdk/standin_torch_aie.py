"""A stand-in of torch_aie and mindietorch: forwards only enqueue on the current stream, devices belong to threads."""

from __future__ import annotations

import contextlib
import enum
import threading
from typing import Iterator

import numpy as np
import standin_device
import torch

_current = threading.local()
_state = {"finalised": False}


class PrecisionPolicy(enum.Enum):
    """What the compiler may do with precisions."""

    FP16 = "fp16"
    FP32 = "fp32"
    PREF_FP16 = "pref_fp16"
    PREF_FP32 = "pref_fp32"


class dtype(enum.Enum):
    """Types of inputs."""

    FLOAT = "float32"
    INT32 = "int32"
    INT64 = "int64"


class Input:
    """What an input is like."""

    def __init__(self, shape: tuple, dtype: dtype = dtype.FLOAT) -> None:
        self.shape, self.dtype = tuple(shape), dtype


class Stream:
    """Work that runs in order; ``synchronize`` waits for it."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.executions: list[tuple[standin_device.Device, tuple[int, int]]] = []
        self.pending: list[torch.Tensor] = []

    def synchronize(self) -> None:
        for npu, execution in self.executions:
            npu.answer(execution)
        self.executions = []
        for tensor in self.pending:
            tensor.is_synchronised = True
        self.pending = []


class Compiled:
    """What ``compile`` gives."""

    def __init__(self, module: torch.jit.ScriptModule, inputs: list[Input]) -> None:
        self._model, self._inputs = module.model, [[list(one.shape), one.dtype.value] for one in inputs]

    def __call__(self, *tensors: torch.Tensor) -> object:
        return forward(self._model, self._inputs, tensors)


def set_device(number: int) -> None:
    """Makes it this thread's."""
    try:
        standin_device.device(number)
    except standin_device.DeviceFailed:
        raise RuntimeError(f"Set device failed, device id {number} is invalid.") from None
    _current.device = f"npu:{number}"


def compile(  # noqa: A001
    module: torch.jit.ScriptModule,
    *,
    inputs: list[Input],
    precision_policy: PrecisionPolicy = PrecisionPolicy.PREF_FP32,
    allow_tensor_replace_int: bool = False,
    optimization_level: int = 0,
    soc_version: str = "Ascend310P3",
) -> Compiled:
    """Refuses what the real one does, and says what it was given."""
    if not isinstance(precision_policy, PrecisionPolicy):
        raise TypeError(f"precision_policy {precision_policy} is not a PrecisionPolicy")
    if not soc_version.startswith("Ascend"):
        raise RuntimeError(f"Unsupported soc version {soc_version}")
    if optimization_level not in (0, 1, 2):
        raise RuntimeError(f"optimization_level {optimization_level} is not in [0, 2]")
    print(f"compiled at level {optimization_level}, {precision_policy.name}, {soc_version}", flush=True)
    return Compiled(module, inputs)


def finalize() -> None:
    """Ends the SDK in this process."""
    _state["finalised"] = True


@contextlib.contextmanager
def stream(chosen: Stream) -> Iterator[None]:
    """Makes it the current one of this thread."""
    before = getattr(_current, "stream", None)
    _current.stream = chosen
    try:
        yield
    finally:
        _current.stream = before


def forward(model: standin_device.Model, inputs: list, tensors: tuple) -> object:
    """Enqueues and returns; the answer is not there yet."""
    if _state["finalised"]:
        raise RuntimeError("mindietorch has been finalized")
    device, chosen = getattr(_current, "device", None), getattr(_current, "stream", None)
    if device is None or chosen is None or chosen.device != device:
        raise RuntimeError("the current context is NULL")
    for tensor, (shape, kind) in zip(tensors, inputs):
        if tensor.device != device:
            raise RuntimeError(f"Expected all tensors to be on the same device, but found {tensor.device} and {device}")
        if list(tensor.shape) != shape or tensor._array.dtype != np.dtype(kind):
            raise RuntimeError(f"input {list(tensor.shape)} {tensor._array.dtype} does not match {shape} {kind}")
    npu = standin_device.device(int(device.partition(":")[2]))
    try:
        chosen.executions.append((npu, npu.submit()))
    except standin_device.DeviceFailed as error:
        raise RuntimeError(f"Execute engine failed: {error}") from None
    answers = [torch.Tensor(array, device) for array in model.answer([tensor._array for tensor in tensors])]
    for answer in answers:
        if npu.gives_nan():
            answer._array[:] = np.nan
        answer.is_synchronised = False
    chosen.pending.extend(answers)
    return answers[0] if len(answers) == 1 else tuple(answers)
