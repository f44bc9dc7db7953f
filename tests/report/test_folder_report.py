import pandas as pd
import pytest
from rows import frame, lost, row

from clipperf.errors import UsageError
from clipperf.report.export import csv_text
from clipperf.report.folder_report import write_report


def test_a_folder_without_rows_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"has no results\.csv; give a run folder"):
        write_report(tmp_path)


def test_the_report_comes_from_the_rows_alone(tmp_path):
    rows = frame(row(1, 10.0), row(2, 12.5), lost(4, error="# Killed\n<b>signal 9</b>"))
    (tmp_path / "results.csv").write_text(csv_text(rows), encoding="utf-8")
    pd.testing.assert_frame_equal(write_report(tmp_path).frame, rows)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["curve.png", "curve.svg", "results.csv", "table.md"]
    assert (tmp_path / "table.md").read_text(encoding="utf-8") == (
        "vit_b_32 · onnxruntime 1.23.0 · fp32 · device 0-1 · scope host · host box · measured by clipperf · "
        "800 requests\n"
        "\n"
        "|   batch |   qps |   p50 ms |   p90 ms |   p95 ms |   p99 ms |   × batch 1 | status   |\n"
        "|--------:|------:|---------:|---------:|---------:|---------:|------------:|:---------|\n"
        "|       1 | 10.00 |    100.0 |    105.0 |    110.0 |    120.0 |       1.000 | ok       |\n"
        "|       2 | 12.50 |    160.0 |    168.0 |    176.0 |    192.0 |       1.250 | ok       |\n"
        "|       4 |  –    |      –   |      –   |      –   |      –   |       –     | failed   |\n"
        "\n"
        "    failed · batch 4\n"
        "      # Killed\n"
        "      <b>signal 9</b>\n"
    )


def test_a_folder_of_failures_has_a_table_and_no_curve(tmp_path):
    (tmp_path / "results.csv").write_text(csv_text(frame(lost(1))), encoding="utf-8")
    write_report(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["results.csv", "table.md"]
