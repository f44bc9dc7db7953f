"""What people wrote: annotations of a night, and change points that they know of.

No run folder has these, so that a backup of the database is the only one of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pandas as pd
from sqlalchemy import ColumnElement, and_, delete, exists, select

from clipperf.errors import UsageError
from clipperf.history.adding import insertion
from clipperf.history.database import History
from clipperf.history.identity import key_of, storable
from clipperf.history.naming import series_number
from clipperf.history.reading import frame_of_query
from clipperf.history.tables import acknowledgements, night_annotations, rows, series


@dataclass(frozen=True)
class ChangePoint:
    """The first night of another level of a series; ``metric`` is a column of the schema."""

    series: str
    metric: str
    night: date


def annotate(history: History, night: date, text: str, author: str, series_key: str | None = None) -> None:
    """Writes a sentence to a night, of one series where that is named; the same one twice is one."""
    with history.writing() as connection:
        connection.execute(
            insertion(connection, night_annotations).on_conflict_do_nothing(index_elements=["key"]),
            {
                "key": key_of([night.isoformat(), series_key, storable(text)]),
                "night": night,
                "series": None if series_key is None else series_number(connection, series_key),
                **_written(text, author),
            },
        )


def acknowledge(history: History, point: ChangePoint, text: str, author: str) -> None:
    """Notes that people know of a change point, so that no later night tells it again; the last text counts.

    Raises UsageError where the series has no row of that night, so that a wrong date does not silence nothing.
    """
    with history.writing() as connection:
        number, written = series_number(connection, point.series), _written(text, author)
        if not connection.execute(select(_has_night(point, number))).scalar_one():
            raise UsageError(
                f"--night {point.night}: series {point.series} has no row of that night; clipperf history show "
                f"{point.series} prints all."
            )
        connection.execute(
            insertion(connection, acknowledgements)
            .values(series=number, metric=point.metric, night=point.night, **written)
            .on_conflict_do_update(index_elements=["series", "metric", "night"], set_=written)
        )


def withdraw(history: History, point: ChangePoint) -> bool:
    """Takes an acknowledgement back; whether there was one."""
    with history.writing() as connection:
        is_it = _is(point, series_number(connection, point.series))
        return connection.execute(delete(acknowledgements).where(is_it)).rowcount > 0


def read_annotations(history: History) -> pd.DataFrame:
    """``night``, ``series`` (its key, None for all), ``text``, ``author``, ``written_at``, oldest night first."""
    noted = night_annotations.c
    with history.reading() as connection:
        return frame_of_query(
            connection,
            select(noted.night, series.c.key.label("series"), noted.text, noted.author, noted.written_at)
            .select_from(night_annotations.outerjoin(series, noted.series == series.c.id))
            .order_by(noted.night, noted.id),
        )


def read_acknowledgements(history: History) -> pd.DataFrame:
    """``series`` (its key), ``metric``, ``night``, ``text``, ``author``, ``written_at``, oldest night first."""
    known = acknowledgements.c
    with history.reading() as connection:
        return frame_of_query(
            connection,
            select(series.c.key.label("series"), known.metric, known.night, known.text, known.author, known.written_at)
            .select_from(acknowledgements.join(series, known.series == series.c.id))
            .order_by(known.night, series.c.key, known.metric),
        )


def _written(text: str, author: str) -> dict[str, str]:
    written_at = datetime.now(UTC).isoformat(timespec="seconds")
    return {"text": storable(text), "author": storable(author), "written_at": written_at}


def _has_night(point: ChangePoint, number: int) -> ColumnElement[bool]:
    return exists().where(rows.c.series == number, rows.c.night == point.night)


def _is(point: ChangePoint, number: int) -> ColumnElement[bool]:
    known = acknowledgements.c
    return and_(known.series == number, known.metric == point.metric, known.night == point.night)
