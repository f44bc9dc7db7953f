"""Intervals that several processes have in common, and instants from the lines of their loops."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from ais_bench_cases import codes
from ais_bench_logs import summary
from hypothesis import given
from hypothesis import strategies as st

from clipperf.tools.ais_bench import AisBench
from clipperf.tools.ais_bench.completions import completions_s
from clipperf.tools.base import Captured, Command, Line, Report, ToolCase
from clipperf.tools.overlap import LEAST_S, Span, common, share, spread, within

STEP_NS = 5_000_000


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    edges = st.tuples(st.floats(0, 100), st.floats(0.1, 100))
    return [Span(begin, begin + length) for begin, length in draw(st.lists(edges, min_size=1, max_size=5))]


@given(spans())
def test_what_is_common_is_in_all(found: list[Span]) -> None:
    window = common(found)
    assert 0 <= share(found) <= 1
    assert (share(found) > 0) == (window.length_s >= LEAST_S)
    assert all(span.begin_s <= window.begin_s and window.end_s <= span.end_s for span in found)


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=50))
def test_a_span_is_shared_out_in_order_and_whole(durations: list[float]) -> None:
    ends = spread(Span(10.0, 20.0), durations)
    assert ends[-1] == pytest.approx(20.0)
    assert np.all(np.diff(ends) >= 0)
    assert within(Span(10.0, 20.0 + 1e-9), ends).all()


def loop_lines(instants_ns: Sequence[int]) -> tuple[Line, ...]:
    """The lines of a loop whose requests ended then, stamped when the next line began."""
    stamps = [*instants_ns[1:], instants_ns[-1]]
    number = len(stamps)
    return tuple(
        Line(f"loop inference exec: ({position + 1}/{number})", "stdout", at) for position, at in enumerate(stamps)
    )


def test_instants_are_those_of_the_requests_after_the_first() -> None:
    ends = [STEP_NS * number for number in range(1, 101)]
    found = completions_s(loop_lines(ends), [5.0] * 100)
    assert found == pytest.approx(np.asarray(ends[1:]) / 1e9)


@pytest.mark.parametrize(
    "lines",
    [
        loop_lines([STEP_NS * number for number in range(1, 6)]),
        loop_lines([STEP_NS * number for number in range(1, 90)]),
        loop_lines([500_000_000] * 100),
        loop_lines([STEP_NS * (number // 25) * 25 for number in range(1, 101)]),
        tuple(Line(line.text) for line in loop_lines([STEP_NS * number for number in range(1, 101)])),
    ],
    ids=["few", "others", "at once", "in bunches", "unstamped"],
)
def test_lines_that_do_not_tell_are_not_believed(lines: tuple[Line, ...]) -> None:
    number = 5 if len(lines) == 5 else 100
    assert completions_s(lines, [5.0] * number) is None


def captured(folder: Path, device: str, begin_ns: int, durations: Sequence[float], is_stamped: bool = True) -> Captured:
    ends = begin_ns + np.cumsum(np.asarray(durations) * 1e6).astype(int)
    lines = loop_lines(ends.tolist())
    if not is_stamped:
        lines = tuple(Line(line.text) for line in lines)
    argv = ("ais_bench", "--model", "/m.om", "--loop", str(len(durations)), "--warmup_count", "2")
    text = summary(durations, "--model /m.om --input d")
    return Captured(Command(argv, folder, device), lines, {"figures_summary.json": text}, 0)


def parse(folder: Path, *processes: Captured) -> list[Report]:
    devices = tuple(one.command.device for one in processes)
    case = ToolCase("/m.om", 4, devices, 1, 1, "", "compute", {})
    return list(AisBench().parse(case, processes))


def test_only_requests_of_the_common_time_are_summed(tmp_path: Path) -> None:
    """The second device slows the first down from half of its time on."""
    first = captured(tmp_path, "0", 0, [4.0] * 250 + [8.0] * 125)
    second = captured(tmp_path, "1", 1_000_000_000, [8.0] * 250)
    reports = parse(tmp_path, first, second)
    assert [set(report.durations_ms) for report in reports] == [{8.0}, {8.0}]
    assert sum(report.qps_compute or 0 for report in reports) == pytest.approx(2 * 4e3 / 8)
    assert sum(report.qps or 0 for report in reports) == pytest.approx(2 * 4e3 / 8, rel=0.01)
    assert all(codes(report) == {"devices-overlapped-partly"} for report in reports)
    assert all(report.requests == len(report.durations_ms) for report in reports)


def test_what_overlaps_well_says_nothing(tmp_path: Path) -> None:
    reports = parse(tmp_path, captured(tmp_path, "0", 0, [5.0] * 200), captured(tmp_path, "1", 20_000_000, [5.0] * 200))
    assert all(codes(report) == set() for report in reports)


def test_a_handful_of_requests_together_make_no_sum(tmp_path: Path) -> None:
    reports = parse(
        tmp_path, captured(tmp_path, "0", 0, [5.0] * 100), captured(tmp_path, "1", 470_000_000, [5.0] * 100)
    )
    assert [report.qps_compute for report in reports] == [None, None]
    assert all(codes(report) == {"devices-did-not-overlap"} for report in reports)


def test_where_nothing_tells_the_time_there_is_no_sum(tmp_path: Path) -> None:
    reports = parse(tmp_path, *(captured(tmp_path, device, 0, [5.0] * 100, is_stamped=False) for device in "01"))
    assert [(report.qps, report.qps_compute) for report in reports] == [(None, None)] * 2
    assert all(codes(report) == {"overlap-unknown"} for report in reports)


def test_one_place_needs_no_overlap(tmp_path: Path) -> None:
    (report,) = parse(tmp_path, captured(tmp_path, "0", 0, [5.0] * 100, is_stamped=False))
    assert (report.qps, report.qps_compute) == (None, 800.0)
    assert codes(report) == set()
