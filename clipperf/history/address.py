"""Where the history is: what ``--history`` or the environment says, as a URL that SQLAlchemy takes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from clipperf.errors import UsageError

DEFAULT = Path("reports") / "history.sqlite"
"""Beside the run folders that it is made from, so that both are copied, backed up and mounted together.

In a folder of the user's, cron's user and a person would have a history each, and a container would lose it.
"""

_SERVERS = ("postgresql", "postgres")
_ALLOWED = "a file, sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"


@dataclass(frozen=True)
class Address:
    """``url`` may hold a password; ``place`` is what people are shown, without it."""

    url: URL
    place: str

    @property
    def file(self) -> Path | None:
        """The file of a SQLite database; None of a server."""
        name = self.url.database or ""
        if self.url.get_backend_name() != "sqlite":
            return None
        # SQLite's own form of a path with options: file:NAME?mode=ro&uri=true.
        return Path(unquote(name.removeprefix("file:")) if name.startswith("file:") else name)


def address_of(text: str) -> Address:
    """The address that a path or a URL names; raises UsageError where it is neither, or another kind of database."""
    if "://" not in text:
        return Address(URL.create("sqlite", database=text), text)
    try:
        url = make_url(text)
    # What stands where a port should be is no number, which is told as a ValueError.
    except (ArgumentError, ValueError):
        # It is not repeated: what could not be read may hold a password.
        raise UsageError(f"--history: the URL cannot be read; give {_ALLOWED}.") from None
    backend = url.get_backend_name()
    if backend not in ("sqlite", *_SERVERS):
        raise UsageError(f"--history {backend}://…: clipperf does not keep a history there; give {_ALLOWED}.")
    if backend == "sqlite" and url.database in (None, "", ":memory:"):
        raise UsageError(f"--history {text}: it names no file, so that nothing would be kept; give {_ALLOWED}.")
    if backend == "sqlite":
        return Address(url, text)
    url = url.set(drivername="postgresql+psycopg")
    return Address(url, url.render_as_string(hide_password=True))


def configured_address(given: str | None) -> Address | None:
    """What ``--history`` says, else ``CLIPPERF_HISTORY``, else None: commands that measure then write to no history."""
    text = given or os.environ.get("CLIPPERF_HISTORY", "")
    return address_of(text) if text else None


def address_or_default(given: str | None) -> Address:
    """The same, else the file ``reports/history.sqlite`` of the working folder."""
    return configured_address(given) or address_of(str(DEFAULT))
