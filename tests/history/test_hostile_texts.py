"""Whatever stands in a text does no harm to the database, and comes back as it went in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect

from clipperf.history.adding import add_run
from clipperf.history.address import address_of
from clipperf.history.database import History, open_history
from clipperf.history.entry import RunEntry, read_entry
from clipperf.history.identity import key_of, storable
from clipperf.history.notes import ChangePoint, acknowledge, annotate, read_acknowledgements, read_annotations
from clipperf.history.reading import Wanted, read_circumstances, read_rows_by_run, read_runs, read_series
from clipperf.history.tables import metadata
from clipperf.results.frame import frame_of, records
from clipperf.results.schema import COLUMNS
from tests.history.run_folders import run_folder
from tests.rows import row

ALL = Wanted(with_other_runs=True)
NIGHT = date(2026, 11, 20)
TEXTS = [column.name for column in COLUMNS if column.dtype == "string" and column.name != "status"]
HOSTILE = [
    "'; DROP TABLE clipperf_rows; --",
    '"; DROP TABLE "clipperf_series"; --',
    "%s %(run)s :run {0} \\ \\x00",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "=HYPERLINK(0)",
    "\x1b[2J\x1b]0;gone\x07",
    "\u202e\u0000\ufeff\U0001f600",
    "NULL",
    "x" * 10_000,
]


def entry_of(text: str) -> RunEntry:
    """A run in which every column that is a text is this one."""
    rows = [row(1, **dict.fromkeys(TEXTS, text)), row(2, error=text)]
    cleaned = [{name: storable(cell) if isinstance(cell, str) else cell for name, cell in one.items()} for one in rows]
    return RunEntry(key_of(text), storable(text), storable(text), NIGHT, True, {}, tuple(records(frame_of(cleaned))))


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_in_every_column_of_a_run_folder(text: str, history: History, tmp_path: Path):
    add_run(history, read_entry(run_folder(tmp_path / "run", row(1, **dict.fromkeys(TEXTS, text)), row(2))))
    found = pd.concat(read_rows_by_run(history, ALL))
    kept = " ".join(storable(text).splitlines())
    assert {found[name].iloc[0] for name in TEXTS if name != "run_id"} == {kept}
    assert found["qps"].iloc[0] == 20.0
    with history.reading() as connection:
        assert set(inspect(connection).get_table_names()) == set(metadata.tables)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_in_what_people_write(text: str, history: History, tmp_path: Path):
    add_run(history, read_entry(run_folder(tmp_path / "run", row(1), night="2026-11-20")))
    (series,) = read_series(history)["series"]
    annotate(history, NIGHT, text, text)
    acknowledge(history, ChangePoint(series, "qps", NIGHT), text, text)
    for read in (read_annotations, read_acknowledgements):
        (written,) = read(history).itertuples()
        assert (written.text, written.author) == (storable(text), storable(text))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(), max_size=40))
@example(text="\ud800\x00")
def test_any_text_comes_back_from_every_table(text: str, history: History):
    entry = entry_of(text)
    add_run(history, entry)
    wanted = Wanted(runs=[entry.key])
    (run,) = read_runs(history, wanted).itertuples()
    (found,) = read_rows_by_run(history, wanted)
    assert run.run_id == run.folder == storable(text)
    assert all(found[name].iloc[0] == storable(text) for name in TEXTS)
    assert any(one["host"] == storable(text) for one in read_circumstances(history).values())


@given(st.text(st.characters()))
def test_storable_is_what_every_database_takes_and_changes_nothing_else(text: str):
    stored = storable(text)
    assert "\0" not in stored
    assert stored.encode().decode() == stored
    assert storable(stored) == stored
    if "\0" not in text and not any(0xD800 <= ord(character) < 0xE000 for character in text):
        assert stored == text


def test_a_name_with_a_percent_sign_or_a_quote_in_the_address(tmp_path: Path):
    place = tmp_path / "a'b %41 ?c#d"
    place.mkdir()
    with open_history(address_of(str(place / "h.sqlite"))) as history:
        assert read_runs(history, ALL).empty
    assert (place / "h.sqlite").is_file()
