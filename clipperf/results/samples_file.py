"""Reads the raw samples of a run folder again."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from clipperf.errors import UsageError
from clipperf.measure.samples import Samples


def read_samples(folder: Path, case_id: str, repeat: int | str) -> tuple[Samples, np.ndarray]:
    """Every request of a case in order of completion, and one bool a request that tells whether it is in the window.

    Raises UsageError where the file is missing or cut short.
    """
    path = folder / "samples" / f"{case_id}-{repeat}.npz"
    try:
        # Opened here, since numpy leaves a file open that it cannot read.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            names = ("scheduled_ns", "issued_ns", "completed_ns", "slot", "instance")
            return Samples(*(stored[name] for name in names)), stored["in_window"]
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise UsageError(f"{path} cannot be read as raw samples ({error}).") from None
