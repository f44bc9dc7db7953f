"""The report of a run of ``clipperf tune``, made from its rows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from clipperf.analysis.operating_points import Figure
from clipperf.analysis.tune_answer import TuneAnswer
from clipperf.report.caption import shared
from clipperf.report.folder_report import markdown_text
from clipperf.report.grid import Style, escape
from clipperf.report.notes import notes_text
from clipperf.report.side_by_side import side_by_side
from clipperf.report.tune_points import points_text
from clipperf.report.tune_sentences import titles, tune_sentences
from clipperf.results.frame import frame_of
from clipperf.results.schema import MEASURED

_IN_BLOCKS = ("qps", "p50", "p90", "p95", "p99")
"""Figures that every block has."""


def tune_text(answer: TuneAnswer, style: Style = "plain") -> str:
    """Caption, the second measurements side by side, the sentences, and the points that were measured."""
    rows = [row for each in answer.known.values() for row in each.rows]
    caption = escape(" · ".join(part for part in shared(frame_of(rows)) if part), style)
    parts = [caption, *([_blocks(answer, style)] if answer.finals else [])]
    # Two spaces at its end keep a line of Markdown a line.
    end = "  \n" if style == "github" else "\n"
    parts.append(end.join(escape(sentence, style) for sentence in tune_sentences(answer)))
    parts.append("The points that the search measured:\n\n" + points_text(answer, style))
    return "\n\n".join(parts)


def tune_notes(frame: pd.DataFrame) -> str:
    """The notes on the second measurements and on what failed: of a glance nobody asks whether its p99 is known."""
    return notes_text(frame[frame["side"].notna() | ~frame["status"].isin(MEASURED)].assign(side=None))


def write_tune(answer: TuneAnswer, folder: Path, notes: str) -> None:
    """Writes ``tune.md`` into the folder, with the notes under it."""
    (folder / "tune.md").write_text(markdown_text(tune_text(answer, "github"), notes), encoding="utf-8")


def _blocks(answer: TuneAnswer, style: Style) -> str:
    called = titles(answer)
    order = sorted(answer.finals.values(), key=lambda final: final is not answer.chosen)
    named = {called[final.case_id]: final.block for final in order}
    more: dict[str, list[Figure | None]] = {}
    quantity = answer.goal.quantity
    if quantity.name not in _IN_BLOCKS:
        more[f"{quantity.name} ({quantity.unit})"] = [final.figure for final in order]
    for constraint in answer.goal.constraints:
        if constraint.name not in _IN_BLOCKS and constraint.name != quantity.name:
            unit = f" ({constraint.quantity.unit})" if constraint.quantity.unit else ""
            more[f"{constraint.name}{unit}"] = [final.judged[constraint] for final in order]
    return side_by_side(named, style, more=more)
