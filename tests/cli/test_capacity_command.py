"""``clipperf capacity`` with workers of the simulated runner, whose maximum is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import called

# 60 requests bound p50, also where a busy machine makes them depend on each other, and p99 never. Of 10 ms no lateness
# of the harness makes 1 ms.
QUICK = ("--runner", "simulated", "--model", "any", "--option", "execute_ms=10", "--iterations", "60", "--warmup", "1")
FEW = (*QUICK, "--within", "40%", "--max-cases", "4")


def test_a_search_that_can_be_gone_on_with_and_drawn_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "run"
    code, out, err = called(capsys, "capacity", *FEW, "--slo", "p50<=10s", "--rate", "29:30", "--out", folder)
    assert code == 0
    assert "p50<=10s is met up to 30 requests/s" in out
    assert "That is the highest rate that was offered." in out
    assert f"Run folder: {folder} with capacity.md, rate.png and rate.svg" in err
    whole = (folder / "results.csv").read_text().splitlines(keepends=True)
    assert len(whole) == 3
    (folder / "results.csv").write_text("".join(whole[:2]))
    code, out, _ = called(capsys, "capacity", "--resume", folder, "--format", "json")
    assert code == 0
    assert json.loads(out)["configurations"][0]["met_requests_per_s"] == 30.0
    now = (folder / "results.csv").read_text().splitlines(keepends=True)
    assert now[:2] == whole[:2]
    assert len(now) == 3
    (folder / "rate.png").unlink()
    code, _, _ = called(capsys, "report", folder, "--quiet")
    assert code == 0
    assert (folder / "rate.png").is_file()
    assert not (folder / "curve.png").exists()


@pytest.mark.parametrize(("slo", "code", "outcome"), [("p50<=1ms", 3, "missed"), ("p99<=10s", 4, "not known")])
def test_a_gate_that_is_missed_or_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], slo: str, code: int, outcome: str
):
    arguments = (*FEW, "--max-cases", "2", "--slo", slo, "--fail-on", "missed", "--format", "json")
    found, out, _ = called(capsys, "capacity", *arguments, "--out", tmp_path / "run")
    assert found == code
    assert json.loads(out)["configurations"][0]["outcome"] == outcome


def test_a_case_that_fails_gives_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    arguments = (*FEW, "--option", "fail=raise", "--slo", "p50<=10s", "--out", tmp_path / "run")
    code, out, _ = called(capsys, "capacity", *arguments)
    assert code == 1
    assert "the closed loop gave no figures" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--slo is missing: the objective that is to be met"),
        (["--slo", "p99"], "--slo p99: give p50, p90, p95, p99, then <= or <"),
        (["--slo", "p99<=5ms", "--rate", "50"], "--rate 50: give the lowest and the highest rate"),
        (["--slo", "p99<=5ms", "--rate", "50:20"], "--rate 50:20: give the lowest"),
        (["--slo", "p99<=5ms", "--rate", "a:b"], "--rate a:b: give the lowest"),
        (["--slo", "p99<=5ms", "--within", "0"], "--within 0: give a share from 0.1% to below 100%"),
        (["--slo", "p99<=5ms", "--batch", "1,2,3,4,5,6,7,8,9"], "The axes make 9 configurations, at most 8"),
        (["--slo", "p99<=5ms", "--resume", "x"], "--resume x goes on with what is stored there; leave out --slo"),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str):
    code, out, err = called(capsys, "capacity", "--runner", "simulated", "--model", "any", *arguments)
    assert (code, out) == (2, "")
    assert message in err


def test_a_run_of_another_verb_is_not_gone_on_with(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "run"
    assert called(capsys, "sweep", *QUICK, "--out", folder)[0] == 0
    code, _, err = called(capsys, "capacity", "--resume", folder)
    assert code == 2
    assert "it was not begun by clipperf capacity" in err
