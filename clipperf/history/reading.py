"""Reads a history: its figures night by night, its runs, its series, and what was around them.

Series and circumstances are named by their keys, 16 hexadecimal digits that are the same in every history. Frames have
None or NaN where nothing is known; nights are ``datetime.date``.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Select, func, select

from clipperf.errors import UsageError
from clipperf.history.database import History
from clipperf.history.tables import (
    CIRCUMSTANCE_COLUMNS,
    ROW_COLUMNS,
    SERIES_COLUMNS,
    circumstances,
    rows,
    runs,
    series,
)
from clipperf.results.frame import frame_of

_ROWS_AT_ONCE, _RUNS_AT_ONCE = 10_000, 500


@dataclass(frozen=True)
class Wanted:
    """Which rows: of nights from ``since`` to ``until``, both included, of the series and runs that are named.

    Only runs that are marked as a night's count unless ``with_other_runs``: a sweep that somebody made by day, of code
    that never landed, is no night.
    """

    since: date | None = None
    until: date | None = None
    series: Collection[str] | None = None
    runs: Collection[str] | None = None
    with_other_runs: bool = False


def last_nights(history: History, most: int, until: date | None = None) -> list[date]:
    """The last nights that have a run, oldest first; nights on which nothing ran are not counted."""
    query = select(runs.c.night).where(runs.c.is_nightly).distinct().order_by(runs.c.night.desc()).limit(most)
    if until is not None:
        query = query.where(runs.c.night <= until)
    with history.reading() as connection:
        return sorted(connection.execute(query).scalars())


def read_figures(history: History, columns: Sequence[str], wanted: Wanted) -> pd.DataFrame:
    """A row for each repeat, by series and night: what to judge and to draw a series by.

    Columns: ``series``, ``night``, ``run`` (its key), ``circumstances``, ``host``, ``run_id``, ``is_nightly``,
    ``git_rev``, ``repeat``, ``status`` and ``columns``, which are figures or other columns of the schema that stand in
    ``rows``. Rows without figures are among them. Within a series, only rows of the same ``circumstances`` may be
    compared: where the key of a night is not that of the nights before, ``read_circumstances`` tells what changed. A
    failed row lacks some of what makes the key. Raises UsageError for a column that is not there.
    """
    unknown = [name for name in columns if name not in ROW_COLUMNS]
    if unknown:
        raise UsageError(f"{', '.join(unknown)}: no such column of a row; take some of {', '.join(ROW_COLUMNS)}.")
    named = dict.fromkeys(["git_rev", "repeat", "status", *columns])
    query = _filtered(
        select(
            series.c.key.label("series"),
            rows.c.night,
            runs.c.key.label("run"),
            circumstances.c.key.label("circumstances"),
            circumstances.c.host,
            runs.c.run_id,
            runs.c.is_nightly,
            *(rows.c[name] for name in named),
        ),
        wanted,
    ).order_by(series.c.key, rows.c.night, rows.c.run, rows.c.position)
    with history.reading() as connection:
        return frame_of_query(connection, query)


def read_rows_by_run(history: History, wanted: Wanted) -> Iterator[pd.DataFrame]:
    """The rows as their run folders have them, every column of the schema, in the order of nights.

    They come in frames of some thousand rows, so that a history larger than the memory can be gone through.
    """
    with history.reading() as connection:
        sizes = connection.execute(_runs_of(select(runs.c.key, runs.c.rows), wanted).order_by(runs.c.night, runs.c.id))
        for keys in _parted(sizes.all()):
            frame = _rows_of(connection, replace(wanted, runs=keys))
            if len(frame):
                yield frame


def read_runs(history: History, wanted: Wanted) -> pd.DataFrame:
    """The runs, oldest first.

    Columns: ``run`` (its key), ``run_id``, ``folder``, ``night``, ``is_nightly``, ``host``, ``profile``, ``git_rev``,
    ``rows``, ``failed`` (how many), ``added_at``.
    """
    columns = [column for column in runs.columns if column.name not in ("id", "key", "environment")]
    query = select(runs.c.key.label("run"), *columns).order_by(runs.c.night, runs.c.id)
    with history.reading() as connection:
        return frame_of_query(connection, _runs_of(query, wanted))


def read_environments(history: History, wanted: Wanted) -> dict[str, dict[str, Any]]:
    """What ``environment.json`` held, by the key of the run, for ``results.environment.changes_between``."""
    with history.reading() as connection:
        query = _runs_of(select(runs.c.key, runs.c.environment), wanted)
        return {key: json.loads(text) for key, text in connection.execute(query)}


def read_series(history: History, keys: Collection[str] | None = None) -> pd.DataFrame:
    """Every series, or those of ``keys``.

    Columns: ``series`` (its key), its axes, ``options`` and ``side``, ``first_night`` and ``last_night``.
    """
    ends = [
        select(end(rows.c.night)).where(rows.c.series == series.c.id).scalar_subquery().label(f"{name}_night")
        for name, end in (("first", func.min), ("last", func.max))
    ]
    columns = [series.c[name] for name in SERIES_COLUMNS]
    query = select(series.c.key.label("series"), *columns, *ends).order_by(*columns)
    if keys is not None:
        query = query.where(series.c.key.in_(list(keys)))
    with history.reading() as connection:
        return frame_of_query(connection, query)


def read_circumstances(history: History) -> dict[str, dict[str, Any]]:
    """What each key of circumstances stands for: host, versions, hash of the model and so on, by column."""
    with history.reading() as connection:
        found = connection.execute(select(circumstances)).mappings()
        return {row["key"]: {name: row[name] for name in CIRCUMSTANCE_COLUMNS} for row in found}


def _rows_of(connection: Connection, wanted: Wanted) -> pd.DataFrame:
    query = _filtered(
        select(
            runs.c.run_id,
            *(series.c[name] for name in SERIES_COLUMNS),
            *(circumstances.c[name] for name in CIRCUMSTANCE_COLUMNS),
            *(rows.c[name] for name in ROW_COLUMNS),
        ),
        wanted,
    ).order_by(rows.c.night, rows.c.run, rows.c.position)
    return frame_of(dict(row) for row in connection.execute(query).mappings())


def _parted(sizes: Sequence[tuple[str, int]]) -> Iterator[list[str]]:
    part, rows_in_part = [], 0
    for key, size in sizes:
        part.append(key)
        rows_in_part += size
        if rows_in_part >= _ROWS_AT_ONCE or len(part) >= _RUNS_AT_ONCE:
            yield part
            part, rows_in_part = [], 0
    if part:
        yield part


def _filtered(query: Select[Any], wanted: Wanted) -> Select[Any]:
    """The query over rows and what belongs to them; each condition stands where an index answers it."""
    query = (
        query.select_from(rows)
        .join(runs, rows.c.run == runs.c.id)
        .join(series, rows.c.series == series.c.id)
        .join(circumstances, rows.c.circumstances == circumstances.c.id)
    )
    if wanted.series is None:
        # As a condition on runs alone, SQLite, which counts no values, would look at every row there is.
        return query.where(rows.c.run.in_(_runs_of(select(runs.c.id), wanted).correlate(None)))
    query = query.where(series.c.key.in_(list(wanted.series)))
    if wanted.since is not None:
        query = query.where(rows.c.night >= wanted.since)
    if wanted.until is not None:
        query = query.where(rows.c.night <= wanted.until)
    return _runs_of(query, Wanted(runs=wanted.runs, with_other_runs=wanted.with_other_runs))


def _runs_of(query: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.since is not None:
        query = query.where(runs.c.night >= wanted.since)
    if wanted.until is not None:
        query = query.where(runs.c.night <= wanted.until)
    if wanted.runs is not None:
        query = query.where(runs.c.key.in_(list(wanted.runs)))
    return query if wanted.with_other_runs else query.where(runs.c.is_nightly)


def frame_of_query(connection: Connection, query: Select[Any]) -> pd.DataFrame:
    """What a query finds, a column for each of its own."""
    found = connection.execute(query)
    # Of plain tuples, since pandas takes as long to look at SQLAlchemy's rows as the database to find them.
    return pd.DataFrame([tuple(row) for row in found], columns=list(found.keys()))
