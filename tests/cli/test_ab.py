"""``clipperf ab`` with workers of the simulated runner, whose answer is known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from commands import called

from clipperf.cli.profile_flags import Keys, keys_of_flags
from clipperf.cli.side_flags import profiles_of
from clipperf.errors import ProfileError

QUICK = ("--runner", "simulated", "--model", "any", "--iterations", "10", "--warmup", "1", "--pairs", "3")


def test_the_slower_side_is_found_and_can_be_looked_at_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "run"
    # So far apart that no other work on the machine can hide it.
    sides = ("--option", "execute_ms=1", "--b", "--option execute_ms=20")
    question = ("--metric", "p50")
    code, out, err = called(capsys, "ab", *QUICK, *sides, *question, "--fail-on", "slower", "--out", folder)
    assert code == 3
    assert "\nA: execute_ms 1\nB: execute_ms 20\n" in out
    assert f"Run folder: {folder}" in err
    again = called(capsys, "compare", folder, *question, "--format", "json")
    (record,) = json.loads(again[1])["comparisons"]
    assert (record["verdict"], record["runs_a"]) == ("slower", 3)
    assert record["ratio"] > 2
    assert "| p50 ms   |" in (folder / "comparison.md").read_text()


def test_a_side_that_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ("--b", "--option fail=raise", "--format", "csv", "--metric", "qps", "--out", tmp_path / "run")
    code, out, err = called(capsys, "ab", *QUICK, *arguments)
    assert code == 1
    (line,) = [line for line in out.splitlines() if ",not compared," in line]
    assert "B: 3 of 3 repeats failed" in line.partition(",not compared,")[2]
    assert "the simulated device failed, as --option fail=raise asks" in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], 'Say what sets the sides apart with --a or --b; an A/A run takes an empty one: --b "".'),
        (["--b", "--colour red"], '--b "--colour red": No such option'),
        (["--b", "--option 'x"], '--b "--option \'x": No closing quotation.'),
        (["--b", "--batch 2 red"], '--b "--batch 2 red": Got unexpected extra argument (red)'),
        (["--b", "nowhere.yaml"], "--profile nowhere.yaml: the file cannot be read"),
        (["--batch", "x", "--b", ""], "--batch x: found 'x', allowed is a whole number; "),
        (["--b", "", "--metric", "fps"], "--metric fps: there is no such figure"),
        (["--resume", "run", "--b", "", "--pairs", "3"], "goes on with what is stored there; leave out --b, --pairs."),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], arguments: list[str], told: str):
    code, out, err = called(capsys, "ab", *arguments)
    assert (code, out) == (2, "")
    assert told in err


def test_a_side_overrides_what_both_share_and_flags_override_files(tmp_path: Path):
    for name, keys in (
        ("both", {"batch": [1, 2], "option": {"x": 1, "y": 1}, "repeat": 5}),
        ("own", {"batch": [4], "option": {"y": 2}, "duration": 9}),
    ):
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(keys))
    shared = keys_of_flags({"duration": "2", "option": ("z=3",), "device": ()})
    own = str(tmp_path / "own.yaml")
    a, b = profiles_of(str(tmp_path / "both.yaml"), shared, [own, "--instances 2", "--option x=7"], [])
    assert (a.batch, b.batch) == ([4], [1, 2])
    assert (a.option, b.option) == ({"x": [7], "y": [2], "z": [3]}, {"x": [1], "y": [1], "z": [3]})
    assert (a.duration, b.duration) == (2.0, 2.0)
    assert (a.instances, b.instances) == ([2], [1])
    assert (a.name, b.name, a.repeat) == ("own", "both", 1)


def test_problems_of_both_sides_are_told_together():
    with pytest.raises(ProfileError) as told:
        profiles_of(None, Keys({"batch": "x"}, {"batch": "--batch x"}), ["--instances 0"], ["--queue-depth 0"])
    assert [problem.split(":")[0] for problem in told.value.problems] == [
        "--batch x", "--instances 0", "--queue-depth 0",
    ]  # fmt: skip
