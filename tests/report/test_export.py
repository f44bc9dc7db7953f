import csv
import io
import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import frame, lost, row, sweep

from clipperf.analysis.related import with_related
from clipperf.report.export import csv_text, json_text
from clipperf.results.frame import read_rows
from clipperf.results.schema import NAMES, RELATED

WARNING = '[{"code": "drift", "sentence": "The rate fell.", "remedy": "Wait."}]'


@settings(max_examples=30, deadline=None)
@given(st.floats(min_value=1e-300, allow_infinity=False))
def test_numbers_read_back_to_the_same_bits(qps):
    rows = frame(row(1, 20.0, latency_max_ms=qps))
    assert pd.read_csv(io.StringIO(csv_text(rows)))["latency_max_ms"].tolist() == [qps]
    assert json.loads(json_text(rows))[0]["latency_max_ms"] == qps


def test_csv_is_what_a_run_folder_holds(tmp_path):
    rows = frame(*sweep(warnings=WARNING, is_steady=True), lost(64, error='a "quoted"\nlog, with commas'))
    path = tmp_path / "results.csv"
    path.write_text(csv_text(rows), encoding="utf-8")
    pd.testing.assert_frame_equal(read_rows(path), rows)


def test_json_is_a_list_of_whole_records():
    records = json.loads(json_text(frame(row(1, is_steady=True, warnings=WARNING), lost(2))))
    assert [tuple(record) for record in records] == [NAMES, NAMES]
    assert [record["batch_size"] for record in records] == [1, 2]
    assert records[0]["is_steady"] is True
    assert records[0]["warnings"] == [{"code": "drift", "sentence": "The rate fell.", "remedy": "Wait."}]
    assert records[1]["warnings"] == []
    assert records[1]["qps"] is None
    assert records[1]["runner_version"] is None


def test_what_relates_rows_stands_behind_where_the_frame_has_it():
    threads = {"threads_ran": 2, "cpu_cores": 2}
    rows = with_related(frame(row(1, 100.0, **threads), row(1, 120.0, instances=2, case_id="two", **threads)))
    one, two = json.loads(json_text(rows))
    assert [*two] == [*NAMES, *(column.name for column in RELATED)]
    assert (one["instances_efficiency"], one["instances_reasons"]) == (1.0, [])
    assert two["instances_efficiency"] == pytest.approx(0.6)
    assert [reason["code"] for reason in two["instances_reasons"]] == ["oversubscribed"]
    head = csv_text(rows).splitlines()[0]
    assert head == ",".join([*NAMES, *(column.name for column in RELATED)])


def test_json_has_no_figure_that_json_lacks():
    records = json.loads(json_text(frame(row(qps_ci_high=float("inf")))), parse_constant=lambda name: name)
    assert records[0]["qps_ci_high"] is None


def test_an_empty_frame():
    assert csv_text(frame()) == ",".join(NAMES) + "\n"
    assert json.loads(json_text(frame())) == []


def test_no_text_is_a_formula_and_every_text_is_read_back(tmp_path):
    texts = ["=1+1", "+1", "-1", "@sum(a1)", "\t=1", "'=1", "''=1", "'quoted'", "plain"]
    rows = frame(*(row(model=text, error=text) for text in texts))
    path = tmp_path / "results.csv"
    path.write_text(csv_text(rows), encoding="utf-8")
    with path.open(encoding="utf-8", newline="") as file:
        cells = [line[name] for line in csv.DictReader(file) for name in ("model", "error")]
    assert not [cell for cell in cells if cell[0] in "=+-@\t\r"]
    pd.testing.assert_frame_equal(read_rows(path), rows)


def test_control_characters_reach_no_terminal():
    rows = frame(row(model="\x1b[2Jx\x9b", error="a\nb"))
    assert "\x1b" not in csv_text(rows)
    assert r"\x1b[2Jx\x9b" in csv_text(rows)
    assert "\x1b" not in json_text(rows)
    assert json.loads(json_text(rows))[0]["model"] == "\x1b[2Jx\x9b"
