"""The knee of a batch sweep."""

from __future__ import annotations

import pandas as pd

from clipperf.analysis.series import measured, middle

SHARE_OF_BEST = 0.95


def batch_knee(rows: pd.DataFrame, rate: str = "qps") -> int | None:
    """The smallest batch size with at least 95 % of the best throughput of one curve; None below two measured sizes.

    ``rate`` names the column of the throughput, in samples/s. Repeats of a batch size count by their median.
    """
    counted = measured(rows)
    line = middle(counted[rate], counted["batch_size"])
    if len(line) < 2:
        return None
    return int(line.index[line >= SHARE_OF_BEST * line.max()].min())
