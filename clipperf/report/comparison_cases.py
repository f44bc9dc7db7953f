"""The cases of a comparison as rows, so that captions, columns and notes can name them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from clipperf.analysis.circumstances import circumstances, label, ordered
from clipperf.analysis.compare_case import ComparedCase
from clipperf.results.axes import Row
from clipperf.results.frame import frame_of
from clipperf.results.schema import MEASURED


def in_order(cases: Sequence[ComparedCase]) -> tuple[list[ComparedCase], pd.DataFrame]:
    """The cases in the order of a sweep's table, and for each a row of side A that stands for all its repeats."""
    rows = ordered(standing_for([case.rows_a for case in cases]))
    return [cases[int(position)] for position in rows.index], rows.reset_index(drop=True)


def standing_for(groups: Sequence[Sequence[Row]]) -> pd.DataFrame:
    """One row for each group of repeats: one with figures where there is any, as it tells more."""
    frame = frame_of([next((row for row in group if row["status"] in MEASURED), group[0]) for group in groups])
    return frame.assign(repeat=0, side=None)


def sides(cases: Sequence[ComparedCase]) -> tuple[str, str]:
    """What sets A and B apart, in words: circumstances that all cases of a side share and the other side has not."""
    texts = circumstances(standing_for([group for case in cases for group in (case.rows_a, case.rows_b)]))
    a, b = texts.iloc[::2], texts.iloc[1::2]
    apart = [
        str(name)
        for name in texts.columns
        if a[name].nunique() == b[name].nunique() == 1 and a[name].iloc[0] != b[name].iloc[0]
    ]
    return label(a.iloc[0], apart), label(b.iloc[0], apart)
