"""Exactly the rows of --list are measured, once each, in an order that the seed fixes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pandas as pd
from commands import SIMULATED, clipperf
from sweeps import sweep

from clipperf.results.folder import RESULTS
from clipperf.results.frame import read_rows

GRID = ("--batch", "1,8", "--instances", "1,2", "--queue-depth", "1,2", "--device", "0", "--device", "0,1")
AXES = ["batch_size", "device", "instances", "queue_depth"]


def listed(*arguments: str) -> list[dict[str, object]]:
    done = clipperf(*arguments, "--list", "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_grid_gives_exactly_the_rows_of_its_list(tmp_path: Path):
    command = (*SIMULATED, *GRID)
    plan = listed(*command)
    assert len(plan) == 16
    done = clipperf(*command, "--out", "run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    frame = read_rows(tmp_path / "run" / RESULTS)
    assert sorted(frame["case_id"]) == sorted(case["case_id"] for case in plan)
    assert set(frame["status"]) == {"ok"}
    by_id = frame.set_index("case_id")
    for case in plan:
        row = by_id.loc[case["case_id"]]
        assert [row[name] for name in AXES] == [case[name] for name in AXES]
        assert row["devices"] * row["instances"] * row["queue_depth"] == round(row["in_flight_mean"])


def test_the_list_measures_nothing_and_writes_nothing(tmp_path: Path):
    done = clipperf(*SIMULATED, *GRID, "--list", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr == "16 rows would be measured.\n"
    assert len(done.stdout.splitlines()) == 18
    assert list(tmp_path.iterdir()) == []


def test_the_list_is_data_in_every_format():
    plan = listed(*SIMULATED, *GRID)
    table = list(csv.DictReader(io.StringIO(clipperf(*SIMULATED, *GRID, "--list", "--format", "csv").stdout)))
    assert [row["case_id"] for row in table] == [case["case_id"] for case in plan]
    github = clipperf(*SIMULATED, *GRID, "--list", "--format", "github", "--quiet")
    assert github.stderr == ""
    assert all(line.startswith("|") and line.endswith("|") for line in github.stdout.splitlines())
    assert len(github.stdout.splitlines()) == 18


def test_repeats_are_rows_of_the_list_and_of_the_run(tmp_path: Path):
    plan = listed(*SIMULATED, "--batch", "1,2", "--repeat", "3")
    assert sorted((case["batch_size"], case["repeat"]) for case in plan) == [
        (batch, repeat) for batch in (1, 2) for repeat in range(3)
    ]
    frame = sweep(tmp_path / "run", batch=[1, 2], repeat=3)
    assert sorted(zip(frame["case_id"], frame["repeat"], strict=True)) == sorted(
        (case["case_id"], case["repeat"]) for case in plan
    )
    # Every repeat is measured by workers of its own.
    assert frame["load_s"].notna().sum() == 3


def test_where_leaves_out_of_the_run_what_it_leaves_out_of_the_list(tmp_path: Path):
    where = "batch_size*queue_depth <= 8"
    plan = listed(*SIMULATED, "--batch", "1,8", "--queue-depth", "1,2", "--where", where)
    assert [(case["batch_size"], case["queue_depth"]) for case in plan] == [(1, 1), (8, 1), (1, 2)]
    frame = sweep(tmp_path / "run", where=where, batch="1,8", queue_depth="1,2")
    assert sorted(frame["case_id"]) == sorted(case["case_id"] for case in plan)


def order(frame: pd.DataFrame) -> list[tuple[int, int]]:
    return list(zip(frame["instances"], frame["batch_size"], strict=True))


def test_the_order_is_shuffled_and_the_seed_fixes_it(tmp_path: Path):
    axes = {"batch": [1, 2, 3, 4], "instances": [1, 2], "order": "shuffled", "seed": 5}
    first, again = sweep(tmp_path / "first", **axes), sweep(tmp_path / "again", **axes)
    assert order(first) == order(again)
    assert order(first) != sorted(order(first))
    assert list(first["seed"]) == [5] * 8


def test_workers_are_reused_over_batch_sizes(tmp_path: Path):
    frame = sweep(tmp_path / "run", batch=[1, 2, 3, 4], instances=[1, 2], order="shuffled", seed=3)
    # Only the first row of a worker tells how long opening took.
    assert frame["load_s"].notna().tolist() == frame["first_infer_ms"].notna().tolist() == [True, *[False] * 3] * 2


def test_the_onnxruntime_runner_gives_the_rows_of_its_list_too(tmp_path: Path):
    command = ("sweep", "--model", "tiny-vision", "--batch", "1,3", "--instances", "1,2", "--iterations", "5")
    plan = listed(*command)
    frame = sweep(tmp_path / "run", runner="onnxruntime", model="tiny-vision", batch=[1, 3], instances=[1, 2])
    assert list(frame["case_id"]) == [case["case_id"] for case in plan]
    assert set(frame["status"]) == {"ok"}
    assert (frame["gflops_per_s"] > 0).all()
    assert frame["model_sha256"].nunique() == 1
    assert set(frame["provider_ran"]) == {"CPUExecutionProvider"}
