"""How each kind of database is connected to, so that several may write and none waits for ever."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from clipperf.history.address import Address

WRITES = "clipperf_writes"
"""The execution option of a connection that is going to write."""

_WAIT_S = 30
"""How long to wait for another writer; a run of 1,000 rows is written in well under a second."""

_CONNECT_S = 10
_WAIT_FOR_LOCKS = f"SELECT set_config('lock_timeout', '{_WAIT_S}s', true) WHERE current_setting('lock_timeout') = '0'"


def engine_of(address: Address) -> Engine:
    """Connections to the database of an address; what its URL says of them goes before what is said here."""
    is_file = address.file is not None
    defaults = {"timeout": _WAIT_S} if is_file else {"connect_timeout": _CONNECT_S, "application_name": "clipperf"}
    arguments = {name: value for name, value in defaults.items() if name not in address.url.query}
    # A connection is made in milliseconds; one that was kept would be dead after a case of an hour.
    engine = create_engine(address.url, poolclass=NullPool, connect_args=arguments)
    if is_file:
        event.listen(engine, "connect", _connected_to_sqlite)
        event.listen(engine, "begin", _begun_in_sqlite)
    else:
        event.listen(engine, "begin", _begun_in_postgresql)
    return engine


def reading_options(address: Address) -> dict[str, Any]:
    """The execution options by which all that one connection reads is of one moment; a transaction of SQLite is so."""
    return {} if address.file is not None else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def let_readers_and_a_writer_in(engine: Engine) -> None:
    """Turns SQLite's write-ahead log on, which the file remembers: whoever reads and the one who writes do not wait."""
    if engine.dialect.name != "sqlite":
        return
    # Another may be turning it on just now, or the file system have no shared memory; the file works all the same.
    with engine.connect() as connection, contextlib.suppress(sqlite3.OperationalError):
        connection.connection.cursor().execute("PRAGMA journal_mode = WAL")


def give_room_back(engine: Engine) -> None:
    """Makes SQLite's file as small as what is in it; a server does so by itself."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        connection.connection.cursor().execute("VACUUM")


def _connected_to_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # Else the driver begins transactions by itself, and none for what changes tables.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _begun_in_sqlite(connection: Connection) -> None:
    # Who first reads and then writes may find that another wrote in between, for which there is no waiting.
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begun_in_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(WRITES):
        connection.exec_driver_sql(_WAIT_FOR_LOCKS)
