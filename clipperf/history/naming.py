"""Finds the series and the runs that people name, by the beginning of a key."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, or_, select

from clipperf.errors import UsageError
from clipperf.history.database import History
from clipperf.history.identity import storable
from clipperf.history.tables import runs, series

_BEGINNING = re.compile(r"[0-9a-f]{4,16}", re.IGNORECASE)


def find_series(history: History, name: str) -> str:
    """The key of the series that begins so; raises UsageError where none or several do."""
    found: Sequence[str] = ()
    if _BEGINNING.fullmatch(name):
        with history.reading() as connection:
            is_it = series.c.key.startswith(name.lower())
            found = connection.execute(select(series.c.key).where(is_it)).scalars().all()
    return _only(found, f"series {name}", "give 4 digits or more of what clipperf history list series prints")


def find_run(history: History, name: str) -> str:
    """The key of the run whose key begins so or whose name it is; raises UsageError where none or several are."""
    is_it: ColumnElement[bool] = runs.c.run_id == storable(name)
    if _BEGINNING.fullmatch(name):
        is_it = or_(is_it, runs.c.key.startswith(name.lower()))
    with history.reading() as connection:
        found = connection.execute(select(runs.c.key).where(is_it)).scalars().all()
    return _only(found, f"run {name}", "give a name, or 4 digits or more of a key, of clipperf history list")


def series_number(connection: Connection, key: str) -> int:
    """The number of a series in this database; raises UsageError where it has none of that key."""
    number = connection.execute(select(series.c.id).where(series.c.key == key)).scalar()
    if number is None:
        raise UsageError(f"The history has no series {key}; clipperf history list series prints all.")
    return int(number)


def _only(found: Sequence[str], what: str, remedy: str) -> str:
    if len(found) != 1:
        several = f"several: {', '.join(found)}" if found else "none"
        raise UsageError(f"{what}: the history has {several} of that name; {remedy}.")
    return found[0]
