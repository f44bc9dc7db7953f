"""Several run folders in one table and one picture, made from their rows alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from clipperf.errors import UsageError
from clipperf.report.folder_report import FolderReport, markdown_text, read_results
from clipperf.report.notes import notes_text
from clipperf.report.pictures import draw_pictures
from clipperf.report.scaling_text import scaling_text
from clipperf.report.scope_note import scope_text
from clipperf.report.spread import control_text, repeats_text
from clipperf.report.table import table_text
from clipperf.results.folder import CONTROL, read_json


def write_joint_report(folders: Sequence[Path], out: Path) -> FolderReport:
    """Writes ``table.md`` and the pictures of all the rows into the folder ``out``.

    Raises UsageError where a folder has no rows that can be read, is given twice, or ``out`` cannot be written to.
    """
    frame = joint_frame(folders)
    controls = [control_text(read_json(folder / CONTROL), folder.name) for folder in folders]
    parts = (notes_text(frame), scope_text(frame), scaling_text(frame), repeats_text(frame), *controls)
    notes = "\n\n".join(part for part in parts if part)
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "table.md").write_text(markdown_text(table_text(frame, "github"), notes), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--out {out}: it cannot be written to ({error.strerror}).") from None
    draw_pictures(frame, out)
    return FolderReport(frame, notes)


def joint_frame(folders: Sequence[Path]) -> pd.DataFrame:
    """The rows of all folders; where two runs have one name, ``run_id`` is the path that was given."""
    places = [folder.resolve() for folder in folders]
    for folder, place in zip(folders, places, strict=True):
        if places.count(place) > 1:
            raise UsageError(f"{folder} is given twice; a row counts once, so leave one out.")
    frames = [read_results(folder) for folder in folders]
    names = [set(frame["run_id"].dropna()) for frame in frames]
    for number, (folder, frame) in enumerate(zip(folders, frames, strict=True)):
        others = set[str]().union(*(other for place, other in enumerate(names) if place != number))
        if names[number] & others:
            frame["run_id"] = str(folder)
    return pd.concat(frames, ignore_index=True).astype(frames[0].dtypes.to_dict())
