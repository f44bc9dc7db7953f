"""A scenario: a sweep of simulated devices whose answer is known, and the judge of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from clipperf.measure.samples import Samples
from clipperf.results.samples_file import read_samples
from clipperf.validation.check import Check


@dataclass(frozen=True)
class Outcome:
    """The rows of a scenario's sweep and its folder."""

    rows: pd.DataFrame
    folder: Path

    def row(self, **axes: Any) -> pd.Series:
        """The one row of these axes."""
        chosen = self.rows
        for name, value in axes.items():
            chosen = chosen[chosen[name] == value]
        return chosen.iloc[0]

    def samples(self, row: pd.Series) -> tuple[Samples, np.ndarray]:
        """All samples of a row, and one bool a request that tells whether it counts."""
        return read_samples(self.folder, row["case_id"], row["repeat"])


@dataclass(frozen=True)
class Scenario:
    """``name`` is what --only takes; ``keys`` are those of a profile; ``judge`` compares the outcome with the truth."""

    name: str
    what: str
    keys: Mapping[str, Any]
    judge: Callable[[str, Outcome], Iterable[Check]]
