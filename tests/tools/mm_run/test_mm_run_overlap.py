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


PARTLY, NOT_AT_ALL = "devices-overlapped-partly", "devices-did-not-overlap"


@pytest.mark.parametrize(
    ("ends_s", "codes", "words"),
    [
        ((10.0, 10.0), [], ""),
        ((10.0, 10.2), [], ""),
        ((10.0, 11.5), [PARTLY], "for 1.5 of 3 s (50 %)"),
        ((10.0, 20.0), [NOT_AT_ALL], "began 7 s after"),
        ((None, 10.0), [], ""),
    ],
)
def test_two_devices(ends_s: tuple[float | None, float | None], codes: list[str], words: str):
    reports = parsed([process(str(device), end_s) for device, end_s in enumerate(ends_s)])
    assert len(reports) == 2
    for report in reports:
        assert [warning.code for warning in report.warnings] == codes
        assert all(words in warning.sentence for warning in report.warnings)
        assert (report.qps is None) == (codes == [NOT_AT_ALL]), "there is no sum of what did not happen together"


def test_one_device_has_nothing_to_overlap_with():
    (report,) = parsed([process("0", 10.0)])
    assert not report.warnings


def test_a_short_window_beside_a_long_one():
    reports = parsed([process("0", 10.0, 3000.0), process("1", 10.0, 1000.0)])
    assert "(33 %)" in reports[0].warnings[0].sentence
