"""Brings the tables of an older history to those of today, and refuses those of tomorrow.

Two things change. Columns of rows are added by every version of the schema: what ``results.schema`` lists and the
table lacks is added, empty, without a line of code here; that is why there is no Alembic, whose scripts would be a
second list. Whatever else changes gets a step of its own at the end of ``STEPS``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import Column, Connection, func, insert, inspect, select, text
from sqlalchemy.schema import CreateColumn

from clipperf.errors import HistoryError
from clipperf.history.tables import metadata, migrations, rows

Step = Callable[[Connection], None]

STEPS: tuple[Step, ...] = ()
"""What turns the tables of version 1 into those of 2, of 2 into those of 3, and so on. None is ever changed again.

A new history needs none of them: it is made as ``tables`` has it.
"""

_LOCK = 0x636C6970
"""The number of an advisory lock of PostgreSQL: "clip"."""


def is_current(connection: Connection, place: str) -> bool:
    """Whether nothing is left to be done; raises HistoryError where a newer clipperf has migrated the history."""
    version = _version(connection)
    if version > _newest():
        raise HistoryError(
            f"--history {place}: its tables are of version {version}, this clipperf knows up to {_newest()}; "
            "update clipperf."
        )
    return version == _newest() and not _lacking(connection)


def migrate(connection: Connection) -> None:
    """Makes the tables, or applies what is left; does nothing where another has just done so."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    version = _version(connection)
    if version == 0:
        metadata.create_all(connection)
        _note(connection, _newest())
    for number, step in enumerate(STEPS[version - 1 :] if version else (), version + 1):
        step(connection)
        _note(connection, number)
    for column in _lacking(connection):
        definition = CreateColumn(column).compile(dialect=connection.dialect)
        connection.exec_driver_sql(f"ALTER TABLE {rows.name} ADD COLUMN {definition}")


def _newest() -> int:
    return len(STEPS) + 1


def _version(connection: Connection) -> int:
    """That of the tables there are; 0 where there are none."""
    if not inspect(connection).has_table(migrations.name):
        return 0
    return connection.execute(select(func.max(migrations.c.number))).scalar() or 0


def _note(connection: Connection, version: int) -> None:
    applied_at = datetime.now(UTC).isoformat(timespec="seconds")
    connection.execute(insert(migrations), {"number": version, "applied_at": applied_at})


def _lacking(connection: Connection) -> list[Column[object]]:
    there = connection.execute(select(text("*")).select_from(rows).limit(0)).keys()
    return [column for column in rows.columns if column.name not in there]
