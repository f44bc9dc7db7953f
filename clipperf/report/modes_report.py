"""The report of a run of ``clipperf modes``, made again from its rows alone."""

from __future__ import annotations

from pathlib import Path

from clipperf.analysis.modes_answer import Answer
from clipperf.report.caption import requests, shared
from clipperf.report.folder_report import markdown_text
from clipperf.report.grid import Style, escape
from clipperf.report.modes_blocks import blocks_text
from clipperf.report.modes_points import points_text
from clipperf.report.modes_sentences import modes_notes, modes_sentences
from clipperf.report.pareto_picture import draw_pareto
from clipperf.results.frame import frame_of


def modes_text(answer: Answer, style: Style = "plain") -> str:
    """Caption, the blocks side by side, the sentences, and the points of the grid."""
    points = answer.found.grid.points
    frame = frame_of([point.row for point in points] or [row for row, _ in answer.found.grid.left_out])
    caption = escape(" · ".join(part for part in (*shared(frame), requests(frame)) if part), style)
    blocks = [blocks_text(answer, style)] if answer.blocks else []
    # Two spaces at its end keep a line of Markdown a line.
    end = "  \n" if style == "github" else "\n"
    sentences = end.join(escape(sentence, style) for sentence in modes_sentences(answer))
    table = ["The points of the grid:\n\n" + points_text(answer.found, style)] if points else []
    return "\n\n".join([caption, *blocks, sentences, *table])


def write_modes(answer: Answer, folder: Path, notes_of_rows: str) -> str:
    """Writes ``modes.md``, ``pareto.png`` and ``pareto.svg`` into the folder, and gives the notes under the answer."""
    notes = "\n\n".join([*modes_notes(answer), *([notes_of_rows] if notes_of_rows else [])])
    (folder / "modes.md").write_text(markdown_text(modes_text(answer, "github"), notes), encoding="utf-8")
    draw_pareto(answer, folder)
    return notes
