"""Adds runs to a history: the same run twice is one, and what its folder holds now is what counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from clipperf.history.database import History
from clipperf.history.entry import RunEntry, environment_text
from clipperf.history.identity import circumstances_key, series_key
from clipperf.history.tables import CIRCUMSTANCE_COLUMNS, ROW_COLUMNS, SERIES_COLUMNS, circumstances, rows, runs, series

_AT_ONCE = 500
"""Keys in one question; SQLite before 3.32 takes at most 999."""


def add_run(history: History, entry: RunEntry) -> None:
    """Puts all rows of a run into the history, or none; what it held of the same run is replaced.

    Raises HistoryError where the database cannot take them; the run folder has them all the same.
    """
    series_keys = [series_key(row) for row in entry.rows]
    circumstance_keys = [circumstances_key(row) for row in entry.rows]
    with history.writing() as connection:
        run = _run_number(connection, entry)
        ids = _numbers(connection, series, _parts(series_keys, entry.rows, SERIES_COLUMNS))
        around = _numbers(connection, circumstances, _parts(circumstance_keys, entry.rows, CIRCUMSTANCE_COLUMNS))
        connection.execute(delete(rows).where(rows.c.run == run))
        connection.execute(
            insert(rows),
            [
                {
                    "run": run,
                    "position": position,
                    "series": ids[of_series],
                    "circumstances": around[of_circumstances],
                    "night": entry.night,
                    **{name: row[name] for name in ROW_COLUMNS},
                }
                for position, (row, of_series, of_circumstances) in enumerate(
                    zip(entry.rows, series_keys, circumstance_keys, strict=True)
                )
            ],
        )


def _run_number(connection: Connection, entry: RunEntry) -> int:
    """The number of the run, which from here on no other connection can change."""
    first = entry.rows[0]
    values = {
        "run_id": entry.run_id,
        "folder": entry.folder,
        "night": entry.night,
        "is_nightly": entry.is_nightly,
        "host": first["host"],
        "profile": first["profile"],
        "git_rev": first["git_rev"],
        "rows": len(entry.rows),
        "failed": entry.failed,
        "environment": environment_text(entry.environment),
        "added_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    adding = insertion(connection, runs).values(key=entry.key, **values)
    connection.execute(adding.on_conflict_do_update(index_elements=["key"], set_=values))
    return int(connection.execute(select(runs.c.id).where(runs.c.key == entry.key)).scalar_one())


def _parts(keys: Sequence[str], of: Sequence[Mapping[str, Any]], names: Iterable[str]) -> dict[str, dict[str, Any]]:
    names = tuple(names)
    return {key: {name: row[name] for name in names} for key, row in zip(keys, of, strict=True)}


def _numbers(connection: Connection, table: Table, parts: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """The number of each key in a table of parts; those that the table lacks are added."""
    known = dict(_known(connection, table, sorted(parts)))
    # In one order always: two that add the same keys would else wait for each other for ever.
    lacking = sorted(parts.keys() - known.keys())
    if lacking:
        adding = insertion(connection, table).on_conflict_do_nothing(index_elements=["key"])
        connection.execute(adding, [{"key": key, **parts[key]} for key in lacking])
        known.update(_known(connection, table, lacking))
    return known


def _known(connection: Connection, table: Table, keys: Sequence[str]) -> Iterator[tuple[str, int]]:
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        yield from connection.execute(select(table.c.key, table.c.id).where(table.c.key.in_(some)))


def insertion(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insertion that can be told what to do where the key is there already, in the words of the database."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
