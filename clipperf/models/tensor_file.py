"""Files of named tensors, whoever wrote them: what they hold, and one tensor at a time as float32.

Nothing here runs code that a file brings along: safetensors and .npz hold none, .pt and .bin are read by torch with
``weights_only``, and OpenAI's archives by `script_archive.py`, which knows tensors and nothing else.
"""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipperf.errors import UsageError
from clipperf.models.script_archive import is_script_archive, script_tensors

SUFFIXES = (".safetensors", ".npz", ".pt", ".pth", ".bin")
_FLOATS = ("F64", "F32", "F16", "BF16")
_SETS = ("state_dict", "model", "model_state_dict", "state_dict_ema", "model_ema")
"""Under which names training programs put a state dict beside other things; the first that is there is read."""
_WRAPPERS = ("module.", "_orig_mod.")
"""What DistributedDataParallel and torch.compile put before every name."""


@dataclass(frozen=True)
class Tensor:
    """A tensor as the file has it; ``is_float`` also holds of float16 and bfloat16."""

    shape: tuple[int, ...]
    is_float: bool


@dataclass(frozen=True)
class TensorFile:
    """Every tensor of a file by name; ``read`` gives one as float32, in memory of its own.

    ``other_sets`` names whole sets of tensors beside the one that is read, such as averaged weights.
    """

    tensors: Mapping[str, Tensor]
    read: Callable[[str], NDArray[np.float32]]
    other_sets: tuple[str, ...] = ()


def open_tensor_file(path: Path) -> TensorFile:
    """The tensors of a file; which kind it is, its suffix says.

    Raises `UsageError` for a suffix that is not known, a file that cannot be read or is cut short, and where torch is
    needed and missing.
    """
    flag = f"--weights {path}"
    if path.suffix not in SUFFIXES:
        raise UsageError(
            f"{flag}: weights are read of {', '.join(SUFFIXES)} files; save the state dict as one of them."
        )
    if not path.is_file():
        raise UsageError(f"{flag}: there is no such file.")
    try:
        if path.suffix == ".safetensors":
            return _unwrapped(_safetensors(path))
        return _unwrapped(_npz(path) if path.suffix == ".npz" else _torch_file(path, flag))
    except OSError as error:
        raise UsageError(f"{flag}: the file cannot be read ({error.strerror or error}).") from None
    except (ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise UsageError(f"{flag}: the file is cut short or not what its suffix says ({error}).") from None


def _safetensors(path: Path) -> TensorFile:
    import ml_dtypes  # noqa: F401  (registers bfloat16 with numpy, by whose name safetensors asks for it)
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            heads = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 (it is no mapping)
            tensors = {
                name: Tensor(tuple(head.get_shape()), head.get_dtype() in _FLOATS) for name, head in heads.items()
            }
    except SafetensorError as error:
        raise ValueError(error) from None

    def read(name: str) -> NDArray[np.float32]:
        with safe_open(path, framework="numpy") as file:
            return _float32(file.get_tensor(name))

    return TensorFile(tensors, read)


def _npz(path: Path) -> TensorFile:
    with np.load(path, allow_pickle=False) as archive:
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ValueError("one array without a name")
        return _held({name: archive[name] for name in archive.files})


def _torch_file(path: Path, flag: str) -> TensorFile:
    if is_script_archive(path):
        return _held(script_tensors(path))
    try:
        import torch
    except ImportError:
        raise UsageError(
            f"{flag}: {path.suffix} files are read by torch, which clipperf's own Python lacks; pip install "
            "'clipperf[torch]', or give the same weights as .safetensors."
        ) from None
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise UsageError(
            f"{flag}: the file holds other objects than tensors, and reading them would run code from it; "
            "where you trust it, load it with torch and save its state dict as .safetensors."
        ) from None
    except RuntimeError as error:
        raise ValueError(str(error).splitlines()[0]) from None
    state, others = _chosen_set(found)
    arrays = {
        name: (value.float() if value.is_floating_point() else value).numpy()
        for name, value in state.items()
        if isinstance(value, torch.Tensor)
    }
    return _held(arrays, others)


def _chosen_set(found: Any) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    if not isinstance(found, Mapping):
        raise ValueError("no state dict")
    sets = [name for name in _SETS if isinstance(found.get(name), Mapping)]
    return (found[sets[0]], tuple(sets[1:])) if sets else (found, ())


def _held(arrays: Mapping[str, NDArray[Any]], other_sets: tuple[str, ...] = ()) -> TensorFile:
    tensors = {name: Tensor(values.shape, values.dtype.kind == "f") for name, values in arrays.items()}
    return TensorFile(tensors, lambda name: _float32(arrays[name]), other_sets)


def _unwrapped(file: TensorFile) -> TensorFile:
    """The same without a prefix that every name has and no library gave it."""
    for wrapper in _WRAPPERS:
        if file.tensors and all(name.startswith(wrapper) for name in file.tensors):
            return _unwrapped(_without(file, wrapper))
    return file


def _without(file: TensorFile, prefix: str) -> TensorFile:
    tensors = {name.removeprefix(prefix): tensor for name, tensor in file.tensors.items()}
    return TensorFile(tensors, lambda name: file.read(prefix + name), file.other_sets)


def _float32(values: NDArray[Any]) -> NDArray[np.float32]:
    return np.array(values, dtype=np.float32, order="C")
