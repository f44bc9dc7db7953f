"""A build before this one, measured in turn."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from clipperf.analysis.compare_verdict import METRICS
from clipperf.nightly.again import PAIRS, measure_again
from clipperf.profile import make_profile
from clipperf.results.folder import RESULTS
from clipperf.results.frame import read_rows
from clipperf.sweeping.display import Silent

AXES = {
    "model": "any", "precision": "fp32", "batch_size": 4, "runner": "simulated", "device": "0", "instances": 1,
    "queue_depth": 1, "loop": "closed", "offered_rate": None, "scope": "host", "options": '{"execute_ms": "4:5"}',
}  # fmt: skip


def again(folder: Path, before: str) -> str:
    profile = make_profile(
        {"model": "any", "runner": "simulated", "batch": [1, 4], "iterations": 20, "warmup": "1",
         "option": {"execute_ms": ["4:5", "4:9"]}}, {},
    )  # fmt: skip
    return measure_again(AXES, METRICS["qps"], before, profile, folder, 0.5, Silent())


def test_the_one_case_is_measured_on_both_sides_and_once(tmp_path: Path):
    told = again(tmp_path / "again", sys.executable)
    rows = read_rows(tmp_path / "again" / RESULTS)
    assert set(rows["batch_size"]) == {4}
    assert set(rows["options"]) == {'{"execute_ms": "4:5"}'}
    assert list(rows["side"]).count("A") == list(rows["side"]).count("B") == PAIRS
    assert told.startswith("In turn tonight this build has ")
    assert "of its qps as the earlier one" in told
    # At a threshold of half its speed it is the same, whatever else the machine does.
    assert told.endswith("what was built is as fast as before.")
    assert again(tmp_path / "again", sys.executable) == told


@pytest.mark.parametrize("before", ["/no/such/python", "python-of-nowhere"])
def test_an_interpreter_that_is_not_there_is_told_in_the_verdict(tmp_path: Path, before: str):
    told = again(tmp_path / "again", before)
    assert told.startswith("The earlier build could not be measured: ")
    assert before in told
