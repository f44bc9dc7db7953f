"""The report of a run of ``clipperf capacity``, made again from its rows alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from clipperf.analysis.capacity import Capacity
from clipperf.analysis.objective import Objective
from clipperf.report.capacity_sentences import capacity_notes, capacity_sentences
from clipperf.report.capacity_table import answers_text, rates_text
from clipperf.report.caption import requests, shared
from clipperf.report.folder_report import markdown_text
from clipperf.report.grid import Style, escape
from clipperf.report.rate_picture import draw_rate_picture
from clipperf.results.frame import frame_of


def capacity_text(found: Sequence[Capacity], objective: Objective, style: Style = "plain") -> str:
    """Caption, the answer in sentences, of several configurations also as a table, and all rates; takes at least one
    configuration.
    """
    frame = frame_of([trial.row for one in found for trial in one.trials] or [one.closed for one in found])
    caption = escape(" · ".join(part for part in (*shared(frame), requests(frame)) if part), style)
    # Two spaces at its end keep a line of Markdown a line.
    end = "  \n" if style == "github" else "\n"
    sentences = end.join(escape(sentence, style) for sentence in capacity_sentences(found, objective))
    answers = [answers_text(found, objective, style)] if len(found) > 1 else []
    has_rates = any(one.trials for one in found)
    rates = ["The rates that were offered:\n\n" + rates_text(found, objective, style)] if has_rates else []
    return "\n\n".join([caption, sentences, *answers, *rates])


def write_capacity(found: Sequence[Capacity], objective: Objective, folder: Path, notes_of_rows: str) -> str:
    """Writes ``capacity.md``, ``rate.png`` and ``rate.svg`` into the folder, and gives the notes under the answer."""
    notes = "\n\n".join([*capacity_notes(found, objective), *([notes_of_rows] if notes_of_rows else [])])
    text = capacity_text(found, objective, "github")
    (folder / "capacity.md").write_text(markdown_text(text, notes), encoding="utf-8")
    draw_rate_picture(found, objective, folder)
    return notes
