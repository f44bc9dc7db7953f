"""What the tool reports of a device, held against what the device itself wrote down."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from ais_bench_cases import Run, codes, executions, with_options, write_model

from clipperf.tools.base import Length, Report, ToolCase

CLOSE = 0.02
LENGTH = Length(150, None, 2)


@pytest.fixture(autouse=True)
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the devices write, each process in a file of its own."""
    monkeypatch.setenv("AIS_LEDGER", str(tmp_path / "ledger"))
    return tmp_path


@pytest.mark.parametrize("form", ["new", "2023-06"])
def test_one_device_is_told_as_it_was(
    case: ToolCase, run: Run, ledger: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIS_FORM", form)
    (report,), _ = run(case, LENGTH)
    ((truth,),) = executions(ledger).values()
    durations = (truth[:, 1] - truth[:, 0]) * 1e3
    assert report.durations_ms == pytest.approx(durations, abs=0.2, rel=CLOSE)
    assert np.mean(report.durations_ms) == pytest.approx(durations.mean(), rel=CLOSE)
    assert report.qps_compute == pytest.approx(4e3 / durations.mean(), rel=CLOSE)
    # Wall time is counted from completion to completion, the opening one left out; lines that come late tell none.
    assert report.qps is None or report.qps == pytest.approx(
        4 * (len(truth) - 2) / (truth[-1, 1] - truth[1, 1]), rel=CLOSE
    )
    assert (report.requests, report.warmup_requests, report.batch_size) == (150, 2, 4)
    assert codes(report) == set()


def test_processes_of_clipperf_measure_together(case: ToolCase, run: Run, ledger: Path) -> None:
    reports, captured = run(replace(case, device_ids=("0", "1"), instances=2), LENGTH)
    truth = [times for of_device in executions(ledger).values() for times in of_device]
    assert [report.device for report in reports] == ["0", "0", "1", "1"]
    assert len({one.command.folder for one in captured}) == 4
    _check_sums(reports, truth)
    # How well they overlap is for the machine to say.
    assert all(codes(report) <= {"devices-overlapped-partly"} for report in reports)


@pytest.mark.parametrize("form", ["new", "2023-06"])
def test_of_its_own_list_only_the_common_time_is_summed(
    case: ToolCase, run: Run, ledger: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIS_FORM", form)
    monkeypatch.setenv("AIS_APART_S", "0.15")
    reports, captured = run(replace(case, device_ids=("0", "1"), with_own_devices=True), LENGTH)
    assert [report.device for report in reports] == ["0", "1"]
    assert len(captured) == 1
    _check_sums(reports, [times for of_device in executions(ledger).values() for times in of_device])
    assert all("devices-overlapped-partly" in codes(report) for report in reports)


def test_a_list_that_did_not_overlap_has_no_sum(
    case: ToolCase, run: Run, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIS_APART_S", "0.4")
    reports, _ = run(replace(case, device_ids=("0", "1"), with_own_devices=True), Length(40, None, 1))
    truth = executions(ledger)
    assert truth[1][0][0, 0] > truth[0][0][-1, 1]
    for report in reports:
        assert (report.qps, report.qps_compute, report.requests_per_s, report.window_s) == (None, None, None, None)
        assert "devices-did-not-overlap" in codes(report)
        (own,) = truth[int(report.device)]
        assert np.mean(report.durations_ms) == pytest.approx((own[:, 1] - own[:, 0]).mean() * 1e3, rel=CLOSE)


def test_a_dynamic_model_runs_at_the_size_of_the_case(case: ToolCase, run: Run, tmp_path: Path) -> None:
    model = write_model(tmp_path / "dynamic.om", sizes=[1, 8], execute_ms=2.0)
    (report,), captured = run(replace(with_options(case, dymBatch="true"), model=str(model), batch_size=8))
    assert report.batch_size == 8
    assert captured[0].command.argv[-2:] == ("--dymBatch", "8")


def _check_sums(reports: list[Report], truth: list[np.ndarray]) -> None:
    """The rates of all places in the time in which all of them executed."""
    begin, end = max(times[1, 1] for times in truth), min(times[-1, 1] for times in truth)
    assert end - begin > 0.2, "the machine is too busy for this test to say anything"
    inside = [times[(times[:, 1] > begin) & (times[:, 1] <= end)] for times in truth]
    wall = sum(4 * len(times) / (end - begin) for times in inside)
    compute = sum(4 / (times[:, 1] - times[:, 0]).mean() for times in inside)
    assert sum(report.qps_compute or 0.0 for report in reports) == pytest.approx(compute, rel=CLOSE)
    told = [report.qps for report in reports if report.qps is not None]
    # A machine on which the lines come late has no wall time to tell, and then there is none.
    assert len(told) in (0, len(reports))
    assert not told or sum(told) == pytest.approx(wall, rel=2 * CLOSE)
