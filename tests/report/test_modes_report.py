"""The answer of ``clipperf modes`` as people and machines read it, from rows made by hand."""

from __future__ import annotations

import json
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from rows import Row, frame, lost, row

from clipperf.analysis.modes_answer import Answer, answer_of, gate
from clipperf.analysis.objective import read_objective
from clipperf.report.export import csv_text
from clipperf.report.modes_export import modes_csv, modes_json
from clipperf.report.modes_report import modes_text, write_modes
from clipperf.report.modes_sentences import modes_notes, modes_sentences
from clipperf.report.pareto_picture import draw_pareto, pareto_figure
from clipperf.results.folder import RESULTS

GOLDEN = Path(__file__).with_name("modes.txt")


def measured(batch: int, qps: float, repeat: int = 0, side: str | None = None, **columns: object) -> Row:
    extremes = {1: (66.67, 60.0, 80.0), 8: (320.0, 300.0, 400.0), 32: (1066.0, 1000.0, 1300.0)}
    mean, least, most = extremes[batch]
    told = {"latency_mean_ms": mean, "latency_min_ms": least, "latency_max_ms": most}
    ends = {"qps_ci_low": qps * 0.97, "qps_ci_high": qps * 1.03, "repeat": repeat, "side": side}
    return row(batch, qps) | told | ends | columns


def grid() -> list[Row]:
    # What is told must come from the second measurement: here everything was 4 % faster in the grid.
    return [measured(1, 15.6), measured(8, 26.0), measured(32, 31.2), lost(64, error="It broke.")]


def again(count: int = 3) -> list[Row]:
    modes = {32: (30.0, "max-throughput"), 1: (15.0, "min-latency"), 8: (25.0, "objective")}
    return [measured(batch, qps, n, side) for n in range(1, 1 + count) for batch, (qps, side) in modes.items()]


def answer(folder: Path, rows: list[Row], slo: str | None = "p99<=500ms") -> Answer:
    (folder / RESULTS).write_text(csv_text(frame(*rows)), encoding="utf-8")
    return answer_of(folder, None if slo is None else read_objective(slo))


def test_the_page_as_it_is_printed(tmp_path: Path):
    text = modes_text(answer(tmp_path, grid() + again()))
    assert "\n".join([*(line.rstrip() for line in text.splitlines()), ""]) == GOLDEN.read_text(encoding="utf-8")


def test_sentences(tmp_path: Path):
    assert modes_sentences(answer(tmp_path, grid() + again())) == [
        "Max-throughput has 2.00 × the throughput for 16.0 × the p99.",
        "p99<=500ms: best is batch 8, 25.00 qps with p99 384.0 ms (at most 387.8 ms), in a closed loop.",
    ]


def test_a_price_that_is_not_known_is_told_by_the_median(tmp_path: Path):
    rows = [one | {"latency_p99_high_ms": None} for one in grid() + again(1)]
    (sentence,) = modes_sentences(answer(tmp_path, rows, None))
    assert sentence == (
        "Max-throughput has 2.00 × the throughput for 16.0 × the p50. (The ratio of p99 is not known to a factor of 2.)"
    )


def test_an_objective_that_the_second_measurement_does_not_confirm(tmp_path: Path):
    slower = [one | ({"latency_p99_ms": 640.0, "latency_p99_low_ms": 630.0, "latency_p99_high_ms": 650.0}
                     if one["batch_size"] == 8 else {}) for one in again()]  # fmt: skip
    found = answer(tmp_path, grid() + slower)
    assert modes_sentences(found)[1].endswith("met it in the grid and missed it when measured again.")
    assert gate(found) == 3


def test_one_point_for_both_modes(tmp_path: Path):
    side = "max-throughput, min-latency"
    found = answer(tmp_path, [measured(1, 15.6), measured(1, 15.0, 1, side), measured(1, 15.1, 2, side)], None)
    assert modes_sentences(found) == ["One point is both max-throughput and min-latency: batch 1."]
    assert found.ratios == {}
    assert "max-throughput, min-latency  95 % interval" in modes_text(found)
    assert "÷" not in modes_text(found)


def test_a_mode_that_failed_when_measured_again(tmp_path: Path):
    rows = [one if one["batch_size"] != 32 else lost(32, repeat=one["repeat"], side=one["side"]) for one in again()]
    (sentence, _) = modes_sentences(answer(tmp_path, grid() + rows))
    assert sentence == "No second measurement of max-throughput gave figures, so nothing is told of it."


def test_no_points(tmp_path: Path):
    found = answer(tmp_path, [lost(1), lost(8)])
    assert "No row of the grid is an operating point" in modes_text(found)
    assert json.loads(modes_json(found))["modes"] == []
    assert modes_csv(found) == ""
    assert pareto_figure(found) is None
    assert gate(found) == 4


