"""What the tool reports, held against what the device itself wrote down."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bmrt_test_cases import Run, codes, with_options

from clipperf.tools.base import Length, Report, ToolCase

US = 0.002
"""What is printed is cut to whole microseconds."""


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the devices write, each process in a file of its own."""
    monkeypatch.setenv("BMRT_LEDGER", str(tmp_path / "ledger"))
    return tmp_path


def turns(folder: Path, device: str = "0") -> list[list[Mapping[str, Any]]]:
    """What each process did on a device."""
    return [json.loads(path.read_text())["turns"] for path in sorted(folder.glob(f"ledger-{device}-*.json"))]


def took_ms(done: list[Mapping[str, Any]]) -> list[float]:
    """How long each turn took."""
    return [(turn["end_ns"] - turn["begin_ns"]) / 1e6 for turn in done]


@pytest.mark.parametrize("form", ["new", "old"])
def test_every_launch_but_those_of_the_warm_up(
    case: ToolCase, run: Run, ledger: Path, monkeypatch: pytest.MonkeyPatch, form: str
):
    monkeypatch.setenv("BMRT_FORMAT", form)
    (report,), _ = run(case)
    (did,) = turns(ledger)
    assert len(did) == 22
    assert report.durations_ms == pytest.approx(took_ms(did)[2:], abs=US)
    assert (report.warmup_requests, report.batch_size, report.instances, report.queue_depth) == (2, 4, 1, 1)
    mean = np.mean(report.durations_ms)
    assert report.latency_ms["mean"] == pytest.approx(mean)
    assert report.qps_compute == pytest.approx(4e3 / mean)
    assert (report.qps, report.requests_per_s) == (None, None), "nothing of it is wall time"
    assert report.compute_ms["mean"] == pytest.approx(0.9 * mean, abs=0.01)
    assert codes(report) == set()
    assert report.driver_version == ("0.5.1" if form == "new" else "")


def test_the_cold_loop_never_counts(case: ToolCase, run: Run, ledger: Path):
    (report,), _ = run(case, Length(3, None, 0))
    did = took_ms(turns(ledger)[0])
    assert len(did) == 4
    assert max(report.durations_ms) < did[0] / 2


def test_several_launches_in_a_loop_are_averaged(case: ToolCase, run: Run, ledger: Path):
    (report,), _ = run(with_options(case, calculate_times=5), Length(12, None, 5))
    did = took_ms(turns(ledger)[0])
    assert len(did) == 4, "one of warm-up, and three for twelve requests"
    assert (report.requests, report.warmup_requests, report.durations_ms) == (15, 5, ())
    assert report.latency_ms == {"mean": pytest.approx(np.mean(did[1:]) / 5, abs=US)}
    assert report.qps_compute == pytest.approx(4e3 / report.latency_ms["mean"])
    assert codes(report) == {"launches-averaged"}


def test_groups_of_cores_count_each_their_own_samples(case: ToolCase, run: Run, ledger: Path):
    (report,), (captured,) = run(with_options(case, core_list="0:1"))
    assert captured.command.argv[captured.command.argv.index("--core_list") + 1] == "0:1"
    mean = np.mean(took_ms(turns(ledger)[0])[2:])
    assert report.qps_compute == pytest.approx(2 * 4e3 / mean, rel=1e-3)
    assert (report.requests, report.durations_ms, report.compute_ms) == (40, (), {})
    assert codes(report) == {"core-groups"}


def test_cores_that_work_together_are_one_group(case: ToolCase, run: Run, ledger: Path):
    (report,), (captured,) = run(with_options(case, core_list="0+1"))
    assert captured.command.argv[captured.command.argv.index("--core_list") + 1] == "0,1"
    assert report.qps_compute == pytest.approx(4e3 / np.mean(took_ms(turns(ledger)[0])[2:]), rel=1e-3)
    assert codes(report) == set()


