import json
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from rows import frame, lost, row, sweep

from clipperf.report.curve import curve_figure, draw_curve
from clipperf.report.curve_scales import named_places
from clipperf.report.curve_style import STYLES


def drawn(*rows) -> Figure:
    figure = curve_figure(frame(*rows))
    assert figure is not None
    return figure


def legend(figure: Figure) -> list[str]:
    """The words of all legends as they are read, row by row; matplotlib keeps them column by column."""
    read = []
    for part in figure.subfigs:
        words = [text.get_text() for text in part.legends[0].get_texts()]
        height = len(words) // part.legends[0]._ncols
        read += [word for number in range(height) for word in words[number::height] if word]
    return read


def lines(axes: Axes) -> list[tuple[list[float], list[float]]]:
    """The x and y of what is joined by a line, knees left out."""
    joined = [line for line in axes.lines if line.get_linestyle() != "None" and len(line.get_xdata()) > 1]
    data = [(list(line.get_xdata()), list(line.get_ydata())) for line in joined]
    return [(x, y) for x, y in data if x[0] != x[-1]]


def points(axes: Axes, marker: str) -> dict[float, float]:
    """x → y of all points with that marker."""
    chosen = [line for line in axes.lines if line.get_marker() == marker and line.get_linestyle() == "None"]
    return {x: y for line in chosen for x, y in zip(line.get_xdata(), line.get_ydata(), strict=True)}


def names(axes: Axes) -> list[str]:
    return [tick.get_text() for tick in axes.get_xticklabels()]


def test_two_panels_over_a_log_2_axis_with_ticks_at_the_measured_batches():
    figure = drawn(*sweep())
    rate, latency = figure.axes
    for axes in (rate, latency):
        assert axes.get_xscale() == "log"
        assert names(axes) == ["1", "2", "4", "8", "16", "32", "64"]
        assert axes.get_xlabel() == "batch size (samples per request)"
    assert rate.get_ylabel() == "qps (samples/s)"
    assert rate.get_ylim()[0] == 0
    assert lines(rate) == [([1, 2, 4, 8, 16, 32, 64], [16.31, 18.02, 20.4, 22.1, 22.7, 22.93, 22.81])]


def test_latency_axis_is_logarithmic_only_over_a_wide_range():
    wide = drawn(*sweep()).axes[1]
    assert (wide.get_yscale(), wide.get_ylabel()) == ("log", "latency of a request (ms, log scale)")
    narrow = drawn(*sweep()[:3]).axes[1]
    assert (narrow.get_yscale(), narrow.get_ylabel()) == ("linear", "latency of a request (ms)")
    p50, p99 = lines(narrow)
    assert p50[1] == pytest.approx([61.31, 110.99, 196.08], abs=0.01)
    assert p99[1] == pytest.approx([73.57, 133.19, 235.29], abs=0.01)


def test_knee_has_a_line_in_both_panels_and_its_name():
    figure = drawn(*sweep())
    for axes in figure.axes:
        assert [8, 8] in [list(line.get_xdata()) for line in axes.lines]
    assert [text.get_text() for text in figure.axes[0].texts] == ["knee: batch 8"]
    assert drawn(row(1)).axes[0].texts[:] == []


def test_p99_without_an_upper_bound_is_a_hollow_triangle_at_its_lower_bound():
    figure = drawn(row(1), row(2, latency_p99_low_ms=112.0, latency_p99_high_ms=None))
    assert points(figure.axes[1], "^") == {2: 112.0}
    (triangle,) = [line for line in figure.axes[1].lines if line.get_marker() == "^" and len(line.get_xdata())]
    assert triangle.get_markerfacecolor() == "white"
    assert legend(figure) == ["p50", "p99", "p99 ≥ (too few requests)"]


def test_interval_of_qps_is_drawn():
    bars = drawn(row(1, 20.0, qps_ci_low=19.0, qps_ci_high=22.0), row(2, 21.0)).axes[0].collections[0]
    first, second = bars.get_segments()
    assert first[:, 1].tolist() == [19.0, 22.0]
    assert second[:, 1].tolist() == [21.0, 21.0]


def test_cases_without_figures_are_crosses_at_the_foot_of_the_axis():
    figure = drawn(row(1), row(2), lost(4), lost(8, "timed-out"))
    assert points(figure.axes[0], "x") == {4: 0.025, 8: 0.025}
    assert names(figure.axes[0]) == ["1", "2", "4", "8"]
    assert legend(figure)[-1] == "no figures: failed, timed-out"


