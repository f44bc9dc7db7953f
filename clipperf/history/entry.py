"""A run folder as the history takes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from clipperf.errors import UsageError
from clipperf.history.identity import key_of, storable
from clipperf.results.folder import ENVIRONMENT, RESULTS, read_json
from clipperf.results.frame import Row, read_rows, records
from clipperf.results.night import day_of, marked_night
from clipperf.results.schema import FAILURES


@dataclass(frozen=True)
class RunEntry:
    """One run: ``key`` is the same whenever its folder is read, also after it was moved, copied or gone on with."""

    key: str
    run_id: str
    folder: str
    night: date
    is_nightly: bool
    environment: dict[str, Any]
    rows: tuple[Row, ...]

    @property
    def failed(self) -> int:
        """How many rows failed, timed out or answered wrongly."""
        return sum(row["status"] in FAILURES for row in self.rows)


def read_entry(folder: Path) -> RunEntry:
    """What the history keeps of a run folder.

    Raises UsageError where it is no run folder, has no row yet, or clipperf cannot read it.
    """
    if not (folder / RESULTS).is_file():
        raise UsageError(f"{folder} has no {RESULTS}; give a run folder of clipperf, such as one under reports/.")
    frame = read_rows(folder / RESULTS)
    if frame.empty:
        raise UsageError(f"{folder} has no row yet, so that there is nothing to add to the history.")
    rows = tuple(_storable(row) for row in records(frame))
    night = marked_night(folder)
    return RunEntry(
        # Two runs may have one name, as --out gives it. The first row and the environment are written once.
        key=key_of([rows[0]["run_id"], rows[0]["started_at"], _digest(folder / ENVIRONMENT)]),
        run_id=rows[0]["run_id"] or folder.name,
        folder=storable(str(folder.resolve())),
        night=night or day_of(folder, frame),
        is_nightly=night is not None,
        environment=read_json(folder / ENVIRONMENT),
        rows=rows,
    )


def run_folders(places: Sequence[Path]) -> Iterator[Path]:
    """Every run folder among ``places`` and below them, each once, in the order of their names.

    Raises UsageError where a place holds none.
    """
    seen = set()
    for place in places:
        found = sorted(path.parent for path in place.rglob(RESULTS))
        if not found:
            raise UsageError(f"{place} is no run folder and holds none; give one, or a folder of them.")
        for folder in found:
            if folder.resolve() not in seen:
                seen.add(folder.resolve())
                yield folder


def environment_text(environment: dict[str, Any]) -> str:
    """The environment as the history keeps it; JSON's escapes hold what a database would refuse."""
    return json.dumps(environment, sort_keys=True)


def _storable(row: Row) -> Row:
    return {name: storable(value) if isinstance(value, str) else value for name, value in row.items()}


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""
