"""A frame for machines: every column of the schema, nothing rounded."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd

from clipperf.report.safe_text import safe_text
from clipperf.results.schema import NAMES
from clipperf.results.warning_cell import warnings_in


def csv_text(frame: pd.DataFrame) -> str:
    """The frame as CSV: every column of the schema, floats that read back to the same bits, missing cells empty.

    Control characters other than line feed and tab are spelt out; these two are harmless inside quotes.
    """
    text = frame.loc[:, list(NAMES)].to_csv(index=False, lineterminator="\n")
    return safe_text(text, keep="\n\t")


def json_text(frame: pd.DataFrame) -> str:
    """The frame as a JSON list of records: every column of the schema, missing cells null, ``warnings`` a list.

    Everything outside ASCII is escaped, so that what is printed holds no control character and reads back unchanged.
    """
    records = [
        {str(name): warnings_in(cell) if name == "warnings" else _plain(cell) for name, cell in record.items()}
        for record in frame.loc[:, list(NAMES)].astype("object").to_dict(orient="records")
    ]
    return json.dumps(records, indent=1, allow_nan=False)


def _plain(cell: Any) -> Any:
    # JSON has no infinity; a figure that is not finite is no figure.
    if pd.isna(cell) or (isinstance(cell, float) and not math.isfinite(cell)):
        return None
    return cell
