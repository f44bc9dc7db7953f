"""The night that a run belongs to, kept in its folder so that a history made again has it too."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from clipperf.errors import UsageError
from clipperf.results.folder import RESULTS, read_json

NIGHT = "night.json"
"""Only a folder that has it is one of a series of nights; any other run has a date, and is judged with none."""


def mark_night(folder: Path, night: date) -> None:
    """Makes the run of a folder that night's; raises UsageError where the folder cannot be written to."""
    try:
        (folder / NIGHT).write_text(json.dumps({"night": night.isoformat()}) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{folder / NIGHT}: it cannot be written ({error.strerror}).") from None


def marked_night(folder: Path) -> date | None:
    """The night that the run of a folder was marked with, else None; raises UsageError where it is no date."""
    told = read_json(folder / NIGHT).get("night")
    if told is None:
        return None
    try:
        return date.fromisoformat(told)
    except (TypeError, ValueError):
        raise UsageError(f"{folder / NIGHT}: {told!r} is no date; write it as 2026-11-20.") from None


def day_of(folder: Path, frame: pd.DataFrame) -> date:
    """The UTC day on which the first case began; that of the file where no row tells, as of imported logs."""
    begun = frame["started_at"].dropna()
    try:
        return datetime.fromisoformat(str(begun.iloc[0])).astimezone(UTC).date()
    except (IndexError, ValueError):
        return datetime.fromtimestamp((folder / RESULTS).stat().st_mtime, UTC).date()
