"""``clipperf tune`` with workers of the simulated runner, whose answer is known."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from commands import called

QUICK = ("--runner", "simulated", "--model", "any", "--iterations", "24", "--warmup", "1", "--pairs", "2")
# 250 and 800 samples/s: so far apart that no other work on the machine can turn them round.
DEVICE = ("--batch", "1,8", "--option", "execute_ms=1:4/8:10")


def told(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    code, out, _ = called(capsys, "tune", *arguments, "--format", "json")
    return code, json.loads(out)


def test_the_answer_is_told_and_every_measurement_is_a_row_and_what_is_missing_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder = tmp_path / "run"
    code, out, err = called(capsys, "tune", *QUICK, *DEVICE, "--out", folder)
    assert code == 0
    assert "Best is batch 8 with " in out
    assert "It measured 2 of 2 points, in " in out
    assert f"Run folder: {folder} with tune.md" in err
    assert "Best is batch 8 with " in (folder / "tune.md").read_text()
    rows = list(csv.DictReader(io.StringIO((folder / "results.csv").read_text())))
    assert len({(row["case_id"], row["repeat"]) for row in rows}) == len(rows)
    assert {row["status"] for row in rows} == {"ok"}
    sides = [row["side"] for row in rows if row["side"]]
    assert (sides[0], len(sides)) == ("best", 4)
    results = folder / "results.csv"
    lines = results.read_text().splitlines(keepends=True)
    kept = len(lines) - 3
    results.write_text("".join(lines[:kept]))
    code, again = told(capsys, "--resume", folder)
    assert (code, again["points"][0]["batch_size"]) == (0, 8)
    assert results.read_text().splitlines(keepends=True)[:kept] == lines[:kept]
    assert len(results.read_text().splitlines()) == len(lines)
    said = (folder / "tune.md").read_text()
    (folder / "tune.md").unlink()
    assert called(capsys, "report", folder, "--quiet")[0] == 0
    assert (folder / "tune.md").read_text() == said


def test_a_constraint_that_every_point_misses_gives_3_and_nothing_is_chosen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    limit = ("--constraint", "p50<=2ms", "--fail-on", "missed")
    code, answer = told(capsys, *QUICK, *DEVICE, *limit, "--out", tmp_path / "run", "--quiet")
    assert (code, answer["chosen"]) == (3, None)


def test_failed_points_give_1_and_the_best_of_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    failing = ("--option", "fail=raise", "--option", "fail_batch=8", "--format", "csv")
    code, out, err = called(capsys, "tune", *QUICK, *DEVICE, *failing, "--out", tmp_path / "run")
    assert code == 1
    assert next(csv.DictReader(io.StringIO(out)))["batch_size"] == "1"
    assert "the simulated device failed, as --option fail=raise asks" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--objective", "speed"], "'speed' is not one of 'qps', 'p99', 'energy', 'qps_per_watt'"),
        (["--constraint", "p99>=5ms"], "--constraint p99>=5ms: give one of qps>=, p50<=(us|ms|s), "),
        (["--budget", "soon"], "--budget soon: give a time such as 10min"),
        (["--batch", "1,2", "--budget", "5cases"], "--budget 5cases: the first look at this grid takes "),
        (["--fail-on", "missed"], "--fail-on missed needs a constraint that may be missed"),
        (["--model", "vision,text"], "--model vision,text: two models are no choice"),
        (["--rate", "5"], "No such option '--rate'."),
        (["--batch", "1,2", "--objective", "energy"], "--objective energy: simulated names no monitor of its devices"),
        (["--batch", "1,2", "--constraint", "device_memory<=8GB"], "--constraint device_memory<=8GB: simulated names"),
        (["--resume", "run", "--budget", "5min", "--batch", "1"], "leave out --budget, --runner, --batch."),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str):
    code, out, err = called(capsys, "tune", "--runner", "simulated", *arguments)
    assert (code, out) == (2, "")
    assert message in " ".join(err.split())


def test_a_figure_that_no_row_tells_ends_the_search_after_its_first_look(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    folder = tmp_path / "run"
    code, out, err = called(capsys, "tune", *QUICK, *DEVICE, "--constraint", "cosine>=0.99", "--out", folder)
    assert (code, out) == (2, "")
    assert "--constraint cosine>=0.99: none of the 2 rows measured so far tells cosine (simulated)" in err
    assert len(list(csv.DictReader(io.StringIO((folder / "results.csv").read_text())))) == 2
