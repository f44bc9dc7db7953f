"""A stand-in of aclruntime: sessions that execute synchronously, tensors on host or device, contexts by thread.

``STANDIN_AIS_BENCH=2023`` makes it behave as the releases of June 2023: durations instead of begin and end, no
``free_resource`` and no ``set_context``.
"""

from __future__ import annotations

import ctypes
import enum
import os
import threading
import time

import numpy as np
import standin_device

IS_OLD = os.environ.get("STANDIN_AIS_BENCH") == "2023"
_GENERAL = "[-1][ACL: general failure] "
_PARAMETER = "[1][ACL: invalid parameter] "
_current = threading.local()


class dtype(enum.Enum):
    """Types of tensors."""

    int8 = "int8"
    uint8 = "uint8"
    int32 = "int32"
    int64 = "int64"
    float16 = "float16"
    float32 = "float32"
    double = "float64"
    bool = "bool"


class tensor_desc:
    """An input or output as the file has it."""

    def __init__(self, described: dict) -> None:
        self.name, self.shape = described["name"], list(described["shape"])
        self.datatype = next(one for one in dtype if one.value == described["dtype"])
        self.format = 0
        self.size = self.realsize = _nbytes(self.shape, described["dtype"])


class session_options:
    """What a session is made with."""

    loop, log_level, acl_json_path = 1, 1, ""


class BaseTensor:
    """Memory of the host, by address and size: what lies there is read as it is."""

    def __init__(self, ptr: int, nbytes: int) -> None:
        self.buf, self.size = ptr, nbytes


class Tensor:
    """An array that is on the host or on a device."""

    def __init__(self, array: np.ndarray) -> None:
        self._array, self._device = np.array(array, order="C"), -1

    @property
    def shape(self) -> list[int]:
        return list(self._array.shape)

    @property
    def device(self) -> int:
        return self._device

    def to_device(self, number: int) -> None:
        """Copies it there, and makes the context of that device this thread's."""
        _set_context(number)
        standin_device.device(number).copy("h2d")
        self._device = number

    def to_host(self) -> None:
        """Copies it back."""
        if self._device >= 0:
            _set_context(self._device)
            standin_device.device(self._device).copy("d2h")
        self._device = -1

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        if self._device >= 0:
            raise RuntimeError("tensor is in npu. can't convert to numpy array")
        return np.array(self._array, dtype=dtype)


class MemorySummary:
    """Times of the copies; nothing reads them here."""

    def __init__(self) -> None:
        self.H2D_time_list, self.D2H_time_list = [], []

    def reset(self) -> None:
        """Nothing to forget."""


class sumary:
    """The times of the executions since the last reset, in the clock of the session, which holds float32."""

    def __init__(self) -> None:
        self.exec_time_list = []


