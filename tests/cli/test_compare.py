"""``clipperf compare`` on run folders with raw samples, made without a device."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from coverage_study import virtual_runs
from noises import NOISES
from rows import row
from virtual_runs import slowed

from clipperf.cli import main
from clipperf.measure.samples import Samples
from clipperf.measure.stop_rule import StopRule
from clipperf.measure.window import Window
from clipperf.results.folder import create_folder

RULE = StopRule(1, 0, iterations=150, max_duration_ns=2_000_000_000)


def make_folder(path: Path, slower: float = 1.0, repeats: int = 3, seed: int = 0, **columns: object) -> Path:
    """A run folder of one case, raw samples included."""
    folder = create_folder(path)
    folder.begin("model: vision\n", {"cpu": {"model": f"seed {seed}"}})
    for repeat, run in enumerate(virtual_runs(NOISES[0], repeats, seed, RULE)):
        made = slowed(row(repeat=repeat) | run.figures.values, slower) | columns
        folder.append(made)
        window = Window(*(int(instant * slower) for instant in vars(run.figures.window).values()))
        folder.save_samples(made["case_id"], repeat, stretched(run.samples, slower), window)
    folder.close()
    return path


def stretched(samples: Samples, factor: float) -> Samples:
    """The same requests in slower time."""
    instants = ("scheduled_ns", "issued_ns", "completed_ns")
    return replace(samples, **{name: (getattr(samples, name) * factor).astype(np.int64) for name in instants})


def called(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as end:
        main(["compare", *map(str, arguments)])
    out, err = capsys.readouterr()
    assert isinstance(end.value.code, int)
    return end.value.code, out, err


def test_two_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    a, b = make_folder(tmp_path / "a"), make_folder(tmp_path / "b", 1 / 1.1, seed=1)
    code, out, err = called(capsys, a, b)
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines() if line.endswith("faster")] == ["qps", "p50", "p99"]
    assert f"A: {a}\nB: {b}\n" in out
    assert "environment · A → B\n  cpu.model: seed 0 → seed 1" in out


def test_the_gate(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    a, b = make_folder(tmp_path / "a"), make_folder(tmp_path / "b", 1.1, seed=1)
    vague = make_folder(tmp_path / "vague", repeats=2, seed=2, slower=1.018)
    assert called(capsys, a, b)[0] == 0
    assert called(capsys, a, b, "--fail-on", "slower")[0] == 3
    assert called(capsys, b, a, "--fail-on", "slower")[0] == 0
    by_rate = (a, vague, "--fail-on", "slower", "--metric", "qps")
    assert called(capsys, *by_rate)[0] == 4
    assert called(capsys, *by_rate, "--threshold", "0.1")[0] == 0


def test_data_on_stdout_and_notes_on_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    a, b = make_folder(tmp_path / "a", repeats=1), make_folder(tmp_path / "b", repeats=1, seed=1)
    code, out, err = called(capsys, a, b, "--format", "json", "--metric", "qps")
    assert code == 0
    assert [record["metric"] for record in json.loads(out)["comparisons"]] == ["qps"]
    assert err.startswith("\none run · ")
    assert called(capsys, a, b, "--format", "json", "--quiet")[2] == ""
    assert called(capsys, a, b, "--format", "csv")[1].startswith("case_id_a,case_id_b,model,")
    assert called(capsys, a, b, "--format", "github")[1].count("\n|") == 5


def test_raw_samples_that_are_gone_are_no_hindrance(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    a, b = make_folder(tmp_path / "a"), make_folder(tmp_path / "b", 1 / 1.1, seed=1)
    for file in (a / "samples").iterdir():
        file.unlink()
    (b / "samples" / "case-1-0.npz").write_bytes(b"PK\x03\x04 cut off")
    assert called(capsys, a, b)[1].count("faster\n") == 3


def test_refusals_name_the_flag(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    a, b = make_folder(tmp_path / "a"), make_folder(tmp_path / "b", runner_version="1.24.0", runner="openvino")
    code, _, err = called(capsys, a, b)
    assert code == 2
    assert err.startswith("Error: No case is on both sides, so there is nothing to compare. They differ in runner; ")
    assert called(capsys, a, b, "--across", "runner")[0] == 0
    code, _, err = called(capsys, a, make_folder(tmp_path / "c", host="crate"))
    assert code == 2
    assert "host differs: box in A, crate in B; compare all the same with --across host." in err
    assert called(capsys, a, tmp_path / "c", "--across", "host")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["{a}", "{a}", "--metric", "fps"], "--metric fps: there is no such figure"),
        (["{a}", "{a}", "--across", "colour"], "--across colour: take one or more of model"),
        (["{a}", "{a}", "--threshold", "two"], "--threshold two: give a share between 0 and 1, such as 2% or 0.02."),
        (["{a}", "{a}", "--threshold", "100%"], "--threshold 100%: "),
        (["{a}", "{a}/samples"], "has no results.csv; give a run folder of clipperf"),
        (["{a}", "{empty}"], "has no rows: nothing was measured yet."),
        (["{a}"], "was not written by clipperf ab; give a second run folder to compare it with."),
        (["{ab}", "{a}"], "holds both sides of a comparison; give it alone: clipperf compare "),
        (["{ab}", "--across", "host"], "--across host: the sides of "),
    ],
)
def test_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str):
    folders = {
        "a": make_folder(tmp_path / "a", repeats=1),
        "empty": make_folder(tmp_path / "empty", repeats=0),
        "ab": make_folder(tmp_path / "ab", repeats=1, side="A"),
    }
    code, out, err = called(capsys, *(argument.format(**folders) for argument in arguments))
    assert (code, out) == (2, "")
    assert told in err
