"""What the repeats and the control case of a run show, in sentences under the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from clipperf.analysis.circumstances import ordered
from clipperf.analysis.repeats import repeat_spreads
from clipperf.report.notes import case_names
from clipperf.report.number import figure


def repeats_text(frame: pd.DataFrame) -> str:
    """A line for each case measured more than once; empty where there is none."""
    rows = ordered(frame.reset_index(drop=True)).reset_index(drop=True)
    spreads = repeat_spreads(rows)
    if not spreads:
        return ""
    lines = []
    for spread in spreads:
        positions = rows.index[(rows["run_id"] == spread.run_id) & (rows["case_id"] == spread.case_id)].tolist()
        within = "" if spread.within_pct is None else f", within one {figure(spread.within_pct, 2)} %"
        name = case_names(rows, positions) if len(rows) > spread.repeats else spread.rate
        lines.append(f"  {name}: between {spread.repeats} repeats {figure(spread.between_pct, 2)} %{within}")
    rates = " and ".join(dict.fromkeys(spread.rate for spread in spreads))
    return "\n".join([f"repeats · standard deviation of {rates}", *lines])


def control_text(control: Mapping[str, Any], run: str = "") -> str:
    """A sentence on the case that was measured at both ends of the sweep; empty where there was none.

    ``run`` names the run, where there are several.
    """
    if not control:
        return ""
    first, last, change_pct = control["first"], control["last"], control["change_pct"]
    rate = control.get("rate", "qps")
    overlap = _overlap(first, last, rate)
    verdict = "" if overlap is None else ": within its intervals" if overlap else ": the machine changed meanwhile"
    subject = f"control of {run}" if run else "control"
    return (
        f"{subject} · batch {first['batch_size']}, first case of the sweep, measured again at its end\n"
        f"  {figure(first[rate])} {rate}, then {figure(last[rate])} ({change_pct:+.1f} %){verdict}."
    )


def _overlap(first: Mapping[str, Any], last: Mapping[str, Any], rate: str) -> bool | None:
    low, high = f"{rate}_ci_low", f"{rate}_ci_high"
    if None in [each[bound] for each in (first, last) for bound in (low, high)]:
        return None
    return bool(first[low] <= last[high] and last[low] <= first[high])
