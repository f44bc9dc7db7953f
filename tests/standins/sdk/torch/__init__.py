"""A stand-in of the little of torch that torch_aie is used with: tensors on the host or an NPU, TorchScript."""

from __future__ import annotations

import numpy as np
import standin_device

from torch import jit  # noqa: F401 (torch.jit.load, after importing torch alone)

__version__ = "2.0.1"


class Tensor:
    """An array and where it is; one that a stream is to write is not there before that has been synchronised."""

    def __init__(self, array: np.ndarray, device: str = "cpu") -> None:
        self._array, self.device, self.is_synchronised = array, device, True

    @property
    def shape(self) -> tuple:
        return self._array.shape

    def to(self, device: str) -> Tensor:
        """A copy there. What its stream has not yet written is not waited for: garbage comes."""
        if device == self.device:
            return self
        number = int((device if device != "cpu" else self.device).partition(":")[2])
        standin_device.device(number).copy("d2h" if device == "cpu" else "h2d")
        return Tensor(np.array(self._array) if self.is_synchronised else np.full_like(self._array, np.nan), device)

    def detach(self) -> Tensor:
        return self

    def numpy(self) -> np.ndarray:
        if self.device != "cpu":
            raise TypeError(f"can't convert {self.device} device type tensor to numpy.")
        return self._array


def from_numpy(array: np.ndarray) -> Tensor:
    """Shares the memory."""
    return Tensor(array)
