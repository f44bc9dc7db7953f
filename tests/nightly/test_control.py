"""The control of a night."""

from __future__ import annotations

from pathlib import Path

import pytest
from nights import night

from clipperf.analysis.night_summary import CONTROL
from clipperf.nightly.control import control_of, measure_control
from clipperf.profile import make_profile
from clipperf.results.folder import RESULTS
from clipperf.results.frame import read_rows
from clipperf.results.night import marked_night
from clipperf.sweeping.display import Silent


def test_it_is_measured_where_the_profile_is():
    profile = make_profile(
        {"runner": "openvino", "device": ["0", "1"], "option": {"num_streams": [1, 2]}, "worker_python": "/opt/python"},
        {},
    )
    control = control_of(profile, "tiny-vision")
    assert (control.model, control.runner, control.device) == (["tiny-vision"], "openvino", ["0"])
    assert (control.option, control.worker_python) == ({"num_streams": [1]}, "/opt/python")
    assert control.batch == control.instances == control.queue_depth == [1]


@pytest.mark.parametrize("runner", ["simulated", "null"])
def test_of_a_device_that_sleeps_the_host_is_watched(runner: str):
    control = control_of(make_profile({"runner": runner, "option": {"execute_ms": [1]}}, {}), "tiny-vision")
    assert (control.runner, control.option) == ("onnxruntime", {})


def test_both_parts_lie_in_one_folder_of_that_night(tmp_path: Path):
    control = control_of(make_profile({"device": ["0"]}, {}), "tiny-vision")
    quick = control.model_copy(update={"duration": None, "iterations": 5, "warmup": "1"})
    folder = tmp_path / "control-1"
    for part in (0, 1, 1):
        outcome = measure_control(quick, part, folder, night(3), Silent())
    rows = read_rows(folder / RESULTS)
    assert (outcome.rows, outcome.failed, outcome.error) == (6, 0, "")
    assert list(rows["repeat"]) == list(range(6))
    assert set(rows["side"]) == {CONTROL}
    assert marked_night(folder) == night(3)


def test_a_runner_that_is_not_here_is_told_and_is_no_failure(tmp_path: Path):
    told: list[str] = []

    class Listener(Silent):
        def note(self, text: str) -> None:
            told.append(text)

    control = control_of(make_profile({"runner": "my_module:Absent"}, {}), "tiny-vision")
    outcome = measure_control(control, 0, tmp_path / "control-1", night(0), Listener())
    assert outcome.rows == 0
    assert "my_module" in outcome.error
    assert any("my_module" in each for each in told)
