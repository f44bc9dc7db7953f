"""What a reader has to know under a table: warnings, each once, and the cases without figures."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import pandas as pd

from clipperf.analysis.circumstances import circumstances, label, ordered, varying
from clipperf.analysis.series import MEASURED
from clipperf.report.grid import text_cells
from clipperf.report.safe_text import safe_text
from clipperf.results.warning_cell import warnings_in

WIDTH = 100
_MOST_GROUPS = 6
_MOST_LINES = 4


def notes_text(frame: pd.DataFrame) -> str:
    """The warnings grouped by code, then the cases without figures with their errors; empty where there is neither.

    Where the sentences of one code differ between rows (they may hold figures), the first stands for all.
    """
    rows = ordered(frame.reset_index(drop=True)).reset_index(drop=True)
    warned: dict[str, list[tuple[int, str, str]]] = {}
    for position, cell in enumerate(rows["warnings"]):
        for warning in warnings_in(cell):
            warned.setdefault(warning["code"], []).append((position, warning["sentence"], warning["remedy"]))
    notes = [_warning(rows, code, rows_of_code) for code, rows_of_code in sorted(warned.items())]

    lost = rows[~rows["status"].isin(MEASURED)]
    said = lost[["status", "error_kind", "error"]].fillna("").itertuples(index=False, name=None)
    same: dict[tuple[str, ...], list[int]] = {}
    for position, what in zip(lost.index, said, strict=True):
        same.setdefault(what, []).append(position)
    for (status, kind, error), positions in same.items():
        cause = f" ({kind})" if kind and kind != status else ""
        notes.append(note_text(f"{status or 'no status'}{cause}", case_names(rows, positions), _few_lines(error)))
    return "\n\n".join(notes)


def case_names(rows: pd.DataFrame, positions: Sequence[int]) -> str:
    """The cases at those positions, by what tells them apart: ``instances 2: batch 1, 2; instances 4: batch 1``."""
    if len(set(positions)) == len(rows) > 1:
        return "every case"
    texts = circumstances(rows)
    columns = varying(texts)
    batches: dict[str, list[str]] = {}
    sizes_told = text_cells(rows["batch_size"])
    for position in positions:
        named = batches.setdefault(label(texts.iloc[position], columns), [])
        batch = sizes_told[position]
        if batch not in named:
            named.append(batch)
    has_sweep = rows["batch_size"].nunique() > 1
    names = [
        f"{name}: batch {', '.join(sizes)}" if name and has_sweep else name or f"batch {', '.join(sizes)}"
        for name, sizes in batches.items()
    ]
    more = len(names) - _MOST_GROUPS
    return "; ".join(names[:_MOST_GROUPS]) + (f"; and {more} more" if more > 0 else "")


def note_text(heading: str, cases: str, lines: Sequence[str]) -> str:
    """One note: a heading and the cases it is about, then its sentences."""
    wrapped = [_wrapped(line, "  ", "  ") for line in lines if line]
    return "\n".join([_wrapped(f"{heading} · {cases}", "", "    "), *wrapped])


def _wrapped(line: str, first: str, others: str) -> str:
    """Not broken at hyphens, so that a flag can be copied."""
    return textwrap.fill(safe_text(line), WIDTH, initial_indent=first, subsequent_indent=others, break_on_hyphens=False)


def _warning(rows: pd.DataFrame, code: str, warned: list[tuple[int, str, str]]) -> str:
    sentences = list(dict.fromkeys(sentence for _, sentence, _ in warned))
    remedies = list(dict.fromkeys(remedy for _, _, remedy in warned if remedy))
    first = f"{case_names(rows, [warned[0][0]])}: " if len(sentences) > 1 else ""
    lines = [first + sentences[0], *([f"→ {remedies[0]}"] if remedies else [])]
    return note_text(code, case_names(rows, [position for position, _, _ in warned]), lines)


def _few_lines(error: str) -> list[str]:
    lines = [line for line in error.splitlines() if line.strip()]
    # The sentence comes first and the cause of a crash stands last in its log; the middle is in the log itself.
    return lines if len(lines) <= _MOST_LINES else [lines[0], "…", *lines[2 - _MOST_LINES :]]
