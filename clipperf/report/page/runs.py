"""The page of run folders: the same as that of a night, without verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from clipperf.report.caption import requests, shared
from clipperf.report.folder_report import FolderReport
from clipperf.report.page.best_table import best_table
from clipperf.report.page.content import Page
from clipperf.report.page.curves import curve_charts, energy_charts
from clipperf.report.page.pictures import pictures_in
from clipperf.report.page.references import References
from clipperf.report.page.rows_table import rows_table
from clipperf.report.page.surroundings import differences, environments_of
from clipperf.report.page.troubles import failures_of, warned_in
from clipperf.results.folder import ENVIRONMENT, RESULTS, read_json
from clipperf.results.frame import read_rows
from clipperf.results.schema import FAILURES


def page_of_runs(report: FolderReport, folders: Sequence[Path], out: Path) -> Page:
    """What ``out``/index.html holds of the runs in ``folders``, whose rows are those of ``report``, in order.

    Several runs are put side by side, and the environments of the others held against that of the first.
    """
    frame = report.frame
    places = [folder for folder in folders for _ in range(len(read_rows(folder / RESULTS)))]
    runs = dict(zip(_names(folders), folders, strict=True))
    references = References(frame, [read_json(folder / ENVIRONMENT) for folder in folders])
    charts = curve_charts(frame, (references.beside,))
    failed = int(frame["status"].isin(FAILURES).sum())
    best = best_table(frame)
    return Page(
        title=" and ".join(runs) if len(runs) < 4 else f"{len(runs)} runs",
        headline=_headline(len(frame), failed, len(folders)),
        state="failed" if failed else "",
        told=_told(frame),
        curves=[*charts, *references.alone()],
        energy=energy_charts(frame),
        tables=[*([best] if best else []), *([] if frame.empty else [rows_table(frame, "Every case")])],
        warned=warned_in(frame),
        failures=failures_of(frame, places, out),
        changes=differences(runs) if len(runs) > 1 else None,
        environments=environments_of(runs),
        notes=report.notes,
        pictures=pictures_in(out),
    )


def _names(folders: Sequence[Path]) -> list[str]:
    names = [folder.resolve().name for folder in folders]
    return [name if names.count(name) == 1 else str(folder) for name, folder in zip(names, folders, strict=True)]


def _headline(rows: int, failed: int, runs: int) -> str:
    measured = f"{rows} {'row' if rows == 1 else 'rows'}" + (f" of {runs} runs" if runs > 1 else "")
    return f"{measured}, {failed} failed." if failed else f"{measured}, none failed."


def _told(frame: pd.DataFrame) -> list[str]:
    return [part for part in (*shared(frame), requests(frame)) if part]