def test_a_series_without_any_figure_is_named_beside_its_cross():
    figure = drawn(row(8), row(8, precision="fp16"), lost(8, "unsupported", precision="int8"))
    assert legend(figure) == ["fp16", "fp32", "p50", "p99", "no figures: unsupported (int8)"]


def test_inconclusive_rows_are_hollow():
    figure = drawn(row(1), row(2, status="inconclusive"))
    hollow = [line for line in figure.axes[0].lines if line.get_markerfacecolor() == "white"]
    assert [x for line in hollow for x in line.get_xdata()] == [2]
    assert legend(figure)[-1] == "inconclusive"


def test_repeats_are_points_and_the_line_is_their_median():
    figure = drawn(*(row(batch, qps * batch, repeat=n) for batch in (1, 2) for n, qps in enumerate((20.0, 10.0, 21.0))))
    assert lines(figure.axes[0]) == [([1, 2], [20.0, 40.0])]
    dots = [line for line in figure.axes[0].lines if line.get_marker() == "o" and len(line.get_xdata())]
    assert sorted(dots[0].get_ydata()) == [10, 20, 20, 21, 40, 42]
    assert "one repeat each (line: median)" in legend(figure)


def test_several_curves_are_named_and_their_knees_told_where_they_differ():
    figure = drawn(*sweep(), *(row(batch, 10.0 * batch, instances=2) for batch in (1, 2, 4)))
    assert legend(figure)[:2] == ["instances 1 (knee: batch 8)", "instances 2 (knee: batch 4)"]
    assert [text.get_text() for text in figure.axes[0].texts] == ["knee: batch 4", "knee: batch 8"]
    # Neighbouring names take turns in two rows.
    low, high = (text.xyann[1] for text in figure.axes[0].texts)
    assert high > low


def test_scopes_never_share_an_axis():
    figure = drawn(*sweep(), *sweep(scope="compute"))
    assert [part.get_suptitle() for part in figure.subfigs] == ["scope compute", "scope host"]
    assert [len(lines(axes)) for axes in figure.axes] == [1, 2, 1, 2]


def test_scope_is_said_also_where_the_other_scope_has_no_figures():
    figure = drawn(*sweep(), lost(1, "unsupported", scope="compute"))
    assert [part.get_suptitle() for part in figure.subfigs] == ["scope host"]


def test_what_a_vendor_derived_never_shares_an_axis_with_qps():
    derived = [row(batch, 1.0, runner="acl") | {"qps": None, "qps_compute": 181.0 * batch} for batch in (1, 2)]
    figure = drawn(*sweep()[:2], *derived)
    labels = [axes.get_ylabel() for axes in figure.axes[::2]]
    assert labels == ["qps (samples/s)", "qps from device compute time (samples/s)"]


def test_both_kinds_of_throughput_of_one_row_have_panels_and_its_latencies_only_one():
    both = [
        row(batch, 100.0, qps_compute=120.0, qps_compute_ci_low=110.0, qps_compute_ci_high=130.0) for batch in (1, 8)
    ]
    counted, latency, derived = drawn(*both).axes
    assert [axes.get_ylabel() for axes in (counted, latency)] == ["qps (samples/s)", "latency of a request (ms)"]
    assert derived.get_ylabel() == "qps from device compute time (samples/s)"
    assert lines(derived) == [([1, 8], [120.0, 120.0])]
    (bars,) = (one for one in derived.collections if hasattr(one, "get_segments"))
    assert [[y for _, y in segment] for segment in bars.get_segments()] == [[110.0, 130.0]] * 2


def test_who_measured_stands_above_panels_where_it_differs():
    figure = drawn(*sweep(), row(1, scope="device-io", runner="torch_aie", measured_by="perf_test.py"))
    titles = [part._suptitle.get_text() for part in figure.subfigs]
    assert "scope host · by clipperf" in titles[0]
    assert "scope device-io · by perf_test.py" in titles[1]


def test_a_row_without_a_batch_size_has_no_place():
    assert curve_figure(frame(row(1, batch_size=None))) is None
    figure = drawn(row(1), row(8), row(1, batch_size=None))
    assert names(figure.axes[0]) == ["1", "8"]


def test_without_latencies_there_is_one_panel():
    published = [{"batch_size": b, "qps_compute": 181.0 * b, "scope": "compute", "status": "ok"} for b in (1, 4)]
    assert len(drawn(*published).axes) == 1


