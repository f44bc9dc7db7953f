"""A history of an older clipperf is brought to today's tables with all that is in it; one of a newer is refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Connection, inspect, text

from clipperf.errors import HistoryError
from clipperf.history import migrations
from clipperf.history.adding import add_run
from clipperf.history.address import Address
from clipperf.history.database import open_existing_history, open_history
from clipperf.history.entry import read_entry
from clipperf.history.reading import Wanted, read_figures, read_rows_by_run, read_series
from clipperf.history.tables import metadata, rows
from tests.history.run_folders import run_folder
from tests.rows import sweep

ALL = Wanted(with_other_runs=True)


def run(address: Address, *statements: str) -> None:
    with open_history(address) as history, history.writing() as connection:
        for statement in statements:
            connection.execute(text(statement))


@pytest.fixture
def older(address: Address, tmp_path: Path) -> Address:
    """A history with a run, from before there were two of the columns."""
    with open_history(address) as history:
        add_run(history, read_entry(run_folder(tmp_path / "old", *sweep(vendor_qps=1.0, is_steady=True))))
    run(address, *(f"ALTER TABLE clipperf_rows DROP COLUMN {name}" for name in ("vendor_qps", "is_steady")))
    return address


def test_columns_of_a_later_schema_are_added_and_old_rows_lack_them(older: Address, tmp_path: Path):
    with open_existing_history(older) as history:
        add_run(history, read_entry(run_folder(tmp_path / "new", *sweep(vendor_qps=2.0, is_steady=False))))
        found = read_figures(history, ["qps", "vendor_qps", "is_steady"], ALL)
        assert len(read_series(history)) == 7
    old, new = (found[found["run_id"] == name] for name in ("old", "new"))
    assert list(old["qps"]) == list(new["qps"])
    assert old[["vendor_qps", "is_steady"]].isna().all(axis=None)
    assert set(new["vendor_qps"]) == {2.0}
    assert set(new["is_steady"]) == {False}


def test_the_tables_are_then_those_of_a_new_history(older: Address):
    with open_existing_history(older) as history, history.reading() as connection:
        for table in metadata.tables.values():
            there = {column["name"]: str(column["type"]) for column in inspect(connection).get_columns(table.name)}
            assert set(there) == set(table.columns.keys())
        types = {column["name"]: str(column["type"]) for column in inspect(connection).get_columns(rows.name)}
        assert types["vendor_qps"] == types["qps"]
        assert types["is_steady"] == types["device_idle_before"]


def test_a_newer_column_than_this_clipperf_knows_is_left_in_peace(older: Address, tmp_path: Path):
    run(older, "ALTER TABLE clipperf_rows ADD COLUMN of_tomorrow_ms DOUBLE PRECISION")
    with open_existing_history(older) as history:
        add_run(history, read_entry(run_folder(tmp_path / "new", *sweep())))
        assert len(pd.concat(read_rows_by_run(history, ALL))) == 14


def add_shelf(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE clipperf_series ADD COLUMN shelf TEXT"))


def fill_shelf(connection: Connection) -> None:
    connection.execute(text("UPDATE clipperf_series SET shelf = model || batch_size"))


def fail(_: Connection) -> None:
    raise HistoryError("no.")


def test_steps_are_applied_in_order_each_once(older: Address, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(migrations, "STEPS", (add_shelf, fill_shelf))
    for _ in range(2):
        with open_existing_history(older) as history, history.reading() as connection:
            shelves = connection.execute(text("SELECT shelf FROM clipperf_series")).scalars().all()
            applied = connection.execute(text("SELECT number FROM clipperf_migrations ORDER BY number")).scalars()
            assert list(applied) == [1, 2, 3]
        assert sorted(shelves) == sorted(f"vit_b_32{batch}" for batch in (1, 2, 4, 8, 16, 32, 64))


def test_a_step_that_fails_leaves_everything_as_it_was(older: Address, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", (add_shelf, fail))
        with pytest.raises(HistoryError, match=r"^no\. Its tables have to be made or brought to this version first\.$"):
            open_existing_history(older)
    with open_existing_history(older) as history, history.reading() as connection:
        assert "shelf" not in {column["name"] for column in inspect(connection).get_columns("clipperf_series")}


def test_a_new_history_is_of_the_newest_version_at_once(address: Address, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(migrations, "STEPS", (fail,))
    with open_history(address) as history, history.reading() as connection:
        assert list(connection.execute(text("SELECT number FROM clipperf_migrations")).scalars()) == [2]


def test_a_history_of_a_newer_clipperf_is_refused(older: Address):
    run(older, "INSERT INTO clipperf_migrations (number, applied_at) VALUES (7, '')")
    with pytest.raises(
        HistoryError, match=r"its tables are of version 7, this clipperf knows up to 1; update clipperf"
    ):
        open_existing_history(older)
