"""Rows as a table: every column of its dtype, and files that are no table of ours refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from clipperf.errors import UsageError
from clipperf.results.folder import RESULTS, create_folder
from clipperf.results.frame import frame_of, read_rows
from clipperf.results.schema import COLUMNS, NAMES, SCHEMA_VERSION

EXAMPLES: dict[str, Any] = {"string": 'NA, "x" ± ✓ \'', "Int64": 2**53 + 1, "float64": 0.1 + 0.2, "boolean": False}
FULL = {column.name: EXAMPLES[column.dtype] for column in COLUMNS} | {"schema_version": SCHEMA_VERSION}


def written(folder: Path, *rows: dict[str, Any]) -> Path:
    """A results.csv with these rows."""
    run = create_folder(folder)
    run.begin("model: any\n", {})
    for row in rows:
        run.append(row)
    run.close()
    return folder / RESULTS


def table(folder: Path, content: bytes) -> Path:
    path = folder / RESULTS
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_every_column_comes_back_as_it_was_written(column, tmp_path: Path):
    frame = read_rows(written(tmp_path, FULL, {"schema_version": SCHEMA_VERSION}))
    assert frame[column.name].dtype == column.dtype
    assert frame[column.name].iloc[0] == FULL[column.name]
    if column.name != "schema_version":
        assert frame[column.name].isna().tolist() == [False, True]


def test_written_and_read_is_the_same_as_made_in_memory(tmp_path: Path):
    rows = [FULL, {"schema_version": SCHEMA_VERSION, "qps": 1e-300}]
    pd.testing.assert_frame_equal(read_rows(written(tmp_path, *rows)), frame_of(rows))


def test_a_frame_of_nothing_has_every_column_and_dtype(tmp_path: Path):
    for frame in (frame_of([]), read_rows(written(tmp_path))):
        assert list(frame.columns) == list(NAMES)
        assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
            column.name: str(pd.Series(dtype=column.dtype).dtype) for column in COLUMNS
        }


@pytest.mark.parametrize("text", ["a\r\nb", "a\rb", "a\u2028b", "a\x0bb", "a\nb"], ids=ascii)
def test_a_row_is_one_line_whatever_an_sdk_says(text: str, tmp_path: Path):
    path = written(tmp_path, FULL | {"error": text}, FULL)
    assert len(path.read_bytes().splitlines()) == 3
    assert read_rows(path)["error"].iloc[0] == "a b"


def test_what_cannot_be_encoded_is_spelt_out(tmp_path: Path):
    assert read_rows(written(tmp_path, FULL | {"error": "lone \udc80"}))["error"].iloc[0] == "lone \\udc80"


@pytest.mark.parametrize("torn", [b"1,run,", b'1,"run', "1,±".encode()[:-1]], ids=ascii)
def test_a_last_line_cut_off_by_a_kill_is_left_out(torn: bytes, tmp_path: Path):
    path = written(tmp_path, FULL)
    with path.open("ab") as file:
        file.write(torn)
    assert len(read_rows(path)) == 1


def test_columns_that_an_older_table_lacks_are_empty(tmp_path: Path):
    frame = read_rows(table(tmp_path, b"schema_version,model\n1,vision\n"))
    assert list(frame.columns) == list(NAMES)
    assert frame["model"].tolist() == ["vision"]
    assert frame["qps"].isna().all()


def test_a_newer_schema_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match=rf"schema version {SCHEMA_VERSION + 1}, .* up to {SCHEMA_VERSION}; update"):
        read_rows(table(tmp_path, f"schema_version\n{SCHEMA_VERSION}\n{SCHEMA_VERSION + 1}\n".encode()))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "No columns"),
        (b"model\nvision\n", "no column schema_version"),
        (b"schema_version\n1\n1,2,3\n", "Expected 1 fields"),
        (b"schema_version,batch_size\n1,many\n", "column 'batch_size'"),
        (b"schema_version\nnew\n", "'new'"),
        (b"schema_version,is_steady\n1,maybe\n", "bool"),
        (b"schema_version,model\n1,\xff\n", "utf-8"),
    ],
)
def test_a_file_that_is_no_table_of_results_is_refused_with_the_reason(content: bytes, reason: str, tmp_path: Path):
    with pytest.raises(UsageError) as refusal:
        read_rows(table(tmp_path, content))
    assert str(tmp_path / RESULTS) in str(refusal.value)
    assert reason in str(refusal.value)
