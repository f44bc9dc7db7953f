"""The page of a night."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from clipperf.analysis.night_summary import CASE_FAILED, REGRESSED, TOO_NOISY_TO_SAY, NightSummary, exit_code
from clipperf.analysis.night_verdict import SUSPECTED
from clipperf.report.folder_report import read_results
from clipperf.report.night_sentences import headline
from clipperf.report.page.before import last_good
from clipperf.report.page.content import Cell, Column, Line, Page, Table
from clipperf.report.page.curves import curve_charts, energy_charts
from clipperf.report.page.pictures import pictures_in
from clipperf.report.page.references import References
from clipperf.report.page.rows_table import rows_table
from clipperf.report.page.surroundings import environments_of
from clipperf.report.page.told_nights import earlier_links
from clipperf.report.page.trends import MOST_NIGHTS, trends_of
from clipperf.report.page.troubles import failures_of, warned_in
from clipperf.report.page.verdicts import news_of, quiet_text, verdict_table
from clipperf.results.folder import ENVIRONMENT, RESULTS, read_json

_STATES = {CASE_FAILED: "failed", REGRESSED: "regression", TOO_NOISY_TO_SAY: "too noisy"}
_SWEEP_COLUMNS = (
    Column("sweep"), Column("rows", is_figure=True), Column("failed", is_figure=True), Column("ended early by"),
)  # fmt: skip


def night_frame(summary: NightSummary) -> tuple[pd.DataFrame | None, list[Path]]:
    """The rows of tonight's sweeps, None where there are none, and the run folder of each row."""
    folders = [each.folder for each in summary.sweeps if (each.folder / RESULTS).is_file()]
    frames = [read_results(folder) for folder in folders]
    places = [folder for folder, frame in zip(folders, frames, strict=True) for _ in range(len(frame))]
    if not places:
        return None, []
    return pd.concat(frames, ignore_index=True).astype(frames[0].dtypes.to_dict()), places


def page_of_night(summary: NightSummary, folder: Path) -> Page:
    """All that the page ``folder``/index.html of a night holds.

    Rows, logs and environments are read from the run folders of its sweeps, earlier nights from beside ``folder``.
    """
    frame, places = night_frame(summary)
    runs = {each.name: each.folder for each in summary.sweeps}
    trends = trends_of(summary)
    page = Page(
        title=f"Night of {summary.night}",
        headline=headline(summary),
        state=_state(summary),
        told=[f"host {summary.host}", f"a change counts from {100 * summary.threshold:g} %"],
        news=news_of(summary),
        quiet=quiet_text(summary),
        trends=trends.trends,
        nights=[night.isoformat() for night in trends.nights],
        older=_older(trends.nights),
        unfit=summary.unfit,
        changes=summary.changes,
        environments=environments_of(runs),
        links=earlier_links(folder),
        pictures=pictures_in(folder),
    )
    tables = [verdict_table(summary)] if summary.verdicts or summary.control else []
    sweeps = _sweeps(summary)
    if frame is None:
        return replace(page, tables=[*tables, sweeps])
    environments = [read_json(place / ENVIRONMENT) for place in runs.values()]
    references = References(frame, environments)
    charts = curve_charts(frame, (last_good(summary).beside, references.beside))
    return replace(
        page,
        curves=[*charts, *references.alone()],
        energy=energy_charts(frame),
        tables=[*tables, rows_table(frame, "Every case of tonight"), sweeps],
        warned=warned_in(frame),
        failures=failures_of(frame, places, folder),
    )


def _state(summary: NightSummary) -> str:
    code = exit_code(summary)
    return _STATES.get(code) or ("suspected" if summary.of_kind(SUSPECTED) else "quiet")


def _older(nights: Sequence[date]) -> str:
    """Where the nights before those of the page are."""
    if len(nights) < MOST_NIGHTS:
        return ""
    return (
        f"The page holds {MOST_NIGHTS} nights, from {nights[0]} on; those before are on earlier pages, and all of a "
        "series in what clipperf history export --series KEY writes."
    )


def _sweeps(summary: NightSummary) -> Table:
    lines = [
        Line([Cell(each.name), Cell(str(each.rows)), Cell(str(each.failed)), Cell(each.error)])
        for each in summary.sweeps
    ]
    return Table("sweeps", "The sweeps of tonight", _SWEEP_COLUMNS, lines)
