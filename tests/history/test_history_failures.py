"""What keeps a history from being read or written is one sentence that says what to do; nothing is half written."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest
from sqlalchemy import event, text

from clipperf.errors import HistoryError, UsageError
from clipperf.history.adding import add_run
from clipperf.history.address import Address, address_of
from clipperf.history.database import open_existing_history, open_history
from clipperf.history.entry import RunEntry, read_entry
from clipperf.history.reading import Wanted, read_runs
from tests.history.run_folders import run_folder
from tests.rows import row, sweep

ALL = Wanted(with_other_runs=True)


@pytest.fixture
def entry(tmp_path: Path) -> RunEntry:
    return read_entry(run_folder(tmp_path / "run", *sweep()))


def filled(address: Address, entry: RunEntry) -> Address:
    """The history with a run in it."""
    with open_history(address) as history:
        add_run(history, entry)
    return address


def with_options(file: Address, options: str) -> Address:
    return address_of(f"sqlite:///file:{file.file}?{options}&uri=true")


def failure(address: Address, entry: RunEntry) -> str:
    """What is said where a run cannot be added."""
    with pytest.raises(HistoryError) as told, open_history(address) as history:
        add_run(history, entry)
    assert str(told.value).startswith(f"--history {address.place}: ")
    assert "\n" not in str(told.value)
    return str(told.value)


def test_a_full_disk_keeps_what_was_there_and_nothing_of_the_new_run(file: Address, entry: RunEntry, tmp_path: Path):
    filled(file, entry)
    large = read_entry(run_folder(tmp_path / "large", *(row(1, error="x" * 1000) for _ in range(500))))
    with open_history(file) as history:
        with history.reading() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()

        def full(connection: sqlite3.Connection, _: object) -> None:
            connection.execute(f"PRAGMA max_page_count = {pages + 10}")

        event.listen(history._engine, "connect", full)
        with pytest.raises(HistoryError, match=r"the disk is full, or the file may not grow; make room\.$"):
            add_run(history, large)
        assert list(read_runs(history, ALL)["run_id"]) == ["run"]
    filled(file, large)


@pytest.mark.parametrize("options", ["mode=ro", "mode=ro&immutable=1"])
def test_a_file_opened_read_only_can_be_read_and_not_written(options: str, file: Address, entry: RunEntry):
    read_only = with_options(filled(file, entry), options)
    with open_existing_history(read_only) as history:
        assert list(read_runs(history, ALL)["run_id"]) == ["run"]
    assert failure(read_only, entry).endswith("it is read-only; write as a user who may, and not with mode=ro.")


def test_a_read_only_file_of_an_older_version_says_why_it_cannot_even_be_read(file: Address, entry: RunEntry):
    filled(file, entry)
    with sqlite3.connect(str(file.file)) as connection:
        connection.execute("ALTER TABLE clipperf_rows DROP COLUMN vendor_qps")
    with pytest.raises(HistoryError, match=r"it is read-only; .* Its tables have to be made or brought to this"):
        open_existing_history(with_options(file, "mode=ro"))


def test_a_locked_file_is_told_once_the_wait_is_over(file: Address, entry: RunEntry):
    filled(file, entry)
    impatient = address_of(f"sqlite:///{file.file}?timeout=0.01")
    with sqlite3.connect(str(file.file), isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "another program has kept it locked for longer than clipperf waits" in failure(impatient, entry)
        other.execute("ROLLBACK")
    filled(impatient, entry)


def test_a_locked_server_is_told_once_the_wait_is_over(database: Address, entry: RunEntry):
    filled(database, entry)
    impatient = Address(database.url.update_query_dict({"options": "-c lock_timeout=10"}), database.place)
    with open_history(database) as other, other.writing() as connection:
        connection.execute(text("LOCK TABLE clipperf_rows IN EXCLUSIVE MODE"))
        assert "another program has kept it locked for longer than clipperf waits" in failure(impatient, entry)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no database" * 100, "the file is no SQLite database; give another, or move it away and make it again"),
        (None, "the file is damaged; move it away and make it again from the run folders: clipperf history rebuild"),
    ],
)
def test_a_file_that_is_none_or_is_damaged(content: bytes | None, sentence: str, file: Address, entry: RunEntry):
    assert file.file is not None
    if content is None:
        filled(file, entry)
        damaged = bytearray(file.file.read_bytes())
        damaged[4096:] = b"\x77" * (len(damaged) - 4096)
        content = bytes(damaged)
    file.file.write_bytes(content)
    assert sentence in failure(file, entry)


def test_a_place_where_no_file_can_be(tmp_path: Path, entry: RunEntry):
    (tmp_path / "file").touch()
    with pytest.raises(HistoryError, match=r"its folder cannot be made \(File exists\)"):
        open_history(address_of(str(tmp_path / "file" / "history.sqlite")))
    (tmp_path / "folder").mkdir()
    assert "the file cannot be opened; look at its folder and at the rights to both" in failure(
        address_of(str(tmp_path / "folder")), entry
    )


def test_who_only_reads_makes_no_file(file: Address):
    with pytest.raises(
        UsageError, match=r"there is no such file\. Make it from run folders with clipperf history rebuild"
    ):
        open_existing_history(file)
    assert file.file is not None
    assert not file.file.exists()


def test_wrong_password_wrong_user_and_no_such_database(database: Address, entry: RunEntry):
    refused = "the server refuses the user or the password; look at both, or at ~/.pgpass."
    for change in ({"password": "wrong"}, {"username": "nobody"}, {"password": None}):
        url = database.url.set(**change) if change != {"password": None} else database.url._replace(password=None)
        said = failure(Address(url, url.render_as_string(hide_password=True)), entry)
        assert said.endswith(refused)
        assert "wrong" not in said
    url = database.url.set(database="nowhere")
    said = failure(Address(url, url.render_as_string(hide_password=True)), entry)
    assert said.endswith("the server has no such database; make it with createdb.")


def test_no_server(entry: RunEntry, tmp_path: Path):
    said = failure(address_of(f"postgresql://me:hidden@/x?host={tmp_path}"), entry)
    assert "the server cannot be reached, or refuses (" in said
    assert "hidden" not in said


def test_a_user_who_may_read_only(database: Address, entry: RunEntry):
    filled(database, entry)
    with open_history(database) as history, history.writing() as connection:
        connection.execute(text("CREATE ROLE reader LOGIN PASSWORD 'r' IN ROLE pg_read_all_data"))
    reader = Address(database.url.set(username="reader", password="r"), "reader's")
    try:
        with open_existing_history(reader) as history:
            assert list(read_runs(history, ALL)["run_id"]) == ["run"]
        assert "the user may not do that; let him create tables and write, or take one who may." in failure(
            reader, entry
        )
    finally:
        with open_history(database) as history, history.writing() as connection:
            connection.execute(text("DROP ROLE reader"))


def test_a_server_that_takes_no_writes(database: Address, entry: RunEntry):
    filled(database, entry)
    standby = database.url.update_query_dict({"options": "-c default_transaction_read_only=on"})
    assert "the server takes no writes now, as a standby does not" in failure(Address(standby, "standby"), entry)


def test_a_server_that_goes_away_in_between(database: Address, entry: RunEntry):
    with open_history(database) as history:
        with (
            pytest.raises(HistoryError, match="the server was shut down; try again when it is up"),
            history.writing() as c,
        ):
            c.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        add_run(history, entry)
        assert len(read_runs(history, ALL)) == 1


def test_a_driver_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, entry: RunEntry):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert failure(address_of("postgresql://me@x/y"), entry).endswith(
        "psycopg is missing; install it with pip install 'clipperf[postgres]'."
    )
