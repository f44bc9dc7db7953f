"""The tensors of a TorchScript archive, the form of OpenAI's own files, read without running what the archive holds.

torch refuses to read such an archive with ``weights_only``, and its loader runs the archive's own code. The tensors
stand in `data.pkl` as a tree of modules; here a module is only a holder of attributes, a tensor only a view of bytes,
and whatever else the pickle asks for is refused.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.generic]

_TREE = "data.pkl"
_ONLY_IN_SCRIPTS = "constants.pkl"
_CODE = "__torch__"
_STORAGES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "BoolStorage": "?",
}


def is_script_archive(path: Path) -> bool:
    """Whether the file is a TorchScript archive; False for all else, also for what is no archive."""
    return zipfile.is_zipfile(path) and _root(path, _ONLY_IN_SCRIPTS) is not None


def script_tensors(path: Path) -> dict[str, Array]:
    """Every tensor by its name in the state dict.

    Raises `ValueError` where the archive holds other things than modules and tensors of numbers, or is cut short.
    """
    root = _root(path, _TREE)
    if root is None:
        raise ValueError(f"an archive without {_TREE}")
    with zipfile.ZipFile(path) as archive:
        try:
            tree = _Reader(archive, root).load()
        except (pickle.UnpicklingError, IndexError, TypeError, AttributeError) as error:
            raise ValueError(str(error)) from None
    return dict(_named(tree, ""))


def _root(path: Path, member: str) -> PurePosixPath | None:
    with zipfile.ZipFile(path) as archive:
        names = map(PurePosixPath, archive.namelist())
        return next((name.parent for name in names if name.name == member and len(name.parts) == 2), None)


class _Module:
    """Stands in for every class of the archive's code."""


class _Reader(pickle.Unpickler):
    def __init__(self, archive: zipfile.ZipFile, root: PurePosixPath) -> None:
        super().__init__(io.BytesIO(archive.read(str(root / _TREE))))
        self._archive, self._data = archive, root / "data"

    def find_class(self, module: str, name: str) -> Any:
        """The few names that a tree of modules is made of."""
        if module.split(".")[0] == _CODE:
            return _Module
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch.jit._pickle" and name.startswith("build_"):
            return _as_it_is
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, which is neither a module nor a tensor")

    def persistent_load(self, pid: Any) -> Array:
        """The numbers behind a tensor."""
        kind, dtype, key, *_ = pid
        if kind != "storage" or dtype not in _STORAGES.values():
            raise pickle.UnpicklingError(f"it asks for {kind}")
        return np.frombuffer(self._archive.read(str(self._data / str(key))), dtype=dtype)


def _tensor(storage: Array, offset: int, shape: Sequence[int], strides: Sequence[int], *_: object) -> Array:
    # The constructor holds shape and strides against the length of the storage.
    size = storage.itemsize
    return np.ndarray(tuple(shape), storage.dtype, storage, offset * size, tuple(stride * size for stride in strides))


def _as_it_is(values: object) -> object:
    return values


def _named(value: object, name: str) -> Iterator[tuple[str, Array]]:
    if isinstance(value, np.ndarray):
        yield name, value
    elif isinstance(value, _Module):
        for key, child in vars(value).items():
            yield from _named(child, f"{name}.{key}" if name else key)
