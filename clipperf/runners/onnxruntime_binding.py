"""Requests of onnxruntime whose tensors are bound to memory that stays: that of the device, or the host's.

``run_with_iobinding`` gives up the interpreter's lock since 1.12 (onnxruntime#11248) and returns when the provider has
finished. Tensors keep their addresses for as long as the shapes stay, which a captured CUDA graph needs: it replays
with those of its capture.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Sequence

import numpy as np

from clipperf.errors import Unsupported
from clipperf.runners.base import Signature, Slot

HOST = "cpu"


@dataclass(frozen=True)
class Place:
    """Where tensors lie, as ``OrtValue`` has it: the memory's name, the device's number and, where needed, a vendor."""

    memory: str
    device: int
    vendor: int = -1

    def value(self, ort: Any, array: np.ndarray) -> Any:
        """A tensor there with the array's contents; on the host it is the array's own memory."""
        vendor = () if self.vendor < 0 else (self.vendor,)
        try:
            return ort.OrtValue.ortvalue_from_numpy(array, self.memory, self.device, *vendor)
        except Exception as error:
            raise Unsupported(
                f"onnxruntime {ort.__version__} cannot put a tensor into the memory {self.memory} of device "
                f"{self.device} ({' '.join(str(error).split())}); take --scope host with --option io=arrays."
            ) from error


class BoundSlot(Slot):
    """Inputs that lie in place, outputs that are left there; ``look`` is called after the first request."""

    def __init__(self, ort: Any, session: Any, signature: Signature, place: Place, look: Callable[[], None]) -> None:
        self._ort, self._session, self._signature, self._place = ort, session, signature, place
        self._look, self._execute = look, self._execute_first
        # By name, for outputs whose sizes follow from those of the inputs.
        self._named = [list(entry.shape) for entry in (*session.get_inputs(), *session.get_outputs())]
        self._binding: Any = None
        self._values: dict[str, Any] = {}
        self._shapes: Sequence[Sequence[int]] = ()

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """Puts the arrays in place, into the same tensors as before where their shapes are the same."""
        arrays = {tensor.name: inputs[tensor.name] for tensor in self._signature.inputs}
        shapes = [array.shape for array in arrays.values()]
        if shapes != self._shapes:
            self._bind(arrays)
            self._shapes = shapes
        self._place_inputs(arrays)

    def run(self) -> None:
        """Executes."""
        self._execute()

    def outputs(self) -> dict[str, np.ndarray]:
        """The answer of the last run, copied to the host; raises Unsupported for what was not asked for."""
        self._settle()
        answers = self._answers()
        return {tensor.name: np.array(answer) for tensor, answer in zip(self._signature.outputs, answers)}

    def _answers(self) -> Sequence[np.ndarray]:
        answers: Sequence[np.ndarray] = self._binding.copy_outputs_to_cpu()
        return answers

    def _execute_first(self) -> None:
        """The first request; the second ends the profiling where nobody has taken the first one's answer."""
        self._execute_bound()
        self._execute = self._execute_second

    def _execute_second(self) -> None:
        self._settle()
        self._execute_bound()

    def _execute_bound(self) -> None:
        self._session.run_with_iobinding(self._binding)
        self._binding.synchronize_outputs()

    def _settle(self) -> None:
        self._execute = self._execute_bound
        self._look()

    def _bind(self, arrays: Mapping[str, np.ndarray]) -> None:
        self._binding = self._session.io_binding()
        # Copies, since on the host a tensor is the memory of its array, which belongs to the caller.
        self._values = {name: self._place.value(self._ort, np.array(array)) for name, array in arrays.items()}
        for name, value in self._values.items():
            self._binding.bind_ortvalue_input(name, value)
        for tensor, shape in zip(self._signature.outputs, self._output_shapes(list(arrays.values()))):
            if shape is None:
                self._binding.bind_output(tensor.name, self._place.memory, self._place.device)
            else:
                value = self._place.value(self._ort, np.zeros(shape, dtype=tensor.dtype))
                self._values[tensor.name] = value
                self._binding.bind_ortvalue_output(tensor.name, value)

    def _place_inputs(self, arrays: Mapping[str, np.ndarray]) -> None:
        try:
            for name, array in arrays.items():
                self._values[name].update_inplace(array)
        except (AttributeError, RuntimeError) as error:
            raise Unsupported(
                f"onnxruntime {self._ort.__version__} cannot write to a tensor in the memory {self._place.memory} "
                f"({' '.join(str(error).split())}); take --scope host with --option io=arrays."
            ) from error
        self._binding.synchronize_inputs()

    def _output_shapes(self, arrays: Sequence[np.ndarray]) -> Sequence[tuple[int, ...] | None]:
        """The sizes of each output, None where one of them follows from nothing that is known."""
        sizes = {
            name: size
            for names, array in zip(self._named, arrays)
            for name, size in zip(names, array.shape)
            if isinstance(name, str)
        }
        shapes = [[sizes.get(dim, dim) for dim in names] for names in self._named[len(arrays) :]]
        return [tuple(shape) if all(isinstance(dim, int) for dim in shape) else None for shape in shapes]


class CopyingSlot(BoundSlot):
    """Arrays on the host to arrays on the host, by way of tensors that stay on the device.

    Each of the three steps blocks until it is done, so their times are those of the host's clock around them.
    """

    def __init__(self, ort: Any, session: Any, signature: Signature, place: Place, look: Callable[[], None]) -> None:
        super().__init__(ort, session, signature, place, look)
        self._arrays: Mapping[str, np.ndarray] = {}
        self._copied: Sequence[np.ndarray] = ()
        self._stages_ns: list[tuple[int, int, int]] = []

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """Keeps the arrays."""
        super().load(inputs)
        self._arrays = {tensor.name: inputs[tensor.name] for tensor in self._signature.inputs}
        self._stages_ns = []

    def run(self) -> None:
        """Copies, executes and copies back."""
        began = time.monotonic_ns()
        for name, array in self._arrays.items():
            self._values[name].update_inplace(array)
        self._binding.synchronize_inputs()
        copied = time.monotonic_ns()
        super().run()
        executed = time.monotonic_ns()
        self._copied = self._binding.copy_outputs_to_cpu()
        self._stages_ns.append((copied - began, executed - copied, time.monotonic_ns() - executed))

    def stage_ns(self) -> Mapping[str, Sequence[float]]:
        """The three steps of each request since the load."""
        return dict(zip(("copy_in", "compute", "copy_out"), zip(*self._stages_ns)))

    def _answers(self) -> Sequence[np.ndarray]:
        return self._copied
