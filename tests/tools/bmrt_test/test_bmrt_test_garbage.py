"""Whatever a file holds, it gives figures that are right or an error that says so, and nothing else."""

from __future__ import annotations

import math
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from test_bmrt_test_logs import NOTES, head, log, turn
from tool_runs import read_any

from clipperf.errors import CaseFailed
from clipperf.tools import load_tool
from clipperf.tools.base import Captured, Command, Line, Report, ToolCase, lines_of

TOOL = load_tool("bmrt_test")
WHOLE = log(90_000, 10_000, 10_200) + NOTES
MOST = 2.0**63
PIECES = st.sampled_from([line + "\n" for line in WHOLE.split("\n")])
LABELS = st.sampled_from(
    [
        "calculate  time(s): 0.00",
        "launch total time is ",
        "net[x] stage[0], ",
        "Loop num: ",
        "bmrt_test --bmodel ",
        "net 0: [a]",
    ]
)
PRINTED = {90.0, 10.0, 10.2, 6.7, 24.0, 24.1, 4.92, 0.0}


def figures(report: Report) -> list[float]:
    """All numbers in a report."""
    single = [report.qps_compute, report.requests, report.batch_size, *report.durations_ms]
    return [each for each in single if each is not None] + [*report.latency_ms.values(), *report.compute_ms.values()]


@given(st.one_of(st.text(), st.binary().map(lambda data: data.decode(errors="replace"))))
def test_any_text(text: str):
    for report in read_any(TOOL, text):
        assert all(0 <= figure < MOST for figure in figures(report))


@given(st.lists(st.one_of(PIECES, LABELS, st.text(max_size=20)), max_size=60).map("".join))
def test_any_order_of_its_lines(text: str):
    for report in read_any(TOOL, text):
        assert all(0 <= figure < MOST for figure in figures(report))
        assert report.scope == "compute"


@given(st.integers(0, len(WHOLE)))
def test_any_end(end: int):
    """No time comes out of a log that ends early that the whole one does not print."""
    for report in read_any(TOOL, WHOLE[:end]):
        assert set(report.durations_ms) <= PRINTED


@given(st.integers(0, len(WHOLE)), st.text(max_size=30), st.integers(0, 60))
def test_a_hole_in_the_middle(begin: int, text: str, length: int):
    for report in read_any(TOOL, WHOLE[:begin] + text + WHOLE[begin + length :]):
        assert all(0 <= figure < MOST for figure in figures(report))


@given(st.lists(st.one_of(PIECES, st.text(max_size=40)), max_size=40).map("".join), st.integers(-20, 255))
def test_any_output_of_a_process(text: str, returncode: int):
    lines = tuple(Line(line.text, "stdout", number) for number, line in enumerate(lines_of(text)))
    command = Command(("bmrt_test", "--devid", "0", "--loopnum", "3"), Path(), "0", warmup_requests=1)
    try:
        (report,) = TOOL.parse(
            ToolCase("model", 8, ("0",), 1, 1, "", "compute"), [Captured(command, lines, {}, returncode)]
        )
    except CaseFailed:
        return
    assert returncode == 0
    assert len(report.durations_ms) == 2


@given(
    st.lists(st.integers(1000, 10**8), min_size=2, max_size=20),
    st.integers(1, 512),
)
def test_figures_come_back(us: list[int], batch: int):
    text = head(batch=batch, loops=len(us)) + "".join(turn(each, loop=loop) for loop, each in enumerate(us))
    (report,) = read_any(TOOL, text)
    assert report.durations_ms == tuple(each / 1e3 for each in us[1:])
    assert report.qps_compute is not None
    assert math.isclose(report.qps_compute, 1e6 * batch * (len(us) - 1) / sum(us[1:]))
