"""Rows as a tidy DataFrame, every column present and of its dtype."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from clipperf.errors import UsageError
from clipperf.results.formulas import restored
from clipperf.results.schema import COLUMNS, NAMES, SCHEMA_VERSION, TEXTS

Row = dict[str, Any]
_FLAGS = {"True": True, "False": False}


def frame_of(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """The rows as a DataFrame with the columns of the schema, in its order; what a row leaves out is missing."""
    frame = pd.DataFrame([{name: row.get(name) for name in NAMES} for row in rows], columns=list(NAMES), dtype="object")
    return frame.astype({column.name: column.dtype for column in COLUMNS})


def records(frame: pd.DataFrame) -> list[Row]:
    """The rows as plain values, None where one is missing."""
    plain = frame.astype("object").where(frame.notna(), None)
    return [{str(name): value for name, value in record.items()} for record in plain.to_dict(orient="records")]


def read_rows(path: Path) -> pd.DataFrame:
    """The DataFrame of a ``results.csv``; columns that an older schema lacks are added empty.

    A last line without its line feed was cut off by a kill and is left out. Raises UsageError where the file is no
    results file or comes from a newer schema.
    """
    try:
        whole, _, _ = path.read_bytes().rpartition(b"\n")
        texts = pd.read_csv(io.StringIO(whole.decode() + "\n"), dtype="string", keep_default_na=False, na_values=[""])
        if "schema_version" not in texts.columns:
            raise UsageError(f"{path} has no column schema_version, so it is no table of clipperf's.")
        newest = texts["schema_version"].fillna("0").astype("Int64").max()
        if len(texts) and newest > SCHEMA_VERSION:
            raise UsageError(
                f"{path} has schema version {newest}, this clipperf reads up to {SCHEMA_VERSION}; update clipperf."
            )
        texts = texts.reindex(columns=list(NAMES))
        texts[list(TEXTS)] = texts[list(TEXTS)].apply(lambda column: column.map(restored, na_action="ignore"))
        flags = [column.name for column in COLUMNS if column.dtype == "boolean"]
        texts[flags] = texts[flags].apply(lambda column: column.astype("object").replace(_FLAGS))
        return texts.astype({column.name: column.dtype for column in COLUMNS})
    # pandas raises one or the other for a cell that is not of its column's dtype.
    except (ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise UsageError(
            f"{path} cannot be read as a table of results ({reason}); give a run folder of clipperf."
        ) from None