def test_a_process_for_each_device_and_instance(case: ToolCase, run: Run, ledger: Path):
    reports, captured = run(replace(case, device_ids=("0", "1"), instances=2), Length(60, None, 2))
    assert [one.command.device for one in captured] == ["0", "0", "1", "1"] == [report.device for report in reports]
    did = [done for device in "01" for done in turns(ledger, device)]
    begins, ends = [done[0]["end_ns"] for done in did], [done[-1]["end_ns"] for done in did]
    together = max(begins), min(ends)
    assert together[0] < together[1], "none began before all had loaded"
    for report in reports:
        assert report.qps_compute == pytest.approx(4e3 / np.mean(report.durations_ms))
        assert 0 < len(report.durations_ms) <= 60
        assert max(report.durations_ms) < 20, "that in which a process was held does not count"


@pytest.mark.parametrize(("batch", "stage"), [(1, 0), (4, 1)])
def test_model_tool_tells_the_stage(
    case: ToolCase, run: Run, bmodel: Callable[..., Path], model_tool: Path, batch: int, stage: int
):
    both = replace(case, model=str(bmodel({"vit": [1, 4]})), batch_size=batch)
    (report,), (captured,) = run(both)
    words = " ".join(captured.command.argv)
    assert f"--net_idx 0 --stage_idx {stage}" in words
    assert (report.batch_size, codes(report)) == (batch, set())


def test_model_tool_tells_the_shapes_of_a_dynamic_net(
    case: ToolCase, run: Run, bmodel: Callable[..., Path], model_tool: Path, ledger: Path
):
    (report,), (captured,) = run(replace(case, model=str(bmodel({"vit": [8]}, dynamic=True)), batch_size=2))
    assert "[2,3,32,32]" in captured.command.argv
    assert report.qps_compute == pytest.approx(2e3 / np.mean(took_ms(turns(ledger)[0])[2:]), rel=1e-3)
    assert codes(report) == set()


def test_without_model_tool_the_stage_is_found_in_what_ran(
    case: ToolCase, run: Run, bmodel: Callable[..., Path], ledger: Path
):
    (report,), _ = run(replace(case, model=str(bmodel({"vit": [1, 4], "text": [2]})), batch_size=4))
    did = [turn for turn in turns(ledger)[0] if (turn["net"], turn["stage"]) == ("vit", 1)]
    assert report.durations_ms == pytest.approx(took_ms(did)[2:], abs=US)
    assert codes(report) == {"others-in-turn"}


def test_a_release_that_shows_no_shapes_is_believed(case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BMRT_FORMAT", "bare")
    (report,), _ = run(case)
    assert codes(report) == {"batch-unconfirmed"}
    assert len(report.durations_ms) == 20


def test_instants_are_told_where_the_device_hardly_waited(
    case: ToolCase, run: Run, bmodel: Callable[..., Path], ledger: Path
):
    def window(copy_us: int) -> tuple[Report, list[Mapping[str, Any]]]:
        (report,), _ = run(replace(case, model=str(bmodel({"vit": [4]}, copy_us=copy_us, us_per_sample=2500))))
        return report, turns(ledger)[0]

    report, did = window(10)
    assert report.window_ns is not None
    begin_ns, end_ns = report.window_ns
    assert did[1]["end_ns"] <= begin_ns < did[2]["end_ns"]
    assert did[-1]["end_ns"] <= end_ns


def test_no_instants_are_told_where_the_device_waited_for_copies(case: ToolCase, run: Run, bmodel: Callable[..., Path]):
    (report,), _ = run(replace(case, model=str(bmodel({"vit": [4]}, copy_us=2000))))
    assert report.window_ns is None


def test_what_would_distort_is_taken_out_of_the_environment(case: ToolCase, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BMRUNTIME_ENABLE_PROFILE", "1")
    _, (captured,) = run(case)
    assert captured.command.argv[:4] == ("env", "-u", "BMRUNTIME_ENABLE_PROFILE", "stdbuf")
