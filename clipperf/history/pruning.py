"""Forgets old nights; their run folders stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, exists, func, select

from clipperf.history.database import History
from clipperf.history.tables import acknowledgements, night_annotations, rows, runs, series


@dataclass(frozen=True)
class Old:
    """The runs and rows before a night."""

    runs: int
    rows: int


def count_before(history: History, night: date) -> Old:
    """What ``forget_before`` would forget."""
    query = select(func.count(), func.coalesce(func.sum(runs.c.rows), 0)).where(runs.c.night < night)
    with history.reading() as connection:
        found, of_rows = connection.execute(query).one()
    return Old(found, int(of_rows))


def forget_before(history: History, night: date) -> None:
    """Deletes all runs before a night, and series of which nothing is left, no note either; gives the room back.

    Raises HistoryError where the database does not let it; then either all are gone or none.
    """
    old = runs.c.night < night
    with history.writing() as connection:
        connection.execute(delete(rows).where(rows.c.run.in_(select(runs.c.id).where(old))))
        connection.execute(delete(runs).where(old))
        of_series = (table.c.series for table in (rows, night_annotations, acknowledgements))
        connection.execute(delete(series).where(*(~exists().where(number == series.c.id) for number in of_series)))
    history.give_room_back()
