"""Many frames as one CSV or one JSON list, piece by piece, for more rows than the memory holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from clipperf.report.export import csv_text, json_text
from clipperf.results.frame import frame_of


def csv_stream(frames: Iterable[pd.DataFrame]) -> Iterator[str]:
    """The CSV of all frames together, piece by piece."""
    head = csv_text(frame_of([]))
    yield head
    for frame in frames:
        yield csv_text(frame).removeprefix(head)


def json_stream(frames: Iterable[pd.DataFrame]) -> Iterator[str]:
    """The JSON list of the records of all frames together, piece by piece."""
    before = "["
    for frame in frames:
        yield before + json_text(frame).removeprefix("[").removesuffix("\n]")
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"
