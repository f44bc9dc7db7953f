"""The JSON of each device: what can be relied on in it, and whether it belongs to the log beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from mm_run_logs import parameters, summary

from clipperf.errors import UsageError
from clipperf.tools import load_tool
from clipperf.tools.base import Captured, Command, Line, ToolCase, lines_of
from clipperf.tools.mm_run.trace_file import read_trace

NAME = "dev12026-03-02 10:20:30.json"
TRACE: dict[str, Any] = {
    "iterations": 1000,
    "inputType": 0,
    "mluComputTime(s)": 8000.0,
    "mluComputTime(dev|s)": 0.0,
    "trace": [{"inputDims": [[32, 3, 224, 224]], "latency(host|ms)": {"mean": 1e6, "min": "?"}}],
}
TOOL = load_tool("mm_run")


def test_its_figures():
    (report,) = TOOL.read_log(f"logs/{NAME}", json.dumps(TRACE))
    assert (report.device, report.requests, report.batch_size) == ("1", 1000, 32)
    assert (report.qps, report.requests_per_s, report.window_s) == (None, None, None)
    assert not report.latency_ms, "the keys of its statistics are not known"
    assert [warning.code for warning in report.warnings] == ["trace-only"]


def test_its_seconds_are_milliseconds():
    trace = read_trace(NAME, json.dumps(TRACE))
    assert trace is not None
    assert (trace.compute_host_s, trace.compute_dev_s) == (8.0, None)


def test_inputs_by_name():
    named = {**TRACE, "trace": [{"inputDims": {"image": [32, 3, 224, 224], "text": [100, 77]}}]}
    (report,) = TOOL.read_log("other name.json", json.dumps(named))
    assert (report.device, report.batch_size) == ("", None)


@pytest.mark.parametrize(
    "change",
    [
        *({"iterations": value} for value in (None, "many", True, -1, 10**400)),
        *({"trace": value} for value in (None, {}, "x")),
    ],
)
def test_what_is_no_trace(change: Mapping[str, Any]):
    with pytest.raises(UsageError):
        TOOL.read_log(NAME, json.dumps({**TRACE, **change}))


@pytest.mark.parametrize("group", [None, 1, {}, {"inputDims": [[1, "x"]]}, {"inputDims": 3}, {"inputDims": [[-1]]}])
def test_shapes_that_cannot_be_read(group: object):
    (report,) = TOOL.read_log(NAME, json.dumps({**TRACE, "trace": [group]}))
    assert (report.requests, report.batch_size) == (1000, None)


def test_a_text_that_ends_early():
    text = json.dumps(TRACE)
    for end in range(len(text)):
        with pytest.raises(UsageError):
            TOOL.read_log(NAME, text[:end])


@pytest.mark.parametrize(
    ("name", "change", "warnings"),
    [
        (NAME, {}, []),
        (NAME, {"iterations": 999}, []),
        (NAME, {"iterations": 500}, ["trace-disagrees"]),
        (NAME, {"mluComputTime(s)": 8.0}, ["trace-disagrees"]),
        ("dev02026-03-02 10:20:30.json", {"iterations": 500}, []),
        ("notes.json", {"iterations": 500}, []),
    ],
)
def test_a_trace_beside_the_log(tmp_path: Path, name: str, change: Mapping[str, Any], warnings: list[str]):
    """That of another device says nothing about this one."""
    lines = tuple(Line(line.text, "stderr") for line in lines_of(parameters(devices=1) + summary(1)))
    command = Command(("mm_run",), tmp_path, "1")
    captured = Captured(command, lines, {name: json.dumps({**TRACE, **change})}, 0)
    case = ToolCase("model", 32, ("1",), 1, 2, "", "host")
    (report,) = TOOL.parse(case, [captured])
    assert [warning.code for warning in report.warnings] == warnings
