"""What is told of a percentile: its estimate, or what it is at least where too few requests bound it from above."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from clipperf.results.schema import PERCENTILES


@dataclass(frozen=True)
class ToldPercentile:
    """Of each row the figure in ms, and whether the percentile is only known to be at least that."""

    value_ms: pd.Series
    is_bound: pd.Series


def told_percentiles(rows: pd.DataFrame) -> dict[int, ToldPercentile]:
    """What is told of each percentile of the schema, never less than what is told of a lower one.

    Without an upper bound it is the lower one, or the figure of the percentile before it where that is larger: no p99
    is below its p95, so whoever takes p95 for what is printed has it as a bound of p99 too. For independent requests
    it never comes to that between p95 and p99, as the lower bound of p99 has at least the rank of p95 wherever p95 is
    bounded; between p90 and p95 it does for 36 to 71 requests, whose p90 is at most the true p95 with 87 % or more.
    A percentile with neither bound, as vendors' tools give them, stands as it is.
    """
    told: dict[int, ToldPercentile] = {}
    floor_ms = pd.Series(float("nan"), index=rows.index)
    for percentile in PERCENTILES:
        name = f"latency_p{percentile}"
        value_ms, low_ms = rows[f"{name}_ms"], rows[f"{name}_low_ms"]
        is_bound = rows[f"{name}_high_ms"].isna() & low_ms.notna()
        shown_ms = value_ms.where(~is_bound, _larger(low_ms, floor_ms))
        floor_ms = _larger(floor_ms, shown_ms)
        told[percentile] = ToldPercentile(shown_ms, is_bound)
    return told


def _larger(one: pd.Series, other: pd.Series) -> pd.Series:
    """Row by row; what is missing on one side is no figure."""
    return pd.concat([one, other], axis=1).max(axis=1)
