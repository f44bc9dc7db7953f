"""Requests of SAIL in its two forms: tensors that the caller moves, and numpy arrays that SAIL converts itself.

``process`` returns when the device has finished. It does not raise where the launch failed: it prints so, and the
outputs are what they were before. So what it printed is looked at after each request.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

import numpy as np

from clipperf.runners.base import Slot
from clipperf.runners.own_output import OwnOutput
from clipperf.runners.sail_net import Net
from clipperf.runners.sail_types import Port, from_device, to_device

_FAILURE = re.compile(r"\[error\]|\bERROR\b|\(\) err\b|\bWRONG:|\bFATAL\b|\bASSERT\b")
_PREFIX = re.compile(r"^(?:\[[^\]]*\]\s*)+")


class SailFailed(RuntimeError):
    """A call of SAIL failed; the message has what it raised and what it printed."""


@dataclass(frozen=True)
class Opened:
    """A net of a loaded engine. ``lock`` keeps requests apart: an engine is not for two threads at once."""

    sdk: Any
    engine: Any
    net: Net
    cores: tuple[int, ...]
    output: OwnOutput
    lock: threading.Lock

    def process(self, *arguments: Any) -> Any:
        """SAIL's ``process``, one request after the other; raises SailFailed also where it only says that it failed."""
        listed = (list(self.cores),) if self.cores else ()
        try:
            answer = self.engine.process(self.net.name, *arguments, *listed)
        except Exception as error:
            raise failed(error, self.output) from error
        said = spoken_failure(self.output)
        if said:
            raise SailFailed(f"process: {said}")
        return answer


class NumpySlot(Slot):
    """Arrays of float32 in, arrays of float32 out: SAIL converts, scales, copies and executes in one call."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._arrays: dict[str, np.ndarray] = {}
        self._answers: Mapping[str, np.ndarray] = {}

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """Arrays of our own, contiguous: SAIL writes into others."""
        net = self._opened.net
        net.check_shapes(inputs)
        self._arrays = {port.name: np.array(inputs[port.name], dtype=np.float32, order="C") for port in net.inputs}
        _try_shapes(self, net, self._arrays)

    def run(self) -> None:
        """Everything."""
        self._answers = self._opened.process(self._arrays)

    def outputs(self) -> dict[str, np.ndarray]:
        """The answer of the last run."""
        return {
            port.name: np.array(self._answers[port.name], dtype=port.dtype)
            for port in self._opened.net.outputs
            if port.name in self._answers
        }


class TensorSlot(Slot):
    """A set of tensors for one request; the arrays are in the model's own types, scaled before the clock starts."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._handle = opened.engine.get_handle()
        self._arrays: dict[str, np.ndarray] = {}
        self._inputs: dict[str, Any] = {}
        self._outputs: dict[str, Any] = {}
        self._shapes: dict[str, Sequence[int]] = {}
        self._answers: dict[str, np.ndarray] = {}

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """New tensors of these shapes, so that nothing old is in them, and the inputs on the device."""
        net = self._opened.net
        net.check_shapes(inputs)
        self._arrays = {port.name: to_device(port, inputs[port.name]) for port in net.inputs}
        self._inputs = {port.name: self._tensor(port, self._arrays[port.name].shape) for port in net.inputs}
        self._outputs = {port.name: self._tensor(port, port.largest) for port in net.outputs}
        self._copy_in()
        _try_shapes(self, net, self._arrays)

    def outputs(self) -> dict[str, np.ndarray]:
        """The answer of the last run, copied to the host."""
        self._copy_out()
        return {port.name: from_device(port, self._answers[port.name]) for port in self._opened.net.outputs}

    def _tensor(self, port: Port, shape: Sequence[int]) -> Any:
        try:
            return self._opened.sdk.Tensor(self._handle, list(shape), port.sdk_type, True, True)
        except Exception as error:
            raise failed(error, self._opened.output) from error

    def _copy_in(self) -> None:
        for name, tensor in self._inputs.items():
            tensor.update_data(self._arrays[name])
            tensor.sync_s2d()

    def _execute(self) -> None:
        opened = self._opened
        with opened.lock:
            opened.process(self._inputs, self._outputs)
            self._shapes = {name: opened.engine.get_output_shape(opened.net.name, name) for name in self._outputs}

    def _copy_out(self) -> None:
        for port in self._opened.net.outputs:
            tensor, shape = self._outputs[port.name], self._shapes[port.name]
            tensor.sync_d2s(int(np.prod(shape)) * port.item_bytes)
            self._answers[port.name] = tensor.asnumpy(shape)


class HostTensorSlot(TensorSlot):
    """Arrays on the host to arrays on the host."""

    def run(self) -> None:
        """Copies, executes and copies back."""
        self._copy_in()
        self._execute()
        self._copy_out()


class DeviceTensorSlot(TensorSlot):
    """Tensors on the device to tensors on the device."""

    def run(self) -> None:
        """Executes."""
        self._execute()


def failed(error: Exception, output: OwnOutput) -> Exception:
    """What to raise for an exception of SAIL, with what it printed before."""
    said = spoken_failure(output)
    message = f"{error} ({said})" if said else str(error)
    # Its words for memory that ran out, as a plain RuntimeError.
    return MemoryError(message) if "no enough device memory" in message else SailFailed(message)


def spoken_failure(output: OwnOutput) -> str:
    """The first line of what SAIL and its runtime printed that tells of a failure, "" where none does."""
    lines = [line for line in output.fresh().splitlines() if _FAILURE.search(line)]
    return " ".join(_PREFIX.sub("", lines[0]).split()) if lines else ""


def _try_shapes(slot: Slot, net: Net, arrays: Mapping[str, np.ndarray]) -> None:
    """Runs once, untimed, where only that tells whether the file was compiled for these shapes; raises Unsupported."""
    if net.is_known_to_take(arrays):
        return
    try:
        slot.run()
    except SailFailed as error:
        raise net.refuse_shapes(arrays, str(error)) from error
