"""Whatever a file holds, it gives figures that are right or an error that says so, and nothing else."""

from __future__ import annotations

import math
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from mm_run_logs import parameters, summary
from tool_runs import read_any

from clipperf.errors import CaseFailed
from clipperf.tools import load_tool
from clipperf.tools.base import Captured, Command, Line, Report, ToolCase, lines_of

TOOL = load_tool("mm_run")
WHOLE = parameters() + summary(0) + summary(1, qps=1600, rate=50.0, wall_s=20.0)
MOST = 2.0**63
"""A column of whole numbers holds no more."""

REPORTS = TOOL.read_log("whole.log", WHOLE)
PIECES = st.sampled_from([line + "\n" for line in WHOLE.split("\n")])
LABELS = st.sampled_from(
    ["Throughput (qps): ", "Total iterations: ", "Input shape group 0: ", "--threads<Int> : ", "min: "]
)


def figures(report: Report) -> list[float]:
    """All numbers in a report."""
    single = [report.qps, report.requests_per_s, report.window_s, report.requests, report.batch_size]
    if report.requests is not None and report.batch_size is not None:
        single.append(report.requests * report.batch_size)
    mappings = [report.latency_ms, report.compute_ms, report.vendor, report.device_readings]
    return [each for each in single if each is not None] + [each for one in mappings for each in one.values()]


@given(st.one_of(st.text(), st.binary().map(lambda data: data.decode(errors="replace"))))
def test_any_text(text: str):
    for report in read_any(TOOL, text):
        assert all(0 <= figure < MOST for figure in figures(report))


@given(st.lists(st.one_of(PIECES, LABELS, st.text(max_size=20)), max_size=60).map("".join))
def test_any_order_of_its_lines(text: str):
    for report in read_any(TOOL, text):
        assert all(0 <= figure < MOST for figure in figures(report))


@given(st.integers(0, len(WHOLE)))
def test_any_end(end: int):
    """What is told of a log that ends early is what the whole one tells."""
    for part, whole in zip(read_any(TOOL, WHOLE[:end]), REPORTS, strict=False):
        assert part.device in ("", whole.device)
        told = [part.qps, part.requests, part.window_s, part.batch_size]
        known = [whole.qps, whole.requests, whole.window_s, whole.batch_size]
        assert all(one in (None, other) for one, other in zip(told, known, strict=True))
        for some, every in ((part.latency_ms, whole.latency_ms), (part.device_readings, whole.device_readings)):
            assert all(every[name] == value for name, value in some.items())


@given(st.integers(0, len(WHOLE)), st.text(max_size=30), st.integers(0, 60))
def test_a_hole_in_the_middle(begin: int, text: str, length: int):
    for report in read_any(TOOL, WHOLE[:begin] + text + WHOLE[begin + length :]):
        assert all(0 <= figure < MOST for figure in figures(report))


@given(
    st.lists(st.one_of(PIECES, st.text(max_size=40)), max_size=30).map("".join),
    st.integers(-20, 255),
    st.dictionaries(st.sampled_from(["dev02026-03-02 10:20:30.json", "x.json"]), st.text()),
)
def test_any_output_of_a_process(text: str, returncode: int, files: dict[str, str]):
    lines = tuple(Line(line.text, "stderr", 5) for line in lines_of(text))
    captured = Captured(Command(("mm_run", "--threads", "1"), Path(), "0"), lines, files, returncode)
    case = ToolCase("model", 32, ("0",), 1, 2, "", "host")
    try:
        reports = TOOL.parse(case, [captured])
    except CaseFailed:
        return
    assert returncode == 0
    assert [report.device for report in reports] == ["0"]


@given(
    st.integers(1, 10**7),
    st.floats(0.01, 1e4),
    st.integers(1, 512),
    st.booleans(),
)
def test_figures_come_back(iterations: int, wall_s: float, batch: int, is_new: bool):
    rate = iterations / wall_s
    text = parameters(batch_size=batch) + summary(
        *(0,),
        iterations=iterations,
        wall_s=wall_s,
        qps=rate * batch,
        rate=rate if is_new else None,
        shapes=(f"[[{batch}, 3, 224, 224]]",),
    )
    (report,) = TOOL.read_log("any.log", text)
    assert report.qps is not None
    assert math.isclose(report.qps, rate * batch, rel_tol=2e-4)
    assert report.requests == iterations
    assert not report.warnings
