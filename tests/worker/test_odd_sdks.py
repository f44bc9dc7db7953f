"""What vendors' SDKs do beside their work: print, crash in C, hang on opening, start helpers, need a process each."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
import pytest
from sweeps import statuses, sweep, watched

from clipperf.errors import UsageError

pytestmark = pytest.mark.usefixtures("standins")


def by(runner: str, folder: Path, **keys: Any) -> pd.DataFrame:
    return sweep(folder, runner=f"stand_in_runners:{runner}", case_timeout=20, **keys)


def log(folder: Path, frame: pd.DataFrame, place: int = 0) -> str:
    row = frame.iloc[place]
    return (folder / "logs" / f"{row['case_id']}-{row['repeat']}.log").read_text(errors="replace")


def test_what_an_sdk_prints_lands_in_the_case_s_log_and_disturbs_nothing(tmp_path: Path, capfd: pytest.CaptureFixture):
    frame = by("Chatty", tmp_path / "run", batch=[1, 2])
    assert list(frame["status"]) == ["ok", "ok"]
    said = log(tmp_path / "run", frame)
    for words in ("opened by python", "opened by C", "not from clipperf", "a warning of the SDK"):
        assert said.count(words) == 1
    # It was opened for the first case; the second reused it.
    assert log(tmp_path / "run", frame, 1) == ""
    assert capfd.readouterr() == ("", "")


def test_the_last_words_before_a_crash_are_in_the_row_also_those_in_c_s_buffer(tmp_path: Path):
    row = by("ChattyCrash", tmp_path / "run").iloc[0]
    assert row["error_kind"] == "SIGSEGV"
    assert row["error"].endswith(f"Last lines of {row['case_id']}-0.log: device lost: code 0x1F | giving up")


def test_the_last_words_before_a_hang_are_in_the_row(tmp_path: Path):
    row = sweep(tmp_path / "run", runner="stand_in_runners:ChattyHang", case_timeout=1.5).iloc[0]
    assert (row["status"], row["error"]) == (
        "timed-out",
        f"The case did not end within --case-timeout 1.5 s. Last lines of {row['case_id']}-0.log: "
        "waiting for the device to come back",
    )


def test_an_sdk_that_ends_python_costs_its_cases_only(tmp_path: Path):
    row = by("ByItself", tmp_path / "run").iloc[0]
    assert (row["status"], row["error_kind"], row["error"]) == (
        "failed",
        "SystemExit",
        "SystemExit: licence expired.",
    )


def test_any_message_fits_into_a_row(tmp_path: Path):
    frame = by("Unprintable", tmp_path / "run", batch=[1, 2])
    assert list(frame["error_kind"]) == ["RuntimeError"] * 2
    assert 'a "quote", a comma and a second line, a lone \\udc80 surrogate' in frame["error"].iloc[0]


def test_a_helper_that_an_sdk_started_does_not_outlive_the_worker(tmp_path: Path):
    def helpers() -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter(["cmdline", "environ"]):
            mark = (process.info["environ"] or {}).get("CLIPPERF_TEST_HELPERS")
            if mark == str(tmp_path) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        return found

    os.environ["CLIPPERF_TEST_HELPERS"] = str(tmp_path)
    try:
        assert list(by("StartsHelper", tmp_path / "run")["status"]) == ["ok"]
        left = helpers()
    finally:
        del os.environ["CLIPPERF_TEST_HELPERS"]
    assert not [process for process in left if process.pid != os.getpid()]


@pytest.mark.parametrize(("runner", "processes"), [("Quiet", 1), ("HoldsGil", 3)])
def test_an_sdk_that_holds_the_interpreter_gets_a_process_for_each_instance(
    runner: str, processes: int, tmp_path: Path
):
    keys = {"runner": f"stand_in_runners:{runner}", "instances": 3, "queue_depth": 2}
    frame, found = watched(tmp_path / "run", len, **keys)
    assert list(frame["status"]) == ["ok"]
    assert found == processes
    samples = np.load(tmp_path / "run" / "samples" / f"{frame['case_id'].iloc[0]}-0.npz")
    assert set(zip(samples["slot"].tolist(), samples["instance"].tolist(), strict=True)) == {
        (slot, slot // 2) for slot in range(6)
    }


def test_more_requests_in_flight_than_a_runner_can_take_are_unsupported(tmp_path: Path):
    frame = by("OneAtATime", tmp_path / "run", queue_depth=[1, 2])
    assert list(frame["status"]) == ["ok", "unsupported"]
    assert (
        frame["error"].iloc[1].startswith("--queue-depth 2: the stand_in_runners:OneAtATime runner takes one request")
    )


def test_a_static_batch_is_opened_for_each_batch_size(tmp_path: Path):
    frame = by("StaticBatch", tmp_path / "run", batch=[1, 4])
    assert [log(tmp_path / "run", frame, place) for place in (0, 1)] == [
        "opened for batch size 1\n",
        "opened for batch size 4\n",
    ]


def test_another_precision_than_asked_for_is_unsupported(tmp_path: Path):
    frame = by("OtherPrecision", tmp_path / "run", precision="fp16,fp32,int8")
    assert list(frame["status"]) == ["unsupported", "ok", "unsupported"]
    assert frame["error"].iloc[0] == "--precision fp16: the stand_in_runners:OtherPrecision runner ran bf16 instead."
    assert "has fp16, fp32 for this model" in frame["error"].iloc[2]
    assert frame["precision_ran"].tolist()[1] == "fp32"


def test_another_scope_than_a_runner_has_is_unsupported(tmp_path: Path):
    row = by("Quiet", tmp_path / "run", scope="compute").iloc[0]
    assert (row["status"], row["error_kind"]) == ("unsupported", "unsupported")
    assert row["error"] == "--scope compute: the stand_in_runners:Quiet runner has host, pipeline for this model."


def test_what_is_unsupported_is_tried_once_for_all_cases_that_open_alike(tmp_path: Path):
    frame = by("Quiet", tmp_path / "run", scope="compute", batch=[1, 2, 3])
    assert statuses(frame) == dict.fromkeys([1, 2, 3], "unsupported")
    logs = [log(tmp_path / "run", frame, place) for place in range(3)]
    assert [bool(said) for said in logs] == [True, False, False]


def test_a_runner_that_does_not_work_here_ends_the_sweep_before_it_begins(tmp_path: Path):
    with pytest.raises(UsageError, match=r"--runner stand_in_runners:Absent: .*No module named 'sdk_of_a_vendor'"):
        by("Absent", tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_options_arrive_as_they_were_read(tmp_path: Path):
    frame = by("Quiet", tmp_path / "run", option={"a": ["1,2.5", "x"], "b": [True]})
    assert [json.loads(options) for options in frame["options"]] == [
        {"a": "1,2.5", "b": True},
        {"a": "x", "b": True},
    ]
