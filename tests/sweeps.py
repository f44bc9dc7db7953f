"""Small sweeps, run as a notebook runs them: the table of rows comes back, workers are real processes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

import clipperf

SHORT: dict[str, Any] = {"iterations": 5, "warmup": 1, "control": False, "order": "listed"}
"""A few requests, in the order of the axes, nothing measured twice."""


def sweep(folder: Path, **keys: Any) -> pd.DataFrame:
    """A short sweep into ``folder``, by the simulated runner unless told otherwise; a row for each case, in order."""
    return clipperf.sweep(out=folder, **{"model": "any", "runner": "simulated", **SHORT, **keys})


def statuses(frame: pd.DataFrame) -> dict[int, str]:
    """Status by batch size."""
    return dict(zip(frame["batch_size"], frame["status"], strict=True))
