"""Splits a tidy frame into curves: rows that agree in everything but what lies along the x axis."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pandas as pd

from clipperf.analysis.circumstances import circumstances, label, ordered, varying

MEASURED = ("ok", "inconclusive")
"""The statuses whose figures count."""


@dataclass(frozen=True, eq=False)
class Series:
    """One curve.

    ``rows`` holds all its rows, failed ones too; ``rate`` names the column that holds its throughput in samples/s:
    ``qps``, or ``qps_compute`` where more rows have what a vendor's tool derived; ``label`` says what sets it apart.
    """

    key: pd.Series
    label: str
    rate: str
    rows: pd.DataFrame

    @property
    def scope(self) -> str:
        """What the clock went round; curves of different scope may share no axis."""
        return str(self.key["scope"])


def split(frame: pd.DataFrame, folded: Collection[str] = ()) -> list[Series]:
    """The curves of a frame over batch size, in order.

    ``folded`` names circumstances that lie along the x axis in place of batch size (such as ``queue_depth``).
    """
    rows = ordered(frame)
    texts = circumstances(rows).drop(columns=list(folded))
    groups = [texts.loc[index] for index in texts.groupby(list(texts.columns), sort=False).groups.values()]
    keys = [group.iloc[0] for group in groups]
    return [
        Series(key, name, _rate(rows.loc[group.index]), rows.loc[group.index])
        for key, name, group in zip(keys, labels(keys), groups, strict=True)
    ]


def labels(keys: Sequence[pd.Series]) -> list[str]:
    """A name for each key of only what varies between them; all empty where nothing does."""
    columns = varying(pd.DataFrame(keys)) if keys else []
    return [label(key, columns) for key in keys]


def measured(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose figures count: status ok or inconclusive."""
    return rows[rows["status"].isin(MEASURED)]


def middle(values: pd.Series, x: pd.Series) -> pd.Series:
    """The line of a curve: for every x the median over repeats, missing values left out.

    Rates and percentiles are never averaged: the mean of two p99 is the p99 of nothing, and one disturbed repeat moves
    a mean. So the line goes through the lower median, which is a repeat that was measured, also when their number is
    even; every repeat is shown as a point beside it.
    """
    values = values.dropna()
    return values.groupby(x.loc[values.index]).quantile(0.5, interpolation="lower")


def _rate(rows: pd.DataFrame) -> str:
    told = measured(rows)
    return "qps_compute" if told["qps_compute"].count() > told["qps"].count() else "qps"
