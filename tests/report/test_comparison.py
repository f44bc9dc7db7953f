import csv
import io
import json

import pytest
from comparisons import asked, side
from rows import lost, row

from clipperf.analysis.compare import Comparison, compare_in_turn
from clipperf.analysis.compare_case import Question
from clipperf.analysis.compare_verdict import read_metrics
from clipperf.report.comparison import comparison_text
from clipperf.report.comparison_export import comparison_csv, comparison_json
from clipperf.report.comparison_notes import comparison_notes

NAMES = ("reports/a", "reports/b")


@pytest.fixture
def mixed() -> Comparison:
    """One case of every kind."""
    a = side(
        row(16, 100.0, model_sha256="aa"),
        row(8, 100.0),
        row(4, 100.0, latency_p99_high_ms=None),
        row(2, 100.0),
        row(1, 100.0),
        row(64, 5.0),
    )
    b = side(
        row(1, 110.0),
        row(2, 100.2, status="inconclusive"),
        row(4, 98.0),
        lost(8, error_kind="out-of-memory"),
        row(16, 100.0, model_sha256="bb"),
        row(32, 5.0),
        row(32, 5.0, repeat=1),
    )
    return asked(a, b, "qps", "p99")


@pytest.fixture
def paired() -> Comparison:
    a = side(*(row(1, 100.0 + n, repeat=n, side="A", options='{"threads": 1}') for n in range(4)))
    b = side(*(row(1, 104.0 + n / 2, repeat=n, side="B", options='{"threads": 2}') for n in range(4)))
    return compare_in_turn(a, b, Question(read_metrics(["qps"])))


def test_two_folders(mixed: Comparison):
    assert [line.rstrip() for line in comparison_text(mixed, NAMES).splitlines()] == [
        "vit_b_32 · onnxruntime 1.23.0 · fp32 · device 0-1 · scope host · host box · measured by clipperf",
        "A: reports/a",
        "B: reports/b",
        "B/A with its 95 % interval · a difference matters from 2 % on",
        "",
        "metric      batch    runs       A       B    B/A  95 % interval    verdict       remarks",
        "--------  -------  ------  ------  ------  -----  ---------------  ------------  -------------------------",
        "qps             1       1  100.0   110.0   1.100  1.092 … 1.108    faster",
        "qps             2       1  100.0   100.2   1.002  0.995 … 1.009    same          B: inconclusive",
        "qps             4       1  100.0    98.00  0.980  0.973 … 0.987    slower",
        "qps             8    1, 0  100.0     –         –  –                not compared  B: failed (out-of-memory)",
        "qps            16       1  100.0   100.0       –  –                not compared  unlike model_sha256",
        "p99 ms          1       1   12.00   10.91  0.909  0.896 … 0.922    faster",
        "p99 ms          2       1   24.00   23.95  0.998  0.984 … 1.012    same          B: inconclusive",
        "p99 ms          4       1   48.00   48.98  1.020  ≤ 1.035          ambiguous",
        "p99 ms          8    1, 0   96.00    –         –  –                not compared  B: failed (out-of-memory)",
        "p99 ms         16       1  192.0   192.0       –  –                not compared  unlike model_sha256",
        "",
        "qps: 1 faster, 1 slower, 1 same, 2 not compared · geometric mean of 3: 1.026, 1.022 … 1.030",
        "p99 ms: 1 faster, 1 same, 1 ambiguous, 2 not compared · geometric mean of 3: 0.975, ≤ 0.983",
    ]


def test_notes(mixed: Comparison):
    assert comparison_notes(mixed, ["cpu.model: old → new"]) == (
        "unlike model_sha256 · batch 16\n"
        "  model_sha256 differs: aa in A, bb in B; compare all the same with --across model_sha256.\n"
        "\n"
        "ambiguous · batch 4\n"
        "  The interval allows for more than one verdict at 2 %.\n"
        "  → Measure more repeats (--repeat 5 or more) or longer windows, or take turns with clipperf ab.\n"
        "\n"
        "one run · batch 1, 2, 4\n"
        "  With one run a side nobody knows how much runs differ by themselves: the interval may be too\n"
        "  narrow.\n"
        "  → Measure more repeats (--repeat 5 or more) or longer windows, or take turns with clipperf ab.\n"
        "\n"
        "only in A · batch 64\n"
        "\n"
        "only in B · batch 32\n"
        "\n"
        "environment · A → B\n"
        "  cpu.model: old → new"
    )


