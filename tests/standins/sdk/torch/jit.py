"""TorchScript modules: files of JSON, which say whether torch_aie has compiled them."""

from __future__ import annotations

import json
from typing import Iterator

import numpy as np
import standin_device


class ScriptModule:
    """A module as it was saved. Its weights and what it is fed have to be on the same device, of the same type."""

    def __init__(self, path: str) -> None:
        with open(path, encoding="utf-8") as file:
            self.told = json.load(file)
        self.compiled = self.told.get("compiled")
        self.model = standin_device.Model(path)
        self._weight, self._device = None, "cpu"

    def eval(self) -> ScriptModule:
        return self

    def to(self, device: str, dtype: object = None) -> ScriptModule:
        self._device = device
        self._weight = (self._weight or next(self.parameters())).to(dtype) if dtype else self._weight
        return self

    def parameters(self) -> Iterator[object]:
        import torch

        yield self._weight or torch.Tensor(np.zeros(4, dtype=np.float32))

    def __call__(self, *tensors: object) -> object:
        if self.compiled is not None:
            import standin_torch_aie

            return standin_torch_aie.forward(self.model, self.compiled["inputs"], tensors)
        for tensor in tensors:
            if tensor.device != self._device:
                raise RuntimeError(
                    f"Expected all tensors to be on the same device, but found {tensor.device} and {self._device}!"
                )
        return self._enqueue(tensors)

    def _enqueue(self, tensors: tuple) -> object:
        import torch

        weight = next(self.parameters())
        if self._device == "npu:1" and weight.dtype is torch.bfloat16:
            raise RuntimeError("\"addmm\" not implemented for 'BFloat16'")
        for tensor in tensors:
            if tensor.is_floating_point() and tensor.dtype is not weight.dtype:
                raise RuntimeError(f"mat1 and mat2 must have the same dtype, but got {tensor.dtype} and {weight.dtype}")
        shapes = [one.shape for one in self.model.answer([np.zeros(tensor.shape) for tensor in tensors])]
        answers = [torch.unwritten(shape, weight.dtype, self._device) for shape in shapes]
        device = None if self._device == "cpu" else standin_device.device(int(self._device.partition(":")[2]))

        def work() -> None:
            if device is not None:
                device.answer(device.submit())
            found = self.model.answer([tensor._array for tensor in tensors])
            for answer, array in zip(answers, found):
                answer._array[...] = np.nan if device is not None and device.gives_nan() else array

        torch._enqueue(self._device, work)
        return answers[0] if len(answers) == 1 else tuple(answers)


def load(path: str, map_location: str = "cpu", _extra_files: dict | None = None) -> ScriptModule:
    """As torch does, which raises RuntimeError for what is none, and ValueError for a file that is missing."""
    try:
        module = ScriptModule(path)
    except FileNotFoundError:
        raise ValueError(f"The provided filename {path} does not exist") from None
    except (ValueError, KeyError):
        raise RuntimeError("PytorchStreamReader failed reading zip archive: failed finding central directory") from None
    for name in _extra_files or ():
        kinds = {kind: [_described(one) for one in module.told[kind]] for kind in ("inputs", "outputs")}
        _extra_files[name] = json.dumps(kinds).encode()
    return module


def _described(tensor: dict) -> dict:
    dims = ["batch" if size == -1 else size for size in tensor["shape"]]
    return {"name": tensor["name"], "dtype": tensor["dtype"], "dims": dims}
