"""What lies along the x axis of the curves."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

_CONCURRENCY = ("queue_depth", "instances", "device")


@dataclass(frozen=True, eq=False)
class Axis:
    """``x`` gives each row's place, by the index of the frame; ``folded`` names the circumstances that lie along it."""

    label: str
    x: pd.Series
    folded: tuple[str, ...] = ()

    @property
    def is_batch(self) -> bool:
        """Whether the axis is the batch size; only then is there a knee of a batch sweep."""
        return not self.folded


def choose_axis(frame: pd.DataFrame) -> Axis:
    """Batch size where it varies, else concurrency, else the offered rate, else batch size with its one value.

    Along concurrency only one of depth, instances and devices is joined by a line, the first that varies: a line over
    two of them would join cases that differ in more than its axis says.
    """
    batch = Axis("batch size (samples per request)", frame["batch_size"].astype("float64"))
    if frame["batch_size"].nunique() > 1:
        return batch
    factors = frame[["devices", "instances", "queue_depth"]].astype("float64").fillna(1)
    concurrency = factors.prod(axis=1)
    if concurrency.nunique() > 1:
        changes = dict(zip(_CONCURRENCY, ("queue_depth", "instances", "devices"), strict=True))
        along = next(name for name in _CONCURRENCY if factors[changes[name]].nunique() > 1)
        return Axis("concurrency (devices × instances × depth: requests in flight)", concurrency, (along,))
    if frame["offered_rate"].nunique() > 1 and frame["offered_rate"].notna().all():
        return Axis("offered rate (requests/s)", frame["offered_rate"], ("offered_rate",))
    return batch