class InferenceSession:
    """A model on a device."""

    def __init__(self, path: str, number: int, options: session_options) -> None:
        print(f"[INFO] acl init success\n[INFO] open device {number} success", flush=True)
        try:
            self._device = standin_device.device(number)
        except standin_device.DeviceFailed:
            print(f"[ACL ERROR] EE1001: invalid device\n[ERROR] acl open device {number} failed", flush=True)
            raise RuntimeError(_PARAMETER) from None
        _set_context(number)
        try:
            self._model = standin_device.Model(path)
        except (OSError, ValueError, KeyError):
            print(f"[ERROR] load model from file failed, model file is {path}", flush=True)
            raise RuntimeError(_PARAMETER) from None
        self._options, self._sumary, self._began_ns = options, sumary(), time.monotonic_ns()
        self._inputs = [tensor_desc(one) for one in self._model.inputs]
        self._outputs = [tensor_desc(one) for one in self._model.outputs]
        self._shapes = None
        self._is_free = False

    def options(self) -> session_options:
        return self._options

    def get_inputs(self) -> list[tensor_desc]:
        return self._inputs

    def get_outputs(self) -> list[tensor_desc]:
        return self._outputs

    def set_staticbatch(self) -> None:
        self._shapes = None

    def set_dynamic_batchsize(self, size: int) -> None:
        if int(size) not in self._model.gears:
            print(f"[ERROR] cannot find dynamic batch {size} in {self._model.gears}", flush=True)
            raise RuntimeError(_GENERAL)
        self._shapes = [[int(size) if dim < 0 else dim for dim in one.shape] for one in self._inputs]

    def set_dynamic_hw(self, height: int, width: int) -> None:
        self._shapes = [[*one.shape[:2], height, width] for one in self._inputs]

    def set_dynamic_dims(self, named: str) -> None:
        self._shapes = [list(map(int, part.partition(":")[2].split(","))) for part in named.split(";")]

    def set_dynamic_shape(self, named: str) -> None:
        self.set_dynamic_dims(named)

    def set_custom_outsize(self, sizes: list[int]) -> None:
        if len(sizes) != len(self._outputs):
            raise RuntimeError(_PARAMETER)

    def run(self, names: list[str], feeds: list) -> list[Tensor]:
        """Executes synchronously; the answers are on the device."""
        if self._is_free or getattr(_current, "device", None) != self._device.number:
            print("[ERROR] execute model failed, modelId is 1", flush=True)
            raise RuntimeError(_GENERAL)
        if self._model.gears and self._shapes is None:
            print("[WARN] check failed dym gearcount but dymtype not set", flush=True)
            raise RuntimeError(_GENERAL)
        shapes = self._shapes or [one.shape for one in self._inputs]
        arrays = [self._read(feed, shape, one) for feed, shape, one in zip(feeds, shapes, self._inputs)]
        begin_ns = time.monotonic_ns()
        try:
            execution = self._device.submit()
            answers = [self._on_device(array) for array in self._model.answer(arrays)]
            self._device.answer(execution)
        except standin_device.DeviceFailed as error:
            print(f"[ERROR] execute model failed, modelId is 1 ({error})", flush=True)
            raise RuntimeError(_GENERAL) from None
        self._note(begin_ns, time.monotonic_ns())
        return answers

    def sumary(self) -> sumary:
        return self._sumary

    def reset_sumaryinfo(self) -> None:
        self._sumary.exec_time_list = []

    def _read(self, feed: object, shape: list[int], described: tensor_desc) -> np.ndarray:
        needed = _nbytes(shape, described.datatype.value)
        if isinstance(feed, BaseTensor):
            self._device.copy("h2d")
            found, memory = feed.size, feed.buf
        else:
            if feed.device != self._device.number:
                raise RuntimeError(_PARAMETER)
            found, memory = feed._array.nbytes, feed._array.ctypes.data
        if found != needed:
            print(f"[ERROR] Check i:0 name:{described.name} in size:{found} needsize:{needed} not match", flush=True)
            raise RuntimeError(_GENERAL)
        raw = (ctypes.c_char * needed).from_address(memory)
        return np.frombuffer(raw, dtype=described.datatype.value).reshape(shape)

    def _on_device(self, array: np.ndarray) -> Tensor:
        tensor = Tensor(np.full_like(array, np.nan) if self._device.gives_nan() else array)
        tensor._device = self._device.number
        return tensor

    def _note(self, begin_ns: int, end_ns: int) -> None:
        begin, end = (float(np.float32((ns - self._began_ns) / 1e6)) for ns in (begin_ns, end_ns))
        self._sumary.exec_time_list.append(float(np.float32((end_ns - begin_ns) / 1e6)) if IS_OLD else (begin, end))


if not IS_OLD:

    def _free(self: InferenceSession) -> None:
        self._is_free = True

    def _use(self: InferenceSession) -> None:
        _set_context(self._device.number)

    InferenceSession.free_resource, InferenceSession.set_context = _free, _use


def _set_context(number: int) -> None:
    _current.device = number


def _nbytes(shape: list[int], kind: str) -> int:
    return int(np.prod([max(0, dim) for dim in shape])) * np.dtype(kind).itemsize
