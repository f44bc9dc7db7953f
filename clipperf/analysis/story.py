"""A series of the history run by run: its figures, what changed around them, what people wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from clipperf.analysis.series import measured, middle
from clipperf.results.environment import changes_between


@dataclass(frozen=True)
class Chapter:
    """One run: ``figures`` are the middle of its repeats by metric, without those it lacks."""

    night: Any
    run_id: str
    is_nightly: bool
    status: str
    figures: Mapping[str, float]
    remarks: tuple[str, ...]


def story_of(
    rows: pd.DataFrame,
    metrics: Sequence[str],
    circumstances: Mapping[str, Mapping[str, Any]],
    annotations: pd.DataFrame,
    acknowledgements: pd.DataFrame,
) -> list[Chapter]:
    """The runs of one series in their order, from frames as ``history.reading`` and ``history.notes`` give them.

    What changed is told where it keeps a run from being compared with the one before that was measured. An annotation
    stands with the last run of its night.
    """
    chapters: list[Chapter] = []
    before: str | None = None
    for (night, _), run in rows.groupby(["night", "run"], sort=False):
        good = measured(run)
        around = good["circumstances"].iloc[-1] if len(good) else before
        changes = changes_between(circumstances[before], circumstances[around]) if before and around else []
        is_last = run.index[-1] == rows.index[rows["night"] == night][-1]
        written = [*_written(annotations, night), *_known(acknowledgements, night)] if is_last else []
        chapters.append(
            Chapter(
                night,
                run["run_id"].iloc[0],
                bool(run["is_nightly"].iloc[0]),
                ", ".join(_counted(run["status"])),
                {name: value for name in metrics for value in middle(good[name], good["run"])},
                (*changes, *written),
            )
        )
        before = around
    return chapters


def _counted(statuses: pd.Series) -> Iterator[str]:
    for status, count in statuses.value_counts(sort=False).items():
        yield f"{count} {status}" if len(statuses) > 1 else str(status)


def _written(annotations: pd.DataFrame, night: Any) -> Iterator[str]:
    yield from annotations.loc[annotations["night"] == night, "text"]


def _known(acknowledgements: pd.DataFrame, night: Any) -> Iterator[str]:
    for point in acknowledgements[acknowledgements["night"] == night].itertuples():
        yield f"{point.metric} acknowledged" + (f": {point.text}" if point.text else "")
