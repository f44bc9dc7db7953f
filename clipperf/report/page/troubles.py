"""Warnings, each once with its cases, and cases without figures with the last lines of their logs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from clipperf.analysis.circumstances import circumstances, label, ordered, varying
from clipperf.analysis.series import MEASURED
from clipperf.report.notes import case_names
from clipperf.report.page.content import Failure, Warned
from clipperf.results.warning_cell import warnings_in

_LINES = 20
_BYTES = 16_000
_MOST = 200


def warned_in(frame: pd.DataFrame) -> list[Warned]:
    """The warnings of a frame by their codes; where sentences differ, the first stands for all."""
    rows = ordered(frame.reset_index(drop=True)).reset_index(drop=True)
    found: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for position, cell in enumerate(rows["warnings"]):
        for warning in warnings_in(cell):
            found.setdefault(warning["code"], []).append((position, warning))
    return [
        Warned(code, own[0][1]["sentence"], own[0][1]["remedy"], case_names(rows, [position for position, _ in own]))
        for code, own in sorted(found.items())
    ]


def failures_of(frame: pd.DataFrame, folders: Sequence[Path], page: Path) -> list[Failure]:
    """The cases without figures; ``folders`` has the run folder of each row, ``page`` is the folder of the page."""
    rows = frame.reset_index(drop=True)
    texts = circumstances(rows) if len(rows) else rows
    columns = varying(texts) if len(rows) else []
    found = []
    for position in rows.index[~rows["status"].isin(MEASURED)][:_MOST]:
        row = rows.loc[position].astype("object").where(rows.loc[position].notna(), None)
        batch = "" if row["batch_size"] is None else f"batch {row['batch_size']}"
        named = " · ".join(part for part in (label(texts.loc[position], columns), batch) if part)
        log = log_of(folders[position], row["case_id"], row["repeat"])
        kind = f" ({row['error_kind']})" if row["error_kind"] and row["error_kind"] != row["status"] else ""
        found.append(
            Failure(
                case=named or str(row["model"] or "a case"),
                status=f"{row['status'] or 'no status'}{kind}",
                error=row["error"] or "",
                tail="" if log is None else _tail(log),
                log="" if log is None else quote(os.path.relpath(log, page)),
            )
        )
    return found


def log_of(folder: Path, case_id: object, repeat: object) -> Path | None:
    """The log of a case; None where there is none, or where a table of somebody else's names one elsewhere."""
    logs = (folder / "logs").resolve()
    path = (logs / f"{case_id}-{repeat}.log").resolve()
    return path if path.parent == logs and path.is_file() else None


def _tail(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _BYTES))
        text = file.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-_LINES:])