def test_warnings_of_the_rows_are_named():
    busy = '[{"code": "host-busy", "sentence": "", "remedy": ""}]'
    a, b = side(row(1), row(2, warnings=busy)), side(row(1, warnings=busy), row(2, warnings=busy))
    notes = comparison_notes(asked(a, b))
    assert "\n\nhost-busy in A · batch 2\n\nhost-busy in B · every case" in notes


def test_what_was_not_steady_can_be_let_in():
    a, b = side(row(1), row(2)), side(row(1), row(2, is_steady=False))
    assert comparison_notes(asked(a, b)).endswith(
        "not steady · batch 2\n"
        "  What was not steady has no figure that another run would find.\n"
        "  → Measure it again, take turns with clipperf ab, or let it count with --unsteady."
    )
    assert "not steady" not in comparison_notes(asked(a, b, with_unsteady=True))


def test_many_changes_of_the_environment_are_cut_short(paired: Comparison):
    assert comparison_notes(paired) == ""
    lines = comparison_notes(paired, [f"key {n}: old → new" for n in range(20)]).splitlines()
    assert lines[-2:] == ["  key 7: old → new", "  and 12 more"]


def test_two_sides_in_turn(paired: Comparison):
    assert comparison_text(paired, ("", ""), "github") == (
        "vit_b_32 · onnxruntime 1.23.0 · fp32 · device 0-1 · scope host · host box · measured by clipperf  \n"
        "A: threads 1  \n"
        "B: threads 2  \n"
        "B/A with its 95 % interval · a difference matters from 2 % on\n"
        "\n"
        "| metric   |   batch |   pairs |     A |     B |   B/A | 95 % interval   | verdict   |\n"
        "|:---------|--------:|--------:|------:|------:|------:|:----------------|:----------|\n"
        "| qps      |       1 |       4 | 101.0 | 104.5 | 1.032 | 1.021 … 1.043   | faster    |"
    )


def test_what_sets_the_sides_apart_and_what_sets_the_cases_apart():
    a = [row(batch, 10.0, instances=n) for n in (1, 2) for batch in (1, 2)]
    b = [row(batch, 10.0, instances=n, runner="openvino", runner_version="2025.3") for n in (1, 2) for batch in (1, 2)]
    text = comparison_text(asked(side(*a), side(*reversed(b)), across=frozenset({"runner"})), NAMES, "plain")
    lines = text.splitlines()
    assert lines[1:3] == ["A: reports/a: onnxruntime · version 1.23.0", "B: reports/b: openvino · version 2025.3"]
    assert lines[5].split()[:3] == ["metric", "instances", "batch"]
    assert [line.split()[:3] for line in lines[7:11]] == [["qps", n, batch] for n in "12" for batch in "12"]


def test_one_bound_or_none_at_all():
    a, b = side(row(load_s=1.0)), side(row(load_s=2.0, latency_p99_high_ms=None))
    lines = comparison_text(asked(a, b, "p99", "load_s"), NAMES).splitlines()
    assert lines[7].split()[-3:] == ["≥", "0.986", "ambiguous"]
    assert lines[8].split()[-3:] == ["2.000", "–", "ambiguous"]


def test_names_cannot_reach_the_terminal():
    text = comparison_text(asked(side(row(model="a\x1b[2J")), side(row(model="a\x1b[2J"))), ("x\x1b", "y"))
    assert "\x1b" not in text


def test_csv(mixed: Comparison):
    records = list(csv.DictReader(io.StringIO(comparison_csv(mixed))))
    assert len(records) == 10
    first, second = records[:2]
    assert (first["metric"], second["metric"]) == ("qps", "latency_p99_ms")
    assert float(first["ratio"]) == pytest.approx(1.1)
    assert (first["batch_size"], first["verdict"], first["reason"], first["options"]) == ("1", "faster", "", "{}")
    assert records[-1]["reason"] == "unlike model_sha256"
    assert records[-4]["remarks"] == "B: failed (out-of-memory)"
    assert records[5]["ratio_low"] == ""


def test_json(mixed: Comparison):
    answer = json.loads(comparison_json(mixed))
    assert (answer["threshold"], answer["across"], answer["is_paired"]) == (0.02, [], False)
    assert len(answer["comparisons"]) == 10
    assert answer["comparisons"][5]["ratio_low"] is None
    assert answer["comparisons"][5]["ratio_high"] == pytest.approx(1.0349, abs=1e-4)
    assert answer["overall"][0]["verdicts"] == {"faster": 1, "slower": 1, "same": 1, "not compared": 2}
    assert [case["batch_size"] for case in answer["only_in_a"]] == [64]
    assert [(case["batch_size"], case["repeat"]) for case in answer["only_in_b"]] == [(32, 0), (32, 1)]
