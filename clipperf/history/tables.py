"""The tables of the history, made from the one list of columns of ``results.schema``.

A row of the history is a row of a run folder, no column left out. What seldom differs is kept once: the axes of a case
in ``series``, what must stay the same from night to night in ``circumstances``. All other columns stand in ``rows``
with their own types, so that a figure is read without looking at any text. A column that a later schema version brings
goes to ``rows`` by itself.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

from clipperf.results.axes import AXES, MUST_AGREE
from clipperf.results.schema import COLUMNS

SERIES_COLUMNS = (*AXES, "side", "options")
"""What a series is told apart by: the case, and the side of a run that measured in turn."""

CIRCUMSTANCE_COLUMNS = tuple(name for name in MUST_AGREE if name != "schema_version")
"""Two nights of a series are compared only where these agree.

A new schema version only adds columns: if it counted, every update of clipperf would begin all series anew.
"""

ELSEWHERE = (*SERIES_COLUMNS, *CIRCUMSTANCE_COLUMNS, "run_id")
ROW_COLUMNS = tuple(column.name for column in COLUMNS if column.name not in ELSEWHERE)
"""The columns of the schema that stand in the table ``rows`` itself."""

_DTYPES = {column.name: column.dtype for column in COLUMNS}
_TYPES = {"string": Text, "Int64": BigInteger, "float64": Double, "boolean": Boolean}
_KEY_LENGTH = 16

metadata = MetaData()


def _id() -> Column[int]:
    # SQLite counts by itself only in a column of just this type.
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def _columns_of(names: tuple[str, ...]) -> list[Column[object]]:
    return [Column(name, _TYPES[_DTYPES[name]]()) for name in names]


migrations = Table(
    "clipperf_migrations",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("applied_at", Text, nullable=False),
)

runs = Table(
    "clipperf_runs",
    metadata,
    _id(),
    Column("key", String(_KEY_LENGTH), nullable=False, unique=True),
    Column("run_id", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("night", Date, nullable=False, index=True),
    Column("is_nightly", Boolean, nullable=False),
    Column("host", Text),
    Column("profile", Text),
    Column("git_rev", Text),
    Column("rows", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("environment", Text, nullable=False),
    Column("added_at", Text, nullable=False),
)

series = Table(
    "clipperf_series",
    metadata,
    _id(),
    Column("key", String(_KEY_LENGTH), nullable=False, unique=True),
    *_columns_of(SERIES_COLUMNS),
)

circumstances = Table(
    "clipperf_circumstances",
    metadata,
    _id(),
    Column("key", String(_KEY_LENGTH), nullable=False, unique=True),
    *_columns_of(CIRCUMSTANCE_COLUMNS),
)

rows = Table(
    "clipperf_rows",
    metadata,
    Column("run", ForeignKey(runs.c.id, ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("series", ForeignKey(series.c.id), nullable=False),
    Column("circumstances", ForeignKey(circumstances.c.id), nullable=False),
    # Also in runs: with it in the index, some nights of a series are found without a look at the others.
    Column("night", Date, nullable=False),
    *_columns_of(ROW_COLUMNS),
)
Index("clipperf_rows_of_series", rows.c.series, rows.c.night)

night_annotations = Table(
    "clipperf_annotations",
    metadata,
    _id(),
    Column("key", String(_KEY_LENGTH), nullable=False, unique=True),
    Column("night", Date, nullable=False, index=True),
    Column("series", ForeignKey(series.c.id)),
    Column("text", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("written_at", Text, nullable=False),
)

acknowledgements = Table(
    "clipperf_acknowledgements",
    metadata,
    Column("series", ForeignKey(series.c.id), primary_key=True),
    Column("metric", String(64), primary_key=True),
    Column("night", Date, primary_key=True),
    Column("text", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("written_at", Text, nullable=False),
)
