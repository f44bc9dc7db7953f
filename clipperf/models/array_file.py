"""The head of a .npy file that a user gives for an input."""

from __future__ import annotations

from pathlib import Path

from clipperf.models.dimensions import Misfit
from clipperf.models.signature import TensorInfo


def read_dims(tensor: TensorInfo, path: Path) -> tuple[int, ...]:
    """Dimensions of a .npy file that is to be this input; raises `Misfit` where it cannot be.

    The numbers stay where they are: reading them is the measuring process's work.
    """
    import numpy as np

    flag = f"--input {tensor.name}={path}"
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        raise Misfit(f"{flag}: the file cannot be read ({error.strerror}).") from None
    except (ValueError, EOFError):
        array = None
    if not isinstance(array, np.ndarray):
        raise Misfit(f"{flag}: the file is cut short or not a .npy file of numbers; write it with numpy.save.")
    if array.dtype != np.dtype(tensor.dtype):
        raise Misfit(f"{flag}: the file holds {array.dtype}, the model takes {tensor.dtype}; convert it with astype.")
    if array.size == 0:
        raise Misfit(f"{flag}: the file holds no numbers; give at least one row.")
    return tuple(array.shape)