def test_notes_name_what_is_not_believed_and_not_known(tmp_path: Path):
    doubted = measured(1, 99.0, warnings=json.dumps([{"code": "littles-law"}]), case_id="doubted", instances=2)
    open_ended = measured(8, 26.0, latency_p99_high_ms=None)
    notes = modes_notes(answer(tmp_path, [measured(1, 15.6), open_ended, measured(32, 31.2), doubted]))
    assert [note.partition("\n")[0] for note in notes] == [
        "objective not known · instances 1: batch 8",
        "no operating point · instances 2: batch 1",
    ]
    assert "Not believed (littles-law)." in notes[1]


def test_json_has_everything_unrounded(tmp_path: Path):
    told = json.loads(modes_json(answer(tmp_path, grid() + again())))
    assert {mode["mode"]: mode["batch_size"] for mode in told["modes"]} == {
        "max-throughput": 32, "min-latency": 1, "objective": 8,
    }  # fmt: skip
    assert told["ratios"]["qps"]["ratio"] == pytest.approx(2.0)
    assert told["objective"] == {"text": "p99<=500ms", "verdict": "met", "may_meet": [], "nearest": "case-1"}
    assert [point["is_knee"] for point in told["points"]] == [False, False, True]
    assert [reason["reason"] for reason in told["left_out"]] == ["failed"]
    gains = [point["qps_per_doubling"] for point in told["points"]]
    assert gains == [None, pytest.approx(10.4 / 3), pytest.approx(2.6)]


def test_csv_is_a_line_for_each_mode(tmp_path: Path):
    head, *lines = modes_csv(answer(tmp_path, grid() + again())).splitlines()
    assert head.startswith("mode,case_id,model,")
    assert [line.partition(",")[0] for line in lines] == ["max-throughput", "min-latency", "objective"]


def words(figure: Figure) -> list[str]:
    (part,) = figure.subfigs
    return [text.get_text() for legend in part.legends for text in legend.get_texts()]


def test_the_picture_names_the_front_the_modes_and_the_knee(tmp_path: Path):
    figure = pareto_figure(answer(tmp_path, grid() + again()))
    assert figure is not None
    assert words(figure) == [
        "1  batch 1", "2  batch 8", "3  batch 32", "a point of the grid, with 95 % intervals",
        "front: no other point beats these", "max-throughput, measured again", "min-latency, measured again",
        "best under p99<=500ms, measured again", "knee: least p99 with 95 % of the best qps", "p99<=500ms",
    ]  # fmt: skip
    (axes,) = figure.axes
    assert axes.get_xlabel() == "p99 latency of a request (ms)"
    assert axes.get_ylabel() == "throughput (samples/s)"
    assert "1,200 requests" in figure._supxlabel.get_text()
    # Square, diamond and plus differ without colour.
    again_at = {
        line.get_marker(): pytest.approx((*line.get_xdata(), *line.get_ydata()))
        for line in axes.lines
        if line.get_zorder() == 6
    }
    assert again_at == {"s": (1280.0, 30.0), "D": (80.0, 15.0), "P": (384.0, 25.0)}


def test_a_p99_without_upper_bound_looks_otherwise(tmp_path: Path):
    rows = [one | ({"latency_p99_high_ms": None} if one["batch_size"] == 8 else {}) for one in grid()]
    figure = pareto_figure(answer(tmp_path, rows, None))
    assert figure is not None
    assert "a point without an upper bound of p99" in words(figure)


def test_the_limit_of_another_percentile_is_not_drawn_along_an_axis_of_p99(tmp_path: Path):
    figure = pareto_figure(answer(tmp_path, grid() + again(), "p90<=400ms"))
    assert figure is not None
    assert "p90<=400ms" not in words(figure)
    assert "best under p90<=400ms, measured again" in words(figure)


def test_a_wide_range_of_latency_has_a_log_scale(tmp_path: Path):
    far = measured(32, 31.2, latency_p99_ms=9000.0, latency_p99_high_ms=9100.0)
    figure = pareto_figure(answer(tmp_path, [*grid()[:2], far], None))
    assert figure is not None
    assert figure.axes[0].get_xlabel() == "p99 latency of a request (ms, log scale)"


def test_the_same_rows_give_the_same_files(tmp_path: Path):
    found = answer(tmp_path, grid() + again())
    first = [path.read_bytes() for path in draw_pareto(found, tmp_path)]
    assert [path.read_bytes() for path in draw_pareto(found, tmp_path)] == first
    assert mpl.get_backend() is not None
    write_modes(found, tmp_path, "a note")
    page = (tmp_path / "modes.md").read_text()
    assert "Max-throughput has 2.00 × the throughput" in page
    assert page.rstrip().endswith("    a note")
