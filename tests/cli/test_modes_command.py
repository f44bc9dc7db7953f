"""``clipperf modes`` with workers of the simulated runner, whose answer is known, and with a toy on onnxruntime."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from commands import called

QUICK = ("--runner", "simulated", "--model", "any", "--iterations", "12", "--warmup", "1", "--pairs", "2")
# So far apart that no other work on the machine can turn them round: 250 samples/s at 4 ms, 1600 at 40 ms.
DEVICE = ("--batch", "1,64", "--option", "execute_ms=1:4/64:40")


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    code, out, _ = called(capsys, "modes", *arguments, "--format", "json")
    return code, json.loads(out)


def test_both_modes_side_by_side_and_all_that_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "run"
    code, out, err = called(capsys, "modes", *QUICK, *DEVICE, "--out", folder)
    assert code == 0
    (batch,) = [line.split() for line in out.splitlines() if line.startswith("batch size ")]
    assert batch == ["batch", "size", "64", "1"]
    assert "Max-throughput has " in out
    assert f"Run folder: {folder} with modes.md, pareto.png, pareto.svg, curve.png and curve.svg" in err
    for name in ("modes.md", "pareto.png", "pareto.svg", "table.md", "results.csv"):
        assert (folder / name).stat().st_size > 0
    assert "max-throughput | 95 % interval" in (folder / "modes.md").read_text()


def test_the_twin_of_vacc(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    arguments = (
        "--profile",
        "vacc-simulated",
        "--model",
        "vision",
        "--iterations",
        "40",
        "--warmup",
        "3",
        "--pairs",
        "2",
    )
    code, answer = told(capsys, *arguments, "--quiet", "--out", tmp_path / "run")
    assert code == 0
    modes = {mode["mode"]: mode for mode in answer["modes"]}
    assert (modes["max-throughput"]["queue_depth"], modes["min-latency"]["queue_depth"]) == (3, 1)
    assert all(point["is_on_front"] for point in answer["points"])
    # 2.18 by the published figures; a busy machine moves single requests and hardly the median.
    assert 1.5 < answer["ratios"]["latency_p50_ms"]["ratio"] < 3


def test_a_gate_that_is_missed_open_or_passed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    device = (*QUICK, "--iterations", "120", "--batch", "1", "--option", "execute_ms=5", "--fail-on", "missed")
    # 120 requests bound p50, also where a busy machine makes them depend on each other, and p99 never.
    for number, (objective, code, verdict) in enumerate(
        [("p50<=2ms", 3, None), ("p99<=10s", 4, None), ("p50<=10s", 0, "met")]
    ):
        found, answer = told(capsys, *device, "--slo", objective, "--out", tmp_path / str(number))
        assert (found, answer["objective"]["verdict"]) == (code, verdict), objective


def test_an_objective_that_no_point_meets_is_told_with_the_nearest(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    code, out, _ = called(capsys, "modes", *QUICK, *DEVICE, "--slo", "p50<3ms", "--out", tmp_path / "run")
    assert code == 0
    # A dozen requests on a busy machine may be too few even for a lower bound.
    assert re.search(r"p50<3ms: no point (meets it|is shown to meet it); nearest is batch 1 with p50 ", out)


def test_failed_cases_give_1_and_the_others_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    failing = ("--option", "fail=raise", "--option", "fail_batch=64")
    code, out, err = called(capsys, "modes", *QUICK, *DEVICE, *failing, "--format", "csv", "--out", tmp_path / "run")
    assert code == 1
    assert [record["batch_size"] for record in csv.DictReader(io.StringIO(out))] == ["1", "1"]
    assert "the simulated device failed, as --option fail=raise asks" in err


def test_no_point_at_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    code, out, _ = called(capsys, "modes", *QUICK, "--batch", "1", "--option", "fail=raise", "--out", tmp_path / "run")
    assert code == 1
    assert "No row of the grid is an operating point, so there is none to choose." in out


def test_without_a_grid_a_small_one_is_taken_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ("--model", "tiny-vision", "--iterations", "20", "--warmup", "1", "--pairs", "2", "--format", "json")
    code, out, err = called(capsys, "modes", *arguments, "--device", "0", "--out", tmp_path / "run")
    assert code == 0
    assert "No grid was given; taken is batch 1,8,32, queue depth 1, instances 1; a processor has no copies" in err
    answer = json.loads(out)
    assert {point["batch_size"] for point in answer["points"]} == {1, 8, 32}
    assert {mode["runs"] for mode in answer["modes"]} == {2}


def test_a_finished_run_is_told_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "run"
    first = told(capsys, *QUICK, *DEVICE, "--slo", "p50<=1s", "--out", folder)
    assert told(capsys, "--resume", folder) == first
    assert first[1]["objective"]["text"] == "p50<=1s"
    made = {name: (folder / name).read_bytes() for name in ("modes.md", "pareto.png", "pareto.svg", "table.md")}
    for name in made:
        (folder / name).unlink()
    code, _, err = called(capsys, "report", folder)
    assert code == 0
    assert f"Run folder: {folder} with modes.md, pareto.png, pareto.svg, " in err
    assert {name: (folder / name).read_bytes() for name in made} == made


def test_a_grid_with_several_instances_has_its_scaling(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "run"
    code, out, err = called(capsys, "modes", *QUICK, "--instances", "1,2", "--option", "execute_ms=20", "--out", folder)
    assert code == 0
    assert "efficiency" in out
    assert "device-full (2 instances): Each device executes " in out + err
    assert "scaling.png and scaling.svg" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--slo", "p99<50"],
            "--slo p99<50: give p50, p90, p95, p99, then <= or <, then a time above 0 in ms, us or s",
        ),
        (["--fail-on", "missed"], "--fail-on missed needs the objective that may be missed"),
        (["--model", "vision,text"], "--model vision,text: the points of two models are no choice"),
        (["--rate", "5"], "No such option '--rate'."),
        (["--batch", "x"], "--batch x: found 'x', allowed is a whole number; "),
        (["--pairs", "1"], "1 is not in the range x>=2"),
        (["--resume", "run", "--slo", "p50<1s", "--batch", "1"], "leave out --slo, --runner, --batch."),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str):
    code, out, err = called(capsys, "modes", "--runner", "simulated", *arguments)
    assert (code, out) == (2, "")
    assert message in err
