"""Whatever happens in one case becomes its row; the other cases of the sweep are measured."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from commands import SIMULATED, clipperf
from sweeps import statuses, sweep

from clipperf.results.folder import RESULTS
from clipperf.results.frame import read_rows

GIGABYTE = 1 << 30


def failing(folder: Path, fail: str, **keys: Any) -> pd.DataFrame:
    """Three cases, of which that of batch size 2 fails."""
    option = {"fail": fail, "fail_batch": 2, **keys.pop("option", {})}
    frame = sweep(folder, **{"batch": [1, 2, 3], "option": option, "case_timeout": 20, **keys})
    assert {1: statuses(frame)[1], 3: statuses(frame)[3]} == {1: "ok", 3: "ok"}
    assert (frame.loc[frame["batch_size"] != 2, "requests"] == 5).all()
    return frame


def lost(frame: pd.DataFrame) -> pd.Series:
    """The row of the case that failed, which holds no figure."""
    (row,) = (row for _, row in frame[frame["batch_size"] == 2].iterrows())
    figures = ["requests", "qps", "latency_p50_ms", "window_s", "rss_mb", "load_s"]
    assert row[figures].isna().all()
    return row


KINDS = [
    ("raise", "failed", "RuntimeError", "RuntimeError: the simulated device failed, as --option fail=raise asks."),
    ("exit", "failed", "exit", "The worker ended by itself with exit code 3."),
    ("segfault", "failed", "SIGSEGV", "The worker was killed by SIGSEGV. Last lines of "),
    ("nan", "wrong-output", "wrong-output", "Output output holds 8 values of 8 that are not finite."),
    ("constant", "wrong-output", "wrong-output", "Output output is constant: all 8 values are 1.0."),
    ("out-of-memory", "failed", "out-of-memory", "The worker ran out of memory ("),
]


@pytest.mark.parametrize(("fail", "status", "kind", "sentence"), KINDS, ids=[kind[0] for kind in KINDS])
def test_a_case_that_fails_on_its_first_request_is_a_row(
    fail: str, status: str, kind: str, sentence: str, tmp_path: Path
):
    row = lost(failing(tmp_path / "run", fail))
    assert (row["status"], row["error_kind"]) == (status, kind)
    assert row["error"].startswith(sentence)


@pytest.mark.parametrize(
    ("fail", "status", "kind"), [kind[:3] for kind in KINDS[:3]], ids=[kind[0] for kind in KINDS[:3]]
)
def test_a_case_that_fails_under_load_is_a_row_and_keeps_its_samples(fail: str, status: str, kind: str, tmp_path: Path):
    frame = failing(tmp_path / "run", fail, batch=[2, 1, 3], option={"fail_after": 4})
    row = lost(frame)
    assert (row["status"], row["error_kind"]) == (status, kind)
    samples = np.load(tmp_path / "run" / "samples" / f"{row['case_id']}-0.npz")
    # The first request was the look at the answer.
    assert len(samples["completed_ns"]) == 3
    assert not samples["in_window"].any()


def test_a_case_that_hangs_is_given_up(tmp_path: Path):
    row = lost(failing(tmp_path / "run", "hang", case_timeout=3))
    assert (row["status"], row["error_kind"]) == ("timed-out", "timed-out")
    assert row["error"] == "The case did not end within --case-timeout 3 s."


def test_a_case_that_hangs_under_load_is_given_up(tmp_path: Path):
    row = lost(failing(tmp_path / "run", "hang", batch=[2, 1, 3], case_timeout=3, option={"fail_after": 3}))
    assert (row["status"], row["error_kind"]) == ("timed-out", "timed-out")


def test_a_crash_tells_where_it_was(tmp_path: Path):
    error = lost(failing(tmp_path / "run", "segfault"))["error"]
    assert "Fatal Python error: Segmentation fault" in error
    assert "simulated.py" in error


@pytest.mark.parametrize("instances", [2, 3])
def test_one_slot_of_many_that_fails_costs_its_case_only(instances: int, tmp_path: Path):
    option = {"fail_after": 20}
    row = lost(failing(tmp_path / "run", "raise", batch=[2, 1, 3], instances=instances, queue_depth=2, option=option))
    assert row["error_kind"] == "RuntimeError"


def test_one_device_of_two_that_fails_costs_its_case_only(tmp_path: Path):
    row = lost(failing(tmp_path / "run", "exit", batch=[2, 1, 3], device="0,1", option={"fail_after": 4}))
    assert row["error_kind"] == "exit"


def test_a_case_that_failed_is_measured_by_new_workers_the_next_time(tmp_path: Path):
    frame = failing(tmp_path / "run", "raise")
    # Only a worker's first row tells how long opening took.
    assert frame["load_s"].notna().tolist() == [True, False, True]


def test_running_out_of_memory_under_a_limit_is_a_row(tmp_path: Path):
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (6 * GIGABYTE, 6 * GIGABYTE))

    option = ("--option", "fail=out-of-memory", "--option", "fail_batch=2")
    done = clipperf(*SIMULATED, "--batch", "1,2,3", *option, "--out", "run", cwd=tmp_path, preexec_fn=limit)
    assert done.returncode == 1, done.stderr
    frame = read_rows(tmp_path / "run" / RESULTS)
    assert statuses(frame) == {1: "ok", 2: "failed", 3: "ok"}
    (row,) = (row for _, row in frame[frame["batch_size"] == 2].iterrows())
    assert row["error_kind"] == "out-of-memory"
    assert row["error"].startswith("The worker ran out of memory (Unable to allocate 1.00 GiB")
    assert "use a smaller batch or fewer instances" in row["error"]
