"""A history on a file, and nights put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from nights import night

from clipperf.history.adding import add_run
from clipperf.history.address import address_of
from clipperf.history.database import History, open_history
from clipperf.history.entry import RunEntry
from clipperf.results.frame import frame_of, records

AddNight = Callable[..., None]


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """A new one."""
    with open_history(address_of(str(tmp_path / "history.sqlite"))) as opened:
        yield opened


@pytest.fixture
def add_night(history: History) -> AddNight:
    """Puts rows into a night of that number."""

    def add(number: int, rows: Sequence[dict[str, Any]], environment: dict[str, Any] | None = None) -> None:
        begun = f"{night(number)}T02:00:00+00:00"
        full = tuple(records(frame_of([{**row, "started_at": begun} for row in rows])))
        name = f"run-{number}-{full[0]['host']}"
        entry = RunEntry(name[:16], name, f"/runs/{name}", night(number), True, environment or {}, full)
        add_run(history, entry)

    return add
