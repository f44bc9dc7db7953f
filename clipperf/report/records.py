"""Plain records (plans, catalogues) in the forms of ``--format``."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from tabulate import tabulate

from clipperf.report.safe_text import safe_text
from clipperf.results.formulas import defused


def records_text(records: Sequence[Mapping[str, Any]], style: str) -> str:
    """The records as a plain or github table, csv or json; all have the keys of the first."""
    if style == "json":
        return json.dumps(list(records), ensure_ascii=False, indent=1)
    names = list(records[0]) if records else []
    if style == "csv":
        text = io.StringIO()
        writer = csv.DictWriter(text, names, lineterminator="\n")
        writer.writeheader()
        for record in records:
            writer.writerow({name: defused(cell) if isinstance(cell, str) else cell for name, cell in record.items()})
        return safe_text(text.getvalue(), keep="\n\t")
    cells = [[safe_text(value) if isinstance(value, str) else value for value in record.values()] for record in records]
    heads = [name.replace("_", " ") for name in names]
    return tabulate(cells, heads, tablefmt="simple" if style == "plain" else style, disable_numparse=[0], intfmt=",")
