"""What keeps a database from being read or written, in sentences that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from clipperf.errors import HistoryError

_MAKE_AGAIN = "move it away and make it again from the run folders: clipperf history rebuild reports"
_LOCKED = "another program has kept it locked for longer than clipperf waits; try again when that is done"
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: "the disk is full, or the file may not grow; make room",
    sqlite3.SQLITE_READONLY: "it is read-only; write as a user who may, and not with mode=ro",
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened; look at its folder and at the rights to both",
    sqlite3.SQLITE_PERM: "the file may not be opened; look at its folder and at the rights to both",
    sqlite3.SQLITE_NOTADB: f"the file is no SQLite database; give another, or {_MAKE_AGAIN}",
    sqlite3.SQLITE_CORRUPT: f"the file is damaged; {_MAKE_AGAIN}",
    sqlite3.SQLITE_IOERR: "the disk could not be read or written; look at it, and at the system's log",
}
"""By https://sqlite.org/rescode.html; the upper bits of a code only say more of the same."""

_OF_POSTGRESQL = {
    "53100": "the server's disk is full; make room there",
    "53300": "the server has no connection free; try again later",
    "25006": "the server takes no writes now, as a standby does not; name the one that does",
    "42501": "the user may not do that; let him create tables and write, or take one who may",
    "55P03": _LOCKED,
    "40P01": "another program wrote the same at the same time; try again",
    "57P01": "the server was shut down; try again when it is up",
    "28P01": "the server refuses the user or the password; look at both, or at ~/.pgpass",
    "28000": "the server refuses the user or the password; look at both, or at ~/.pgpass",
    "3D000": "the server has no such database; make it with createdb",
}
"""By https://www.postgresql.org/docs/current/errcodes-appendix.html."""

_SAID = {
    "password authentication failed": "28P01",
    "no password supplied": "28P01",
    "no pg_hba.conf entry": "28000",
    "does not exist": "3D000",
    "too many clients": "53300",
    "remaining connection slots": "53300",
    "terminating connection due to administrator command": "57P01",
}
"""A connection that is not made, or is cut, has no code with every version of the driver, only the server's words."""


@contextmanager
def told_plainly(place: str) -> Iterator[None]:
    """Raises HistoryError, one sentence, in place of what the database or its driver raises."""
    try:
        yield
    except DBAPIError as error:
        raise HistoryError(f"--history {place}: {_reason(error.orig)}.") from error
    # What is done outside of transactions goes past SQLAlchemy.
    except sqlite3.Error as error:
        raise HistoryError(f"--history {place}: {_reason(error)}.") from error
    except ModuleNotFoundError as error:
        raise HistoryError(
            f"--history {place}: {error.name} is missing; install it with pip install 'clipperf[postgres]'."
        ) from error
    except SQLAlchemyError as error:
        raise HistoryError(f"--history {place}: {_first_line(error)}.") from error


def _reason(error: BaseException | None) -> str:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return _OF_SQLITE.get(code, _first_line(error))
    code = getattr(error, "sqlstate", None) or _code_in(str(error))
    return _OF_POSTGRESQL.get(code, f"the server cannot be reached, or refuses ({_first_line(error)})")


def _code_in(text: str) -> str:
    return next((code for words, code in _SAID.items() if words in text), "")


def _first_line(error: BaseException | None) -> str:
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
