"""Rows as a tidy DataFrame, every column present and of its dtype."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from clipperf.errors import UsageError
from clipperf.results.schema import COLUMNS, NAMES, SCHEMA_VERSION

Row = dict[str, Any]


def frame_of(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """The rows as a DataFrame with the columns of the schema, in its order; what a row leaves out is missing."""
    frame = pd.DataFrame([{name: row.get(name) for name in NAMES} for row in rows], columns=list(NAMES))
    return frame.astype({column.name: column.dtype for column in COLUMNS})


def read_rows(path: Path) -> pd.DataFrame:
    """The DataFrame of a ``results.csv``; columns that an older schema lacks are added empty.

    A last line without its line feed was cut off by a kill and is left out. Raises UsageError where the file is no
    results file or comes from a newer schema.
    """
    whole, _, _ = path.read_text(encoding="utf-8").rpartition("\n")
    try:
        frame = pd.read_csv(io.StringIO(whole + "\n"), dtype="string", keep_default_na=False, na_values=[""])
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise UsageError(
            f"{path} cannot be read as a table of results ({error}); give a run folder of clipperf."
        ) from None
    if "schema_version" not in frame.columns:
        raise UsageError(f"{path} has no column schema_version, so it is no table of clipperf's; give a run folder.")
    newest = int(frame["schema_version"].astype("Int64").max()) if len(frame) else SCHEMA_VERSION
    if newest > SCHEMA_VERSION:
        raise UsageError(
            f"{path} has schema version {newest}, this clipperf reads up to {SCHEMA_VERSION}; update clipperf."
        )
    frame = frame.reindex(columns=list(NAMES))
    flags = [column.name for column in COLUMNS if column.dtype == "boolean"]
    frame[flags] = frame[flags].apply(lambda column: column.map({"True": True, "False": False}))
    return frame.astype({column.name: column.dtype for column in COLUMNS})
