"""Requests of the torch runner: on cores, and on an accelerator with or without the copies.

An accelerator's operations are only enqueued when they are called. Each slot has a stream of its own, so that the
requests of several overlap where the device lets them, and a request has come back when its stream is synchronised.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping, Sequence

import numpy as np

from clipperf.errors import Unsupported
from clipperf.runners.base import Signature, Slot
from clipperf.runners.torch_answer import tensors_in
from clipperf.runners.torch_module import refusal
from clipperf.runners.vendor_sdk import EachThread

Forward = Callable[[Sequence[Any]], Sequence[Any]]
"""Tensors in the model's order to tensors, on one device."""


def forward_of(torch: Any, module: Any, precision: str, dtype: Any, device: str) -> Forward:
    """Calls the module; floats are cast to ``dtype`` before it and to fp32 after it, as ONNX models of it have it.

    ``dtype`` is None for a module that is run as it is. Raises Unsupported where the device has not got the precision.
    """

    def forward(feeds: Sequence[Any]) -> Sequence[Any]:
        if dtype is not None:
            feeds = [feed.to(dtype) if feed.is_floating_point() else feed for feed in feeds]
        try:
            answers = list(tensors_in(module(*feeds)))
        except RuntimeError as error:
            reason = refusal(error, precision, device)
            if reason:
                raise Unsupported(reason) from error
            raise
        if dtype is not None:
            answers = [answer.float() if answer.is_floating_point() else answer for answer in answers]
        return answers

    return forward


class TorchSlot(Slot):
    """What the slots of all devices have: inputs by name, the answer as tensors."""

    def __init__(self, torch: Any, forward: Forward, signature: Signature, prepare: EachThread) -> None:
        self._torch, self._forward, self._prepare = torch, forward, prepare
        self._names = [tensor.name for tensor in signature.inputs]
        self._outputs = [tensor.name for tensor in signature.outputs]
        self._answer: Sequence[Any] = ()

    def outputs(self) -> dict[str, np.ndarray]:
        """The answer of the last run; numpy has no bfloat16, which becomes float32."""
        found = {}
        for place, tensor in enumerate(self._answer):
            held = tensor.detach().to("cpu")
            held = held.float() if held.dtype == self._torch.bfloat16 else held
            name = self._outputs[place] if place < len(self._outputs) else f"output{place}"
            found[name] = np.array(held.numpy())
        return found

    def _on_host(self, inputs: Mapping[str, np.ndarray]) -> list[Any]:
        return [self._torch.from_numpy(inputs[name]) for name in self._names]


class CoresSlot(TorchSlot):
    """On a set of cores, whose memory is the host's: nothing is copied."""

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """Keeps the arrays as tensors over the same memory."""
        self._feeds = self._on_host(inputs)

    def run(self) -> None:
        """Executes."""
        self._prepare()
        with self._torch.inference_mode():
            self._answer = self._forward(self._feeds)


class DeviceSlot(TorchSlot):
    """Tensors on the device to tensors on the device (scope ``device-io``)."""

    def __init__(
        self, torch: Any, forward: Forward, signature: Signature, prepare: EachThread, device: str, space: Any
    ) -> None:
        super().__init__(torch, forward, signature, prepare)
        self._device, self._space = device, space
        prepare()
        self._stream = space.Stream(device=device)
        self._before, self._after = (space.Event(enable_timing=True) for _ in range(2))
        self._compute_ns: list[float] = []
        self._feeds: list[Any] = []

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """Puts the arrays on the device."""
        self._prepare()
        self._compute_ns = []
        with self._space.stream(self._stream):
            self._feeds = [tensor.to(self._device) for tensor in self._on_host(inputs)]
            self._stream.synchronize()

    def run(self) -> None:
        """Executes and waits."""
        self._prepare()
        with self._torch.inference_mode(), self._space.stream(self._stream):
            self._answer = self._execute(self._feeds)
            self._finish()

    def stage_ns(self) -> Mapping[str, Sequence[float]]:
        """Execution as the device's own events tell it."""
        return {"compute": self._compute_ns}

    def outputs(self) -> dict[str, np.ndarray]:
        """The answer of the last run."""
        self._prepare()
        return super().outputs()

    def _execute(self, feeds: Sequence[Any]) -> Sequence[Any]:
        self._before.record(self._stream)
        answer = self._forward(feeds)
        self._after.record(self._stream)
        return answer

    def _finish(self) -> None:
        self._stream.synchronize()
        self._compute_ns.append(self._before.elapsed_time(self._after) * 1e6)


class HostSlot(DeviceSlot):
    """Tensors on the host to tensors on the host (scope ``host``), in memory that the device copies from by itself."""

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """Puts the arrays into pinned memory, and makes room for them on the device."""
        super().load(inputs)
        self._pinned = [_pinned(tensor) for tensor in self._on_host(inputs)]
        self._landing: list[Any] = []

    def run(self) -> None:
        """Copies, executes, copies back and waits."""
        self._prepare()
        with self._torch.inference_mode(), self._space.stream(self._stream):
            for feed, pinned in zip(self._feeds, self._pinned):
                feed.copy_(pinned, non_blocking=True)
            answer = self._execute(self._feeds)
            if not self._landing:
                self._landing = [_pinned(self._torch.empty(one.shape, dtype=one.dtype)) for one in answer]
            for place, one in zip(self._landing, answer):
                place.copy_(one, non_blocking=True)
            self._finish()
        self._answer = self._landing


def _pinned(tensor: Any) -> Any:
    """The tensor in pinned memory, or as it is where an older plugin cannot pin: its copies block then."""
    try:
        return tensor.pin_memory()
    except (RuntimeError, NotImplementedError):
        return tensor
