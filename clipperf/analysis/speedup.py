"""Speed-up over the smallest batch size of the same curve."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from clipperf.analysis.series import measured, middle, split


@dataclass(frozen=True, eq=False)
class SpeedUp:
    """``ratios`` has the index of the frame and is missing where nothing was measured; ``heading`` names the base."""

    heading: str
    ratios: pd.Series


def speed_up(frame: pd.DataFrame) -> SpeedUp | None:
    """Throughput ÷ throughput at the smallest measured batch size of the same curve; None where no curve has two.

    The base is the median over repeats. A ratio never crosses curves, so never scopes, runners or hosts.
    """
    ratios = pd.Series(float("nan"), index=frame.index)
    bases, is_sweep = set(), False
    for series in split(frame):
        rows = measured(series.rows).dropna(subset=[series.rate, "batch_size"])
        if rows.empty:
            continue
        line = middle(rows[series.rate], rows["batch_size"])
        ratios.loc[rows.index] = rows[series.rate] / line.iloc[0]
        bases.add(int(line.index[0]))
        is_sweep = is_sweep or len(line) > 1
    if not is_sweep:
        return None
    return SpeedUp(f"× batch {bases.pop()}" if len(bases) == 1 else "× smallest batch", ratios)
