"""The report of a run folder, made again from its rows alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from clipperf.errors import UsageError
from clipperf.report.notes import notes_text
from clipperf.report.pictures import draw_pictures
from clipperf.report.scaling_text import scaling_text
from clipperf.report.scope_note import scope_text
from clipperf.report.spread import control_text, repeats_text
from clipperf.report.table import table_text
from clipperf.results.folder import CONTROL, RESULTS, read_json
from clipperf.results.frame import read_rows


@dataclass(frozen=True)
class FolderReport:
    """The rows of a run folder, and what a reader has to know under their table."""

    frame: pd.DataFrame
    notes: str


def write_report(folder: Path) -> FolderReport:
    """Writes ``table.md`` and the pictures of a run folder from its ``results.csv``.

    Raises UsageError where the folder has no ``results.csv`` or clipperf cannot read it.
    """
    report = write_table(folder)
    draw_pictures(report.frame, folder)
    return report


def write_table(folder: Path) -> FolderReport:
    """The same without pictures, for rows that lie on no grid."""
    frame = read_results(folder)
    control = control_text(read_json(folder / CONTROL))
    parts = (notes_text(frame), scope_text(frame), scaling_text(frame), repeats_text(frame), control)
    notes = "\n\n".join(part for part in parts if part)
    (folder / "table.md").write_text(markdown_text(table_text(frame, "github"), notes), encoding="utf-8")
    return FolderReport(frame, notes)


def read_results(folder: Path) -> pd.DataFrame:
    """The rows of a run folder; raises UsageError where it has none or clipperf cannot read them."""
    results = folder / RESULTS
    if not results.is_file():
        raise UsageError(f"{folder} has no results.csv; give a run folder of clipperf, such as one under reports/.")
    return read_rows(results)


def markdown_text(table: str, notes: str) -> str:
    """A table with its notes as a block of code, so that what a log says is never read as markup."""
    block = "".join(f"    {line}".rstrip() + "\n" for line in notes.splitlines())
    return f"{table}\n\n{block}" if notes else f"{table}\n"
