"""Whether the devices measured at the same time, from when their lines came."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from mm_run_logs import parameters, summary

from clipperf.tools import load_tool
from clipperf.tools.base import Captured, Command, Line, Report, ToolCase, lines_of

TOOL = load_tool("mm_run")
SECOND_NS = 1_000_000_000


def process(device: str, ended_at_s: float | None, took_ms: float = 3000.0) -> Captured:
    """What a process left that measured so long and ended then."""
    at_ns = None if ended_at_s is None else int(ended_at_s * SECOND_NS)
    measured = Line(f"infer_dev_{device}_thread_0 time is {took_ms} ms.", "stderr", at_ns)
    head = lines_of(parameters(devices=device), "stderr")
    blocks = lines_of(summary(int(device)), "stderr")
    return Captured(Command(("mm_run",), Path(), device), (*head, measured, *blocks), {}, 0)


def parsed(captured: Sequence[Captured]) -> Sequence[Report]:
    """The reports of a case with these processes."""
    devices = tuple(one.command.device for one in captured)
    return TOOL.parse(ToolCase("model", 32, devices, 1, 2, "", "host"), captured)


@pytest.mark.parametrize(
    ("ends_s", "share"),
    [
        ((10.0, 10.0), None),
        ((10.0, 10.1), None),
        ((10.0, 11.5), "50 %"),
        ((10.0, 20.0), "only 0 %"),
        ((None, 10.0), None),
    ],
)
def test_two_devices(ends_s: tuple[float | None, float | None], share: str | None):
    reports = parsed([process(str(device), end_s) for device, end_s in enumerate(ends_s)])
    assert len(reports) == 2
    for report in reports:
        assert [warning.code for warning in report.warnings] == ([] if share is None else ["windows-apart"])
        assert share is None or share in report.warnings[0].sentence


def test_one_device_has_nothing_to_overlap_with():
    (report,) = parsed([process("0", 10.0)])
    assert not report.warnings


def test_a_short_window_beside_a_long_one():
    reports = parsed([process("0", 10.0, 3000.0), process("1", 10.0, 1000.0)])
    assert "33.3 %" in reports[0].warnings[0].sentence
