"""TorchScript modules: files of JSON, which say whether they have been compiled."""

from __future__ import annotations

import json

import standin_device


class ScriptModule:
    """A module as it was saved; one that has not been compiled would run on the host, and is not for that."""

    def __init__(self, path: str) -> None:
        with open(path, encoding="utf-8") as file:
            self.compiled = json.load(file).get("compiled")
        self.model = standin_device.Model(path)

    def eval(self) -> ScriptModule:
        return self

    def __call__(self, *tensors: object) -> object:
        if self.compiled is None:
            raise RuntimeError("Expected all tensors to be on the same device, but found npu:0 and cpu!")
        import standin_torch_aie

        return standin_torch_aie.forward(self.model, self.compiled["inputs"], tensors)


def load(path: str) -> ScriptModule:
    """As torch does, which raises RuntimeError for what is none, and ValueError for a file that is missing."""
    try:
        return ScriptModule(path)
    except FileNotFoundError:
        raise ValueError(f"The provided filename {path} does not exist") from None
    except (ValueError, KeyError):
        raise RuntimeError("PytorchStreamReader failed reading zip archive: failed finding central directory") from None
