"""A stand-in of the little of torch that runners use: tensors on the host or an accelerator, TorchScript."""

from __future__ import annotations

import contextlib
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import standin_device
from standin_torch_accelerator import Accelerator

from torch import jit  # noqa: F401 (torch.jit.load, after importing torch alone)

__version__ = "2.0.1"
version = SimpleNamespace(cuda=None)
cuda = Accelerator("cuda", find_spec("standin_cuda") is not None)
backends = SimpleNamespace(
    cuda=SimpleNamespace(matmul=SimpleNamespace(allow_tf32=False)), cudnn=SimpleNamespace(allow_tf32=True)
)
_threads = {"count": 1}


class dtype:
    """A type of numbers, over numpy's."""

    def __init__(self, name: str, numpy: type) -> None:
        self.name, self.numpy = name, numpy

    def __str__(self) -> str:
        return f"torch.{self.name}"


float32, float16, int64 = dtype("float32", np.float32), dtype("float16", np.float16), dtype("int64", np.int64)
bfloat16 = dtype("bfloat16", np.float32)
_DTYPES = {np.dtype(kind.numpy): kind for kind in (float32, float16, int64)}


class Tensor:
    """An array and where it is; one that a stream is to write is not there before that has been synchronised."""

    def __init__(self, array: np.ndarray, device: str = "cpu", kind: dtype | None = None) -> None:
        self._array, self.device, self.is_synchronised = array, device, True
        self.dtype = kind or _DTYPES[array.dtype]

    @property
    def shape(self) -> tuple:
        return self._array.shape

    def numel(self) -> int:
        return self._array.size

    def is_floating_point(self) -> bool:
        return self._array.dtype.kind == "f"

    def to(self, where: str | dtype) -> Tensor:
        """A copy there, or of that type. What its stream has not yet written is not waited for: garbage comes."""
        if isinstance(where, dtype):
            return self._cast(where)
        if where == self.device:
            return self
        number = int((where if where != "cpu" else self.device).partition(":")[2])
        standin_device.device(number).copy("d2h" if where == "cpu" else "h2d")
        held = np.array(self._array) if self.is_synchronised else np.full_like(self._array, np.nan)
        return Tensor(held, where, self.dtype)

    def float(self) -> Tensor:
        return self._cast(float32)

    def copy_(self, source: Tensor, non_blocking: bool = False) -> Tensor:
        """Enqueued where it need not block: from and to pinned memory."""
        device = self.device if self.device != "cpu" else source.device
        kind = "d2h" if self.device == "cpu" else "h2d"

        def copy() -> None:
            standin_device.device(int(device.partition(":")[2])).copy(kind)
            self._array[...] = source._array

        _enqueue(device, copy)
        return self

    def pin_memory(self) -> Tensor:
        return Tensor(np.array(self._array), kind=self.dtype)

    def detach(self) -> Tensor:
        return self

    def numpy(self) -> np.ndarray:
        if self.device != "cpu":
            raise TypeError(f"can't convert {self.device} device type tensor to numpy.")
        return self._array

    def _cast(self, kind: dtype) -> Tensor:
        if kind is self.dtype:
            return self
        cast = unwritten(self._array.shape, kind, self.device)

        def write() -> None:
            cast._array[...] = self._array.astype(kind.numpy)

        _enqueue(self.device, write)
        return cast


def unwritten(shape: tuple, kind: dtype, device: str) -> Tensor:
    """What a stream is to write: no numbers yet."""
    return Tensor(np.full(shape, np.nan, dtype=kind.numpy), device, kind)


def empty(shape: tuple, dtype: dtype) -> Tensor:
    return unwritten(shape, dtype, "cpu")


def from_numpy(array: np.ndarray) -> Tensor:
    """Shares the memory."""
    return Tensor(array)


def set_num_threads(count: int) -> None:
    _threads["count"] = count


def get_num_threads() -> int:
    return _threads["count"]


def inference_mode() -> contextlib.AbstractContextManager:
    return contextlib.nullcontext()


def _enqueue(device: str, work: object) -> None:
    """On the current stream of the device; the host does it at once."""
    kind = device.partition(":")[0]
    if kind == "cpu":
        work()
    else:
        globals()[kind].current_stream().work.append(work)
