"""A frame for machines: every column of the schema, nothing rounded."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd

from clipperf.report.safe_text import safe_text
from clipperf.results.formulas import defused
from clipperf.results.schema import NAMES, RELATED, TEXTS
from clipperf.results.warning_cell import warnings_in

_LISTS = ("warnings", "instances_reasons", "devices_reasons")
"""The columns whose cells are JSON lists of code, sentence and remedy."""


def csv_text(frame: pd.DataFrame) -> str:
    """The frame as CSV: its columns of the schema, floats that read back to the same bits, missing cells empty.

    Control characters other than line feed and tab are spelt out; these two are harmless inside quotes. A text that a
    spreadsheet would run has an apostrophe in front, as in a run folder's own table, and is read back without.
    """
    rows = frame.loc[:, _names(frame)]
    texts = {name: rows[name].map(defused, na_action="ignore") for name in TEXTS}
    return safe_text(rows.assign(**texts).to_csv(index=False, lineterminator="\n"), keep="\n\t")


def json_text(frame: pd.DataFrame) -> str:
    """The frame as a JSON list of records: its columns of the schema, missing cells null, warnings and reasons lists.

    Everything outside ASCII is escaped, so that what is printed holds no control character and reads back unchanged.
    """
    records = [
        {str(name): warnings_in(cell) if name in _LISTS else _plain(cell) for name, cell in record.items()}
        for record in frame.loc[:, _names(frame)].astype("object").to_dict(orient="records")
    ]
    return json.dumps(records, indent=1, allow_nan=False)


def _names(frame: pd.DataFrame) -> list[str]:
    return [*NAMES, *(column.name for column in RELATED if column.name in frame)]


def _plain(cell: Any) -> Any:
    # JSON has no infinity; a figure that is not finite is no figure.
    if pd.isna(cell) or (isinstance(cell, float) and not math.isfinite(cell)):
        return None
    return cell
