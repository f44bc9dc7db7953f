"""What notebooks call: the same sweep, its rows as a table."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import clipperf
from clipperf.errors import ProfileError, UsageError
from clipperf.profile import Profile
from clipperf.results.folder import RESULTS
from clipperf.results.frame import frame_of, read_rows
from clipperf.results.schema import NAMES, RELATED

QUICK = {"runner": "simulated", "iterations": 5, "warmup": 1, "control": False}


def problems(**keys: object) -> tuple[str, ...]:
    with pytest.raises(ProfileError) as refusal:
        clipperf.sweep(**keys)
    return refusal.value.problems


def test_a_sweep_gives_its_rows_with_every_column_and_dtype(tmp_path: Path, capfd: pytest.CaptureFixture):
    frame = clipperf.sweep(model="tiny-vision", batch=[1, 4], iterations=20, warmup=1, out=tmp_path / "run")
    assert sorted(frame["batch_size"]) == [1, 4]
    assert list(frame.columns) == list(NAMES)
    assert frame.dtypes.equals(frame_of([]).dtypes)
    assert list(frame["requests"]) == [20, 20]
    assert list(frame["status"]) == ["ok", "ok"]
    assert (frame["qps"] / frame["batch_size"] - frame["requests_per_s"]).abs().max() < 1e-6
    assert frame.attrs["folder"] == str(tmp_path / "run")
    pd.testing.assert_frame_equal(frame, read_rows(tmp_path / "run" / RESULTS), check_flags=False)
    assert capfd.readouterr() == ("", ""), "a notebook shows the table and nothing else"
    told = clipperf.related(frame)
    assert list(told.columns) == [*NAMES, *(column.name for column in RELATED)]
    assert told["is_batch_knee"].sum() == 1


def test_values_are_given_as_python_has_them(tmp_path: Path):
    frame = clipperf.sweep(
        model="any",
        batch=range(1, 3),
        device=[[0, 1], "2"],
        option={"execute_ms": 0.1, "units": (1,)},
        out=str(tmp_path / "run"),
        **QUICK,
    )
    assert sorted(zip(frame["device"], frame["batch_size"], strict=True)) == [
        ("0,1", 1),
        ("0,1", 2),
        ("2", 1),
        ("2", 2),
    ]


def test_keywords_override_a_profile(tmp_path: Path):
    frame = clipperf.sweep(
        profile="smoke", model="any", batch=2, out=tmp_path / "run", **QUICK, option={"execute_ms": 0.1}
    )
    assert (frame["profile"].item(), frame["batch_size"].item(), frame["runner"].item()) == ("smoke", 2, "simulated")
    assert frame["requests"].item() == 5, "the profile's duration gave way to the iterations"


def test_the_options_of_a_profile_that_no_keyword_names_are_kept(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text("model: any\nrunner: simulated\noption: {execute_ms: 3, units: 2}\n")
    frame = clipperf.sweep(profile=str(path), option={"units": 1}, out=tmp_path / "run", **QUICK)
    assert frame["options"].item() == '{"execute_ms": 3, "units": 1}'
    assert frame["latency_p50_ms"].item() >= 3


def test_every_problem_is_raised_at_once_and_named_as_it_was_given():
    assert problems(bach=3, iterations=0) == (
        "iterations=0: found 0, allowed is 1 or more; requests in the window over all instances, instead of stopping "
        "by --target-ci.",
        "bach=3: there is no such key; did you mean batch?",
        f"Valid keys are {', '.join(Profile.model_fields)}.",
    )


def test_what_cannot_be_placed_is_raised_before_anything_is_measured(tmp_path: Path):
    told = problems(model=["tiny-visoin"], device="9999", out=tmp_path / "run")
    assert any("core 9999 is not available" in problem for problem in told)
    assert any("'tiny-visoin' is no model" in problem for problem in told)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("keys", [{"profile": "nope"}, {"runner": "nope"}, {"worker_python": "/no/python"}])
def test_other_refusals_are_usage_errors(keys: dict[str, str]):
    with pytest.raises(UsageError, match=r"nope|/no/python"):
        clipperf.sweep(**keys)


def test_a_folder_with_results_is_not_overwritten(tmp_path: Path):
    clipperf.sweep(model="any", out=tmp_path, **QUICK)
    with pytest.raises(UsageError, match="holds results already"):
        clipperf.sweep(model="any", out=tmp_path, **QUICK)


def test_a_failed_case_is_a_row_not_an_exception(tmp_path: Path):
    frame = clipperf.sweep(model="any", option={"fail": "exit"}, out=tmp_path / "run", **QUICK)
    assert (frame["status"].item(), frame["error_kind"].item()) == ("failed", "exit")


def test_a_sweep_runs_in_any_thread(tmp_path: Path):
    found: list[pd.DataFrame] = []
    thread = threading.Thread(
        target=lambda: found.append(clipperf.sweep(model="any", batch=[1, 2], out=tmp_path / "run", **QUICK))
    )
    thread.start()
    thread.join()
    assert list(found[0]["status"]) == ["ok", "ok"]


def test_raw_samples_give_the_figures_of_the_row(tmp_path: Path):
    row = clipperf.sweep(model="any", queue_depth=2, out=tmp_path / "run", **{**QUICK, "iterations": 40}).iloc[0]
    samples = np.load(tmp_path / "run" / "samples" / f"{row['case_id']}-0.npz")
    inside = samples["in_window"]
    assert inside.sum() == row["requests"] == 40
    latency_ms = np.sort((samples["completed_ns"] - samples["scheduled_ns"])[inside]) / 1e6
    assert row["latency_p50_ms"] == pytest.approx(latency_ms[19])
    assert row["latency_max_ms"] == pytest.approx(latency_ms[-1])
    closed = samples["completed_ns"][inside].max()
    before = samples["completed_ns"][(samples["completed_ns"] <= closed) & ~inside]
    # The window opens at the last completion before the first that counts.
    assert row["window_s"] == pytest.approx((closed - before.max()) / 1e9)
    assert row["qps"] == pytest.approx(40 / row["window_s"])
    assert row["warmup_requests"] == len(before)


def test_importing_the_package_imports_nothing_heavy():
    code = "import clipperf, sys; print(*sys.modules)"
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True).split())
    assert "clipperf" in loaded
    assert not loaded & {"numpy", "pandas", "pydantic", "click", "onnxruntime", "matplotlib"}


def test_an_unknown_attribute_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'clipperf' has no attribute 'swep'"):
        clipperf.swep  # noqa: B018