def test_more_curves_than_can_be_told_apart_become_small_multiples_of_one_scale():
    rows = [row(b, 10.0 * n + b, instances=n, queue_depth=d) for n in (1, 2, 4) for d in (1, 2, 3, 4) for b in (1, 8)]
    figure = drawn(*rows)
    assert [part.get_suptitle() for part in figure.subfigs] == ["instances 1", "instances 2", "instances 4"]
    assert legend(figure)[:4] == ["depth 1", "depth 2", "depth 3", "depth 4"]
    assert len({axes.get_ylim() for axes in figure.axes[::2]}) == 1


def test_no_panel_has_too_many_curves_even_where_no_one_circumstance_divides_them():
    grid = [(n, d, p) for n in range(1, 5) for d in range(1, 5) for p in ("fp16", "fp32")]
    figure = drawn(*(row(b, 10.0, instances=n, queue_depth=d, precision=p) for n, d, p in grid for b in (1, 2)))
    assert sum(len(lines(axes)) for axes in figure.axes[::2]) == len(grid)
    assert max(len(lines(axes)) for axes in figure.axes[::2]) <= len(STYLES)


def test_one_batch_only_is_drawn_over_concurrency():
    figure = drawn(*(row(8, 10.0 * n * d, instances=n, queue_depth=d) for n in (1, 2) for d in (1, 2, 4)))
    rate = figure.axes[0]
    assert rate.get_xlabel() == "concurrency (devices × instances × depth: requests in flight)"
    assert lines(rate) == [([1, 2, 4], [10, 20, 40]), ([2, 4, 8], [20, 40, 80])]
    assert rate.texts[:] == []
    assert legend(figure)[:2] == ["instances 1", "instances 2"]
    assert figure.get_suptitle().endswith("· batch 8")


def test_one_batch_over_device_sets_and_over_offered_rates():
    sets = drawn(row(devices=1, device="0"), row(qps=40.0, devices=2, device="0,1")).axes[0]
    assert lines(sets) == [([1, 2], [20, 40])]
    rates = drawn(*(row(1, rate, loop="open", arrival="poisson", offered_rate=rate) for rate in (5.0, 10.0))).axes[0]
    assert rates.get_xlabel() == "offered rate (requests/s)"
    assert names(rates) == ["5", "10"]


def test_title_and_footer():
    figure = drawn(*sweep())
    assert figure.get_suptitle() == "vit_b_32 · onnxruntime 1.23.0 · fp32 · device 0-1 · scope host"
    assert figure.get_supxlabel() == "2,800 requests · measured by clipperf · clipperf 0.1.0 · 2025-11-20"


def test_nothing_measured_draws_nothing(tmp_path):
    assert draw_curve(frame(lost(1), lost(2, "timed-out")), tmp_path) == []
    assert draw_curve(frame(), tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_the_same_rows_give_the_same_files_and_leave_no_setting_behind(tmp_path):
    before = dict(mpl.rcParams)
    rows = frame(*sweep()[:3], lost(8))
    files = [draw_curve(rows, make(tmp_path / name)) for name in ("a", "b")]
    assert [path.name for path in files[0]] == ["curve.png", "curve.svg"]
    for first, second in zip(*files, strict=True):
        assert first.read_bytes() == second.read_bytes()
    assert "<dc:date>" not in files[0][1].read_text()
    assert dict(mpl.rcParams) == before


def test_any_name_can_be_drawn(tmp_path):
    options = json.dumps({"path": "x" * 300})
    named = ("_under$a$b", "\x1b[2J", "视觉", "a\nb")
    rows = [row(b, 10.0 * b, model=model, options=options if b == 1 else None) for model in named for b in (1, 2)]
    (png, _) = draw_curve(frame(*rows), tmp_path)
    assert png.stat().st_size > 10_000


def test_names_on_a_crowded_axis():
    assert named_places([1, 2, 4, 6, 8]) == [1, 2, 4, 6, 8]
    crowded = named_places(range(1, 65))
    assert {1, 2, 4, 8, 16, 32, 64} <= set(crowded)
    assert np.diff(np.log2(crowded)).min() > 0.05 * 6
    assert named_places([8]) == [8]


def test_curves_differ_in_grey():
    """Two curves of like lightness never share a line, and no two share a marker."""
    weights = (0.299, 0.587, 0.114)
    grey = [np.dot(weights, mpl.colors.to_rgb(style.colour)) for style in STYLES]
    assert len({style.marker for style in STYLES}) == len(STYLES)
    assert min(np.diff(grey[:4])) > 0.15
    for number, style in enumerate(STYLES):
        for other in range(number):
            assert abs(grey[number] - grey[other]) > 0.1 or style.line != STYLES[other].line


def make(folder: Path) -> Path:
    folder.mkdir()
    return folder
