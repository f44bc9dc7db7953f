"""What a reader gets of a search over rates, from rows made by hand."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from rows import Row, lost, row

from clipperf.analysis.capacity import Capacity, capacities
from clipperf.analysis.objective import read_objective
from clipperf.report.capacity_export import capacity_csv, capacity_json
from clipperf.report.capacity_report import capacity_text, write_capacity
from clipperf.report.capacity_sentences import capacity_notes, capacity_sentences
from clipperf.report.rate_picture import rate_figure
from clipperf.results.schema import NAMES

P99 = read_objective("p99<=50ms")


def offered(rate: float, p99_ms: float, high_ms: float | None, **columns: object) -> Row:
    named = {
        "loop": "open",
        "arrival": "poisson",
        "offered_rate": rate,
        "requests_per_s": 0.99 * rate,
        "window_s": 10.0,
    }
    bounds = {"latency_p99_ms": p99_ms, "latency_p99_low_ms": 0.9 * p99_ms, "latency_p99_high_ms": high_ms}
    return dict.fromkeys(NAMES) | row(case_id=f"case-{rate}") | named | bounds | columns


def closed(batch: int = 1, qps: float = 200.0) -> Row:
    return dict.fromkeys(NAMES) | row(batch, qps, qps_ci_low=0.99 * qps, qps_ci_high=1.01 * qps)


ROWS = [
    closed(),
    offered(100.0, 20.0, 22.0),
    offered(150.0, 40.0, 45.0),
    offered(153.0, 45.0, 52.0),
    offered(180.0, 90.0, None),
    offered(220.0, 900.0, None, warnings='[{"code": "overload", "sentence": "", "remedy": ""}]'),
]


def found(*rows: Row) -> list[Capacity]:
    return capacities(rows or ROWS, P99)


def test_the_answer_in_a_sentence():
    assert capacity_sentences(found(), P99) == [
        "p99<=50ms is met up to 150 requests/s, 75 % of the closed-loop maximum of 200.0 requests/s; there with a p99 "
        "of 40.00 ms (36.00 … 45.00). At 153 requests/s it is not known, the interval holds the limit; from 180 "
        "requests/s on it is missed for certain. The estimates alone stay within it up to 153 requests/s."
    ]


def test_no_rate_that_meets_it():
    (told,) = capacity_sentences(found(closed(), offered(100.0, 70.0, 80.0), offered(50.0, 60.0, 70.0)), P99)
    assert told == (
        "p99<=50ms: no rate meets it; the lowest that was offered, 50 requests/s or 25 % of the closed-loop maximum, "
        "has a p99 of 60.00 ms (54.00 … 70.00): missed."
    )


def test_too_few_requests_never_meet_it():
    rows = found(closed(), offered(100.0, 2.0, None))
    (told,) = capacity_sentences(rows, P99)
    assert "no rate was shown to meet it" in told
    assert told.endswith("(≥ 1.800): not known, too few requests.")
    (note,) = capacity_notes(rows, P99)
    assert "--max-duration" in note


def test_the_highest_rate_that_was_offered():
    (told,) = capacity_sentences(found(closed(), offered(100.0, 20.0, 22.0)), P99)
    assert told.endswith("That is the highest rate that was offered.")


def test_a_closed_loop_without_figures():
    assert capacity_sentences(found(lost()), P99) == [
        "p99<=50ms: the closed loop gave no figures (failed), so that no rate was offered."
    ]


def test_a_lower_rate_that_missed_it_is_a_contradiction():
    rows = found(closed(), offered(50.0, 70.0, 80.0), offered(100.0, 20.0, 22.0))
    (note,) = capacity_notes(rows, P99)
    assert note.startswith("contradiction · rates\n  50 requests/s missed p99<=50ms, and 100 met it.")


def test_all_rates_in_a_table():
    text = capacity_text(found(), P99)
    lines = [line.split() for line in text.splitlines() if line.strip().startswith("1 ")]
    assert [line[1] for line in lines] == ["100", "150", "153", "180", "220"]
    assert lines[1] == ["1", "150", "75", "148.5", "50.00", "40.00", "36.00", "…", "45.00", "400", "1", "met"]
    assert lines[4][-2:] == ["missed,", "overload"]
    assert "2,000 requests" in text


def test_several_configurations_with_the_best_first(tmp_path: Path):
    eight = [closed(8, 640.0), offered(40.0, 30.0, 35.0, batch_size=8), offered(60.0, 70.0, 80.0, batch_size=8)]
    both = found(*ROWS, *eight)
    told = capacity_sentences(both, P99)
    assert told[0] == "p99<=50ms: most is carried by batch 8, 320.0 samples/s."
    assert told[2].startswith("batch 8: p99<=50ms is met up to 40 requests/s (320.0 samples/s), 50 % of")
    assert "met up to" in capacity_text(both, P99).split("The rates that were offered")[0]
    figure = rate_figure(both, P99)
    assert figure is not None
    assert len([axes for axes in figure.subfigs[0].axes if axes.get_visible()]) == 2


def test_for_machines():
    (record,) = csv.DictReader(io.StringIO(capacity_csv(found(), P99)))
    assert (record["met_requests_per_s"], record["not_met_requests_per_s"]) == ("150.0", "153.0")
    assert (record["utilisation"], record["latency_p99_high_ms"]) == ("0.75", "45.0")
    told = json.loads(capacity_json(found(), P99))
    (one,) = told["configurations"]
    assert one["missed_requests_per_s"] == 180.0
    assert [rate["verdict"] for rate in one["rates"]] == ["met", "met", "not known", "missed", "missed"]
    assert one["rates"][4]["reason"] == "overload"
    assert one["rates"][3]["latency_p99_high_ms"] is None


def test_the_files(tmp_path: Path):
    notes = write_capacity(found(), P99, tmp_path, "of the rows")
    assert notes.endswith("of the rows")
    assert "| p99<=50ms" in (tmp_path / "capacity.md").read_text(encoding="utf-8")
    assert (tmp_path / "rate.png").stat().st_size > 10_000
    assert (tmp_path / "rate.svg").stat().st_size > 10_000


def test_no_picture_without_figures():
    assert rate_figure(found(lost()), P99) is None
