"""The pictures that rows alone make, whatever measured them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from clipperf.report.curve import draw_curve
from clipperf.report.scaling_picture import draw_scaling


def draw_pictures(frame: pd.DataFrame, folder: Path) -> list[Path]:
    """Writes the curves, and the scaling over instances and devices where rows differ in these; gives their paths."""
    return [*draw_curve(frame, folder), *draw_scaling(frame, folder)]
