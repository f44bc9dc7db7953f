"""Tensors of the stand-in of onnxruntime that lie somewhere, and requests that are bound to them."""

from __future__ import annotations

import numpy as np
import onnxruntime
import standin_device
from onnxruntime_providers import KNOWN


class OrtValue:
    """A tensor; on the host it is the array's own memory."""

    def __init__(self, array: np.ndarray, memory: str, device: int) -> None:
        self.array, self.memory, self.device = array, memory, device

    @staticmethod
    def ortvalue_from_numpy(
        array: np.ndarray, device_type: str = "cpu", device_id: int = 0, vendor_id: int = -1
    ) -> OrtValue:
        if device_type == "cpu":
            return OrtValue(array, "cpu", 0)
        here = {(KNOWN[name].memory, KNOWN[name].vendor) for name in onnxruntime.get_available_providers()[:-1]}
        if (device_type, vendor_id) not in here:
            raise RuntimeError(f"Can't allocate memory on the {device_type} device using this package of OnnxRuntime.")
        standin_device.device(device_id).copy("h2d")
        return OrtValue(np.array(array), device_type, device_id)

    def update_inplace(self, array: np.ndarray) -> None:
        if self.memory == "cann":
            raise RuntimeError("Unsupported device: Cannot update the OrtValue on this device")
        if array.shape != self.array.shape:
            raise RuntimeError("The input size of numpy arrays does not match the size of the OrtValue.")
        if self.memory != "cpu":
            standin_device.device(self.device).copy("h2d")
        self.array[...] = array


class IOBinding:
    """Tensors of a session's inputs and outputs; ``pending`` is a request that nobody has waited for."""

    def __init__(self, session: object) -> None:
        self._session = session
        self.inputs: dict[str, OrtValue] = {}
        self.outputs: dict[str, OrtValue | None] = {}
        self.pending: tuple | None = None

    def snapshot(self) -> IOBinding:
        """What a graph captures: the tensors of now, whatever is bound later."""
        captured = IOBinding(self._session)
        captured.inputs, captured.outputs = dict(self.inputs), dict(self.outputs)
        return captured

    def bind_ortvalue_input(self, name: str, value: OrtValue) -> None:
        self.inputs[name] = value

    def bind_ortvalue_output(self, name: str, value: OrtValue) -> None:
        value.array[...] = np.nan
        self.outputs[name] = value

    def bind_output(self, name: str, device_type: str = "cpu", device_id: int = 0) -> None:
        self.outputs[name] = None

    def arrays(self, names: list[str]) -> list[np.ndarray]:
        """The inputs; a tensor that lies elsewhere is copied."""
        for value in self.inputs.values():
            if value.memory != self._session.memory:
                self._session.device.copy("h2d")
        return [self.inputs[name].array for name in names]

    def synchronize_inputs(self) -> None:
        """Copies are over when they return."""

    def synchronize_outputs(self) -> None:
        bound = self._session.captured if self._session.is_graph else self
        if bound is None or bound.pending is None:
            return
        (execution, answers), bound.pending = bound.pending, None
        self._session.wait(execution)
        for name, answer in zip(list(bound.outputs), answers):
            if bound.outputs[name] is None:
                bound.outputs[name] = OrtValue(answer, self._session.memory, 0)
            bound.outputs[name].array[...] = answer

    def copy_outputs_to_cpu(self) -> list[np.ndarray]:
        if self._session.device is not None:
            self._session.device.copy("d2h")
        return [np.array(value.array) for value in self.outputs.values()]
