"""Small sweeps, run as a notebook runs them: the table of rows comes back, workers are real processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import psutil

import clipperf
from clipperf.profile import make_profile
from clipperf.results.folder import RESULTS
from clipperf.results.frame import read_rows
from clipperf.sweeping.display import Silent
from clipperf.sweeping.planning import make_plan
from clipperf.sweeping.run import start_sweep

SHORT: dict[str, Any] = {"iterations": 5, "warmup": 1, "control": False, "order": "listed"}
"""A few requests, in the order of the axes, nothing measured twice."""

SIMULATED = {"model": "any", "runner": "simulated", **SHORT}


def sweep(folder: Path, **keys: Any) -> pd.DataFrame:
    """A short sweep into ``folder``, by the simulated runner unless told otherwise; a row for each case, in order."""
    return clipperf.sweep(out=folder, **{**SIMULATED, **keys})


def watched(folder: Path, look: Callable[[list[psutil.Process]], Any], **keys: Any) -> tuple[pd.DataFrame, Any]:
    """The same, and what ``look`` found at the workers while they were measuring."""

    class Watcher(Silent):
        found: Any = None

        def progress(self, progress: Any) -> None:
            if progress.phase == "measuring":
                self.found = look(psutil.Process().children())

    watcher = Watcher()
    plan = make_plan(make_profile({**SIMULATED, **keys}, {}))
    return read_rows(start_sweep(plan, folder, watcher) / RESULTS), watcher.found


def statuses(frame: pd.DataFrame) -> dict[int, str]:
    """Status by batch size."""
    return dict(zip(frame["batch_size"], frame["status"], strict=True))
