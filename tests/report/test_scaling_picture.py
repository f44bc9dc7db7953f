"""The picture of scaling: what stands where, read from the figure."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rows import Row, frame, row

from clipperf.report.pictures import draw_pictures
from clipperf.report.scaling_picture import draw_scaling, scaling_figure


def case(copies: int, qps: float, batch: int = 1, **columns: object) -> Row:
    made = {"instances": copies, "qps_ci_low": 0.9 * qps, "qps_ci_high": 1.1 * qps, "threads_ran": 1, "cpu_cores": 2}
    return row(batch, qps, **made) | columns


GRID = [case(1, 100), case(2, 180), case(4, 200), case(1, 160, 8), case(4, 640, 8)]


def drawn(*rows: Row) -> Figure:
    figure = scaling_figure(frame(*rows))
    assert figure is not None
    return figure


def words(figure: Figure) -> list[str]:
    """The words of all legends as they are read, row by row; matplotlib keeps them column by column."""
    read = []
    for part in figure.subfigs:
        said = [text.get_text() for text in part.legends[0].get_texts()]
        height = len(said) // part.legends[0]._ncols
        read += [word for number in range(height) for word in said[number::height] if word]
    return read


def points(axes: Axes, marker: str) -> list[tuple[float, object]]:
    (line,) = [one for one in axes.lines if one.get_marker() == marker]
    return [(x, pytest.approx(y)) for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)]


def test_throughput_with_its_ideal_and_efficiency_with_the_batch_sizes_as_lines():
    rate, share = drawn(*GRID).axes
    assert points(rate, "o") == [(1, 100), (2, 180), (4, 200)]
    assert points(share, "o") == [(1, 100), (2, 90), (4, 50)]
    assert points(share, "s") == [(1, 100), (4, 100)]
    ends = [
        (line.get_xdata()[-1], round(float(line.get_ydata()[-1]), 6))
        for line in rate.lines
        if line.get_linestyle() != "None"
    ]
    # The lines of both batch sizes and the ideal of each.
    assert sorted(ends) == [(4, 200), (4, 400), (4, 640), (4, 640)]


def test_units_ticks_requests_and_names():
    figure = drawn(*GRID)
    rate, share = figure.axes
    assert (rate.get_ylabel(), share.get_ylabel()) == ("throughput (samples/s)", "efficiency (% of the ideal)")
    assert rate.get_xlabel() == "instances (loaded copies per device)"
    assert list(rate.get_xticks()) == [1, 2, 4]
    assert words(figure) == ["batch 1", "batch 8", "ideal: n × the qps of 1"]
    assert "2,000 requests" in figure._supxlabel.get_text()


def test_the_reasons_stand_above_the_panels():
    (part,) = drawn(*GRID).subfigs
    assert part._suptitle.get_text() == (
        "oversubscribed (4 instances at batch 1): 4 threads share 2 cores (with 1: 1 share 2)."
    )


def test_devices_have_panels_of_their_own():
    both = [*GRID, *({**one, "device": "0-1,2-3", "devices": 2} for one in GRID)]
    figure = drawn(*both)
    assert [axes.get_xlabel() for axes in figure.axes[::2]] == ["instances (loaded copies per device)", "devices"]


def test_more_lines_than_can_be_told_apart_are_not_all_drawn():
    figure = drawn(*(case(copies, 10.0 * batch * copies, batch) for batch in range(1, 12) for copies in (1, 2)))
    assert words(figure)[0] == "batch 1"
    assert words(figure)[-2:] == ["batch 11", "ideal: n × the qps of 1 (8 of 11 lines are drawn)"]


def test_a_crowded_axis_names_what_has_room():
    figure = drawn(*(case(copies, 10.0 * copies) for copies in (1, 2, 4, 64)))
    assert list(figure.axes[0].get_xticks()) == [1, 4, 64]


def test_there_is_none_where_nothing_scales_and_the_same_rows_give_the_same_files(tmp_path: Path):
    assert draw_scaling(frame(case(1, 100), case(1, 150, 8)), tmp_path) == []
    first = [path.read_bytes() for path in draw_scaling(frame(*GRID), tmp_path)]
    assert [path.read_bytes() for path in draw_scaling(frame(*GRID), tmp_path)] == first
    names = [path.name for path in draw_pictures(frame(*GRID), tmp_path)]
    assert names == ["curve.png", "curve.svg", "scaling.png", "scaling.svg"]
