"""A run of ``clipperf modes``: which rows it leaves, in which order, and that it can be gone on with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from clipperf.analysis.objective import read_objective
from clipperf.errors import ProfileError, UsageError
from clipperf.plan import Case
from clipperf.profile import make_profile
from clipperf.results.folder import PROFILE, RESULTS
from clipperf.results.frame import read_rows
from clipperf.search.modes import Wanted, check_profile, resume_modes, start_modes, turns
from clipperf.sweeping.display import Silent
from clipperf.sweeping.planning import Plan, make_plan

# Far apart, so that no other work on the machine can turn them round: 1 and 4 ms by batch 1 and 16.
DEVICE = {"option": {"execute_ms": ["1:1/16:4"]}, "batch": [1, 16]}


def plan(**keys: Any) -> Plan:
    return make_plan(
        make_profile(
            {"model": "any", "runner": "simulated", "iterations": 12, "warmup": "1", "control": False, **keys}, {}
        )
    )


def case(batch: int) -> Case:
    return Case("any", "fp32", batch, "simulated", "0", 1, 1, "host")


def test_rounds_go_forth_and_back():
    found = list(turns([("A", case(1)), ("B", case(2)), ("C", case(4))], 4))
    assert "".join(turn.side for turn in found) == "ABCCBAABCCBA"
    assert [turn.repeat for turn in found] == [1] * 3 + [2] * 3 + [3] * 3 + [4] * 3


def test_the_grid_once_and_then_the_modes_in_turn(tmp_path: Path):
    folder = start_modes(plan(**DEVICE), Wanted(2, None), tmp_path / "run", Silent())
    rows = read_rows(folder / RESULTS)
    grid, again = rows[rows["side"].isna()], rows[rows["side"].notna()]
    assert sorted(grid["batch_size"]) == [1, 16]
    assert list(again["side"]) == ["max-throughput", "min-latency", "min-latency", "max-throughput"]
    assert list(again["batch_size"]) == [16, 1, 1, 16]
    assert list(again["repeat"]) == [1, 1, 2, 2]
    # Fresh workers each time: every row was the first of its worker.
    assert again["load_s"].notna().all()


def test_what_is_missing_is_measured_and_nothing_twice(tmp_path: Path):
    wanted = Wanted(2, read_objective("p50<=1s"))
    folder = start_modes(plan(**DEVICE), wanted, tmp_path / "run", Silent())
    whole = (folder / RESULTS).read_text().splitlines(keepends=True)
    assert len(whole) == 1 + 2 + 4
    for kept in (2, 4):
        (folder / RESULTS).write_text("".join(whole[:kept]))
        assert resume_modes(folder, Silent()) == (folder, wanted)
        now = (folder / RESULTS).read_text().splitlines(keepends=True)
        assert now[:kept] == whole[:kept]
        rows = read_rows(folder / RESULTS)
        assert sorted(zip(rows["batch_size"], rows["repeat"], strict=True)) == [
            (1, 0), (1, 1), (1, 2), (16, 0), (16, 1), (16, 2),
        ]  # fmt: skip


def test_a_grid_without_points_has_nothing_to_measure_again(tmp_path: Path):
    folder = start_modes(plan(option={"fail": ["raise"]}), Wanted(2, None), tmp_path / "run", Silent())
    assert list(read_rows(folder / RESULTS)["status"]) == ["failed"]


def test_points_that_are_no_choice_are_refused_all_at_once():
    keys = {"model": ["vision", "text"], "precision": ["fp32", "fp16"], "rate": [5.0]}
    with pytest.raises(ProfileError) as told:
        check_profile(make_profile(keys, {}))
    assert [problem.split(":")[0] for problem in told.value.problems] == [
        "--model vision,text", "--precision fp32,fp16", "--rate",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "stored",
    [
        {"model": ["any"]},
        {"modes": 3, "profile": {}},
        {"modes": {"pairs": 0}, "profile": {"runner": "simulated"}},
        {"modes": {"pairs": True}, "profile": {"runner": "simulated"}},
        {"modes": {"pairs": 2, "slo": "p99"}, "profile": {"runner": "simulated"}},
        {"modes": {"pairs": 2, "slo": 4}, "profile": {"runner": "simulated"}},
    ],
)
def test_what_is_no_run_of_modes_is_not_gone_on_with(tmp_path: Path, stored: dict[str, Any]):
    folder = start_modes(plan(), Wanted(2, None), tmp_path / "run", Silent())
    (folder / PROFILE).write_text(yaml.safe_dump(stored))
    with pytest.raises(UsageError):
        resume_modes(folder, Silent())
