"""Run folders written by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from clipperf.results.folder import create_folder
from clipperf.results.night import mark_night
from tests.rows import Row


def run_folder(path: Path, *rows: Row, night: str | None = None, environment: dict[str, Any] | None = None) -> Path:
    """A run folder of its own environment with these rows, marked as that night's."""
    with create_folder(path) as folder:
        folder.begin(None, {"host": "box", "uptime_s": str(path)} if environment is None else environment)
        for row in rows:
            folder.append({"run_id": path.name, **{name: cell for name, cell in row.items() if name != "run_id"}})
    if night is not None:
        mark_night(path, date.fromisoformat(night))
    return path
