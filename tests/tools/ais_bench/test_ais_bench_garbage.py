"""Whatever a file holds and a process leaves, it ends as figures that stand there or as a named error."""

from __future__ import annotations

import json
import math
from pathlib import Path

from ais_bench_cases import CAPTURED
from ais_bench_logs import block, listed, run, summary
from hypothesis import given, settings
from hypothesis import strategies as st

from clipperf.errors import CaseFailed, UsageError
from clipperf.tools.ais_bench import AisBench
from clipperf.tools.base import Captured, Command, Report, ToolCase, lines_of

TEXTS = [path.read_text(encoding="utf-8") for path in sorted(CAPTURED.glob("*"))]
PAIRS = summary([(0.0, 4.0), (4.0, 9.0)], "--pipeline 1 --threads 2", mean=4.5)
PIECES = st.sampled_from(
    [
        *(line for text in (run(5.0), block(2.0, is_mean_alone=True)) for line in text.splitlines()),
        listed(0, 1, 5.0, 10.0, 11.0),
        "[INFO] multidevice:[0, 1] run begin",
        "[INFO] summary throughput:1e999",
        "run in pipeline mode with 4 computing threads.",
        "exec_time_list [(1, 2), 'x']",
        "exec_time_list [[[[",
        "NPU_compute_time (ms): mean = nan, mean = 1e400",
        "throughput 1000*batchsize.mean(-1)/NPU_compute_time.mean(0): 0",
        "throughput 1000*batchsize.mean(1e999)/NPU_compute_time.mean(1): 1",
        "[ERROR] ",
        "Traceback (most recent call last):",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def read(text: str) -> list[Report]:
    try:
        return list(AisBench().read_log("file_summary.json", text))
    except UsageError as error:
        words = str(error)
    assert words.startswith("file_summary.json: ")
    return []


def check(reports: list[Report], text: str) -> None:
    """Every figure is a number; what is said to be printed stands in the text."""
    for report in reports:
        figures = [*report.latency_ms.values(), *report.vendor.values(), *report.durations_ms]
        figures += [figure for figure in (report.qps, report.qps_compute, report.window_s) if figure is not None]
        assert all(isinstance(figure, float) and math.isfinite(figure) for figure in figures)
        assert report.vendor.get("vendor_latency_mean_ms", 0.0) >= 0 or "-" in text


def left_behind(text: str, returncode: int, folder: Path) -> Captured:
    command = Command(("ais_bench", "--loop", "10", "--device", "0,1"), folder, "0,1")
    return Captured(command, lines_of(text), {"figures/device0_0_summary.json": text}, returncode)


@given(st.text())
def test_any_text(text: str) -> None:
    check(read(text), text)


@given(st.binary())
def test_any_bytes(content: bytes) -> None:
    text = content.decode(errors="replace")
    check(read(text), text)


@given(st.lists(PIECES, max_size=30))
def test_lines_in_any_order(lines: list[str]) -> None:
    text = "\n".join(lines)
    check(read(text), text)


@settings(deadline=None)
@given(st.sampled_from([*TEXTS, PAIRS]), st.floats(0, 1), st.floats(0, 1))
def test_any_part_of_a_file(text: str, begin: float, end: float) -> None:
    part = text[int(begin * len(text)) : int(end * len(text))]
    check(read(part), part)


@given(JSON, st.sampled_from(["npu_compute_time_list", "NPU_compute_time", "throughput", "args", "filesinfo"]))
def test_any_json_in_a_summary(value: object, key: str) -> None:
    for text in (summary([1.0, 2.0]), PAIRS):
        told = json.loads(text)
        told[key] = value
        check(read(json.dumps(told)), text)


@given(st.lists(st.tuples(st.floats(), st.floats()), min_size=1, max_size=5))
def test_any_intervals(pairs: list[tuple[float, float]]) -> None:
    told = {**json.loads(PAIRS), "npu_compute_time_list": pairs}
    told["NPU_compute_time"]["count"] = len(pairs)
    text = json.dumps(told)
    check(read(text), text)


@settings(deadline=None)
@given(st.sampled_from([*TEXTS, PAIRS]), st.floats(0, 1), st.sampled_from([0, 1, -9]), st.booleans())
def test_whatever_a_process_leaves(text: str, end: float, returncode: int, is_listed: bool) -> None:
    folder = Path("/nowhere")
    case = ToolCase("/m.om", 4, ("0", "1") if is_listed else ("0",), 1, 1, "", "compute", {}, is_listed)
    kind, reports = "", []
    try:
        reports = list(AisBench().parse(case, [left_behind(text[: int(end * len(text))], returncode, folder)]))
    except CaseFailed as error:
        kind, words = error.kind, str(error)
    assert bool(kind) != bool(reports)
    if kind:
        assert words.startswith("ais_bench on device 0,1 failed. ")
    else:
        assert returncode == 0
        check(reports, text)
