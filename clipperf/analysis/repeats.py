"""The spread of the throughput between the repeats of a case, beside the spread within each."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from clipperf.results.schema import MEASURED

_NORMAL_95 = 1.959964


@dataclass(frozen=True)
class RepeatSpread:
    """``between_pct`` is the standard deviation of the throughput over the repeats of a case in one run, ``within_pct``
    that which the repeats' own intervals claim (their median half-width ÷ 1.96), both in percent of its mean.

    ``rate`` names the column of the throughput: ``qps``, or ``qps_compute`` where nothing was counted.
    """

    run_id: str
    case_id: str
    rate: str
    repeats: int
    between_pct: float
    within_pct: float | None


def repeat_spreads(frame: pd.DataFrame) -> list[RepeatSpread]:
    """One for each case that was measured at least twice, in the order of the frame.

    A repeat has fresh workers, so what differs between two starts (memory layout, clocks, threads) is in the first
    figure and not in the second; where it is much larger, the interval of a single row says too much.
    """
    measured = frame[frame["status"].isin(MEASURED)]
    spreads = []
    for (run_id, case_id), case in measured.groupby(["run_id", "case_id"], sort=False):
        rate = "qps" if case["qps"].notna().any() else "qps_compute"
        rows = case.dropna(subset=[rate])
        if len(rows) < 2:
            continue
        mean = float(rows[rate].mean())
        half_widths = ((rows[f"{rate}_ci_high"] - rows[f"{rate}_ci_low"]) / 2).dropna()
        within = None if half_widths.empty else 100 * float(half_widths.median()) / _NORMAL_95 / mean
        between = 100 * float(rows[rate].std(ddof=1)) / mean
        spreads.append(RepeatSpread(str(run_id), str(case_id), rate, len(rows), between, within))
    return spreads
