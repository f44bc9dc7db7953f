"""The report of a run folder, made again from its rows alone."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from clipperf.errors import UsageError
from clipperf.report.curve import draw_curve
from clipperf.report.notes import notes_text
from clipperf.report.table import table_text
from clipperf.results.frame import read_rows


def write_report(folder: Path) -> pd.DataFrame:
    """Writes ``table.md``, ``curve.png`` and ``curve.svg`` of a run folder from its ``results.csv`` and gives the rows.

    Raises UsageError where the folder has no ``results.csv`` or clipperf cannot read it.
    """
    results = folder / "results.csv"
    if not results.is_file():
        raise UsageError(f"{folder} has no results.csv; give a run folder of clipperf, such as one under reports/.")
    frame = read_rows(results)
    (folder / "table.md").write_text(_markdown(frame), encoding="utf-8")
    draw_curve(frame, folder)
    return frame


def _markdown(frame: pd.DataFrame) -> str:
    table, notes = table_text(frame, "github"), notes_text(frame)
    # Indented, the notes are a block of code: what a log says is never read as markup.
    block = "".join(f"    {line}".rstrip() + "\n" for line in notes.splitlines())
    return f"{table}\n\n{block}" if notes else f"{table}\n"
