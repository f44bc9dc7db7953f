"""A stand-in of magicmind.python.runtime: statuses instead of exceptions, queues that have to be synchronised."""

from __future__ import annotations

import threading

import numpy as np
import standin_device

from magicmind.python.common.types import DataType

_current = threading.local()
_systems = 0


class Status:
    """How a call ended."""

    def __init__(self, message: str = "") -> None:
        self._message = message

    def ok(self) -> bool:
        return not self._message

    def error_message(self) -> str:
        return self._message


class System:
    """The runtime; nothing works outside it."""

    def __enter__(self) -> System:
        global _systems
        _systems += 1
        return self

    def __exit__(self, *_: object) -> None:
        global _systems
        _systems -= 1

    def device_count(self) -> int:
        return standin_device.device_count()


class Device:
    """An MLU by its number."""

    id = 0

    def active(self) -> Status:
        if not _systems:
            return Status("cnrtSetDevice: not initialised")
        try:
            standin_device.device(self.id)
        except standin_device.DeviceFailed:
            return Status(f"cnrtSetDevice: invalid device {self.id}")
        _current.device = self.id
        return Status()

    def create_queue(self) -> Queue | None:
        return Queue(self.id) if getattr(_current, "device", None) == self.id else None


class Queue:
    """What has been enqueued runs one after the other; ``sync`` waits for all of it."""

    def __init__(self, number: int) -> None:
        self.device = standin_device.device(number)
        self.executions: list[tuple[int, int]] = []
        self.pending: list[Tensor] = []

    def sync(self) -> Status:
        for execution in self.executions:
            self.device.answer(execution)
        self.executions = []
        for tensor in self.pending:
            tensor.is_ready = True
        self.pending = []
        return Status()


class Dims:
    """Dimensions, -1 where they are open."""

    def __init__(self, dims: list[int]) -> None:
        self._dims = dims

    def GetDims(self) -> list[int]:
        return list(self._dims)


class Tensor:
    """On the host until it is moved; an answer is not there before its queue has been synchronised."""

    def __init__(self, described: dict) -> None:
        self._described = described
        self.array: np.ndarray | None = None
        self.device: int | None = None
        self.is_ready = True

    def from_numpy(self, array: np.ndarray) -> Status:
        if array.dtype != np.dtype(self._described["dtype"]):
            return Status(f"{self._described['name']}: {array.dtype} is not {self._described['dtype']}")
        wanted = self._described["shape"]
        if len(wanted) != array.ndim or any(want not in (-1, have) for want, have in zip(wanted, array.shape)):
            return Status(f"{self._described['name']}: shape {array.shape} does not fit {wanted}")
        self.array, self.device = array, None
        return Status()

    def to(self, device: Device) -> Status:
        standin_device.device(device.id).copy("h2d")
        # Only now is the memory read, and as it lies there.
        flat = np.lib.stride_tricks.as_strided(self.array, (self.array.size,), (self.array.itemsize,))
        self.array = np.array(flat).reshape(self.array.shape)
        self.device = device.id
        return Status()

    def asnumpy(self) -> np.ndarray:
        standin_device.device(self.device or 0).copy("d2h")
        return self.array if self.is_ready else np.full_like(self.array, np.nan)


class _EngineConfig:
    device_type = ""


class Model:
    """A file that the builder serialised."""

    EngineConfig = _EngineConfig

    def deserialize_from_file(self, path: str) -> Status:
        try:
            self._model = standin_device.Model(path)
        except (OSError, ValueError, KeyError):
            return Status(f"cannot deserialize model from {path}")
        return Status()

    def get_input_num(self) -> int:
        return len(self._model.inputs)

    def get_output_num(self) -> int:
        return len(self._model.outputs)

    def get_input_names(self) -> list[str]:
        return [one["name"] for one in self._model.inputs]

    def get_output_names(self) -> list[str]:
        return [one["name"] for one in self._model.outputs]

    def get_input_data_types(self) -> list[DataType]:
        return [DataType(one["dtype"]) for one in self._model.inputs]

    def get_output_data_types(self) -> list[DataType]:
        return [DataType(one["dtype"]) for one in self._model.outputs]

    def get_input_dimensions(self) -> list[Dims]:
        return [Dims(one["shape"]) for one in self._model.inputs]

    def get_output_dimensions(self) -> list[Dims]:
        return [Dims(one["shape"]) for one in self._model.outputs]

    def create_i_engine(self, config: _EngineConfig) -> Engine | None:
        return Engine(self._model) if config.device_type == "MLU" else None


class Engine:
    """A loaded copy."""

    def __init__(self, model: standin_device.Model) -> None:
        self._model = model

    def create_i_context(self) -> Context:
        return Context(self._model)


class Context:
    """What executes; not for two threads at once."""

    def __init__(self, model: standin_device.Model) -> None:
        self._model = model
        self._busy = threading.Lock()

    def create_inputs(self) -> list[Tensor]:
        return [Tensor(one) for one in self._model.inputs]

    def enqueue(self, inputs: list[Tensor], outputs: list[Tensor], queue: Queue) -> Status:
        """Returns at once; fills an empty list of outputs, and writes into one that has been filled."""
        number = queue.device.number
        if getattr(_current, "device", 0) != number or any(tensor.device != number for tensor in inputs):
            return Status("cnrtInvokeKernel: invalid device")
        if not self._busy.acquire(blocking=False):
            return Status("context is in use by another thread")
        try:
            queue.executions.append(queue.device.submit())
            answers = self._model.answer([tensor.array for tensor in inputs])
        except standin_device.DeviceFailed as error:
            return Status(f"enqueue: {error}")
        finally:
            self._busy.release()
        if not outputs:
            outputs.extend(Tensor(one) for one in self._model.outputs)
        for tensor, answer in zip(outputs, answers):
            tensor.array = np.full_like(answer, np.nan) if queue.device.gives_nan() else answer
            tensor.device, tensor.is_ready = number, False
        queue.pending.extend(outputs)
        return Status()
