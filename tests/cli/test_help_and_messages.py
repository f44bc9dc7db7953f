"""What the program says: help, versions, errors as sentences with their exit codes, completion."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from commands import PROGRAM, SIMULATED, clipperf, environment

import clipperf as package
from clipperf.cli import VERBS
from clipperf.models.catalogue import catalogue
from clipperf.profile import Profile, shipped_profiles
from clipperf.runners import TABLE

HEAVY = (
    "numpy",
    "pandas",
    "pydantic",
    "matplotlib",
    "jinja2",
    "plotly",
    "onnx",
    "onnxruntime",
    "rich",
    "sqlalchemy",
    "tabulate",
    "yaml",
    "psutil",
)


def plain(text: str) -> str:
    """Without line breaks, which depend on the terminal's width."""
    return " ".join(text.split())


def test_help_names_every_verb_with_its_sentence_and_the_exit_codes():
    done = clipperf("--help")
    assert (done.returncode, done.stderr) == (0, "")
    text = plain(done.stdout)
    assert text.startswith(
        "Usage: clipperf [OPTIONS] COMMAND [ARGS]... Measure how fast CLIP and ViT models run, with one harness for "
        "every vendor's accelerator. Options: --version Show the version and exit. -h, --help Show this message and "
        "exit. Commands: sweep Measure a model over batch sizes"
    )
    assert all(f"{verb} {sentence}" in text for verb, sentence in VERBS.items())
    for code in ("0 fine", "1 a case failed", "2 wrong usage or profile", "130 interrupted"):
        assert code in text


@pytest.mark.parametrize("verb", [None, *VERBS])
def test_h_is_help_everywhere(verb: str | None):
    arguments = [verb] if verb else []
    short, long = clipperf(*arguments, "-h"), clipperf(*arguments, "--help")
    assert short.returncode == long.returncode == 0
    assert short.stdout == long.stdout
    assert short.stdout.startswith(" ".join(["Usage: clipperf", *arguments]))


def test_help_of_sweep_has_a_flag_with_a_sentence_for_every_key_of_a_profile():
    text = plain(clipperf("sweep", "--help", env={"COLUMNS": "200"}).stdout)
    for key, field in Profile.model_fields.items():
        if key in ("name", "why"):
            continue
        assert f" --{key.replace('_', '-')} " in text
        assert field.description
        assert f"{field.description[1:]}." in text
    assert "--order shuffled|listed" in text
    assert "on CPUs 0-1" in text, "abbreviations keep their capitals"


def test_help_imports_nothing_heavy():
    done = subprocess.run([sys.executable, "-X", "importtime", PROGRAM, "--help"], capture_output=True, text=True)
    assert done.returncode == 0
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "clipperf.cli" in imported
    assert not imported & set(HEAVY)


def test_version():
    done = clipperf("--version")
    assert (done.returncode, done.stdout) == (0, f"clipperf {package.__version__}\n")


def test_models_are_listed_with_what_they_take_and_give():
    lines = clipperf("models").stdout.splitlines()
    assert len(lines) == 2 + len(catalogue())
    (vision,) = (line for line in lines if line.startswith("vision "))
    for part in ("image float32 batch×3×224×224", "image_embed float32 batch×512", "87,849,216"):
        assert part in vision


def test_a_model_is_built_and_its_path_is_all_that_stdout_holds(tmp_path: Path):
    done = clipperf("models", "build", "tiny-vision", "--static-batch", "2", "--out", tmp_path)
    assert done.returncode == 0
    assert Path(done.stdout.strip()).is_file()
    assert Path(done.stdout.strip()).parent == tmp_path
    assert done.stderr.startswith("sha256 ")


MODELS = ", ".join(catalogue())
ERRORS = [
    (["sweep", "--bach", "1"], "No such option '--bach'. Did you mean '--batch'?"),
    (["swep"], "No such command 'swep'."),
    (["report"], "Missing argument 'FOLDER...'."),
    (
        ["sweep", "--format", "xml"],
        "Invalid value for '--format': 'xml' is not one of 'plain', 'github', 'csv', 'json'.",
    ),
    (
        ["report", "/no/such"],
        "/no/such has no results.csv; give a run folder of clipperf, such as one under reports/.",
    ),
    (
        ["sweep", "--resume", "/no/such"],
        "--resume /no/such: it is no run folder, results.csv is missing.",
    ),
    (
        ["sweep", "--profile", "nope"],
        f"--profile nope: there is no such shipped profile ({', '.join(shipped_profiles())}); for one of your own give "
        "the path of its .yaml file.",
    ),
    (
        ["sweep", "--runner", "nope"],
        f"--runner nope: there is no such runner; take one of {', '.join(TABLE)}, or a class of your own as "
        "package.module:Class.",
    ),
    (
        ["sweep", "--model", "nope", "--list"],
        f"--model nope: 'nope' is no model that clipperf knows; give one of {MODELS}",
    ),
    (
        [*SIMULATED, "--option", "fial=raise"],
        "--option fial: simulated has no such option; it takes ",
    ),
    (
        [*SIMULATED, "--where", "batch_size > 64"],
        "--where batch_size > 64: it leaves none of the 1 cases of the grid.",
    ),
    (
        ["sweep", "--iterations", "5", "--duration", "2"],
        "--iterations 5 and --duration 2: both fix the length of the window; give one of them.",
    ),
    (
        ["sweep", "--option", "a=1", "--option", "a=2"],
        "--option a=1 --option a=2: found ['a=1', 'a=2'], allowed is each name once, with all its values: a=V1,V2",
    ),
    (["sweep", "--worker-python", "/no/python"], "--worker-python /no/python: it cannot be started"),
    (["models", "build", "nope"], f"'nope' is no model that clipperf knows; give one of {MODELS}"),
    (["models", "build", "tiny-vision", "--opset", "5"], "Opset 5 cannot be written; give one of 11 to "),
]


@pytest.mark.parametrize(("arguments", "message"), ERRORS, ids=[" ".join(arguments[-2:]) for arguments, _ in ERRORS])
def test_wrong_usage_is_one_sentence_on_stderr_and_exit_code_2(arguments: list[str], message: str, tmp_path: Path):
    done = clipperf(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = (line for line in done.stderr.splitlines() if line.startswith("Error: "))
    assert line.startswith(f"Error: {message}")
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_each_of_several_problems_has_a_line_of_its_own():
    done = clipperf("sweep", "--batch", "1,x", "--order", "z", "--seed=-1", "--no-control", "--scope", "chip")
    assert (done.returncode, done.stdout) == (2, "")
    assert [line[: line.index(": found")] for line in done.stderr.splitlines()] == [
        "Error: --batch 1,x",
        "Error: --scope chip",
        "Error: --order z",
        "Error: --seed -1",
    ]


def test_a_profile_and_flags_are_judged_together(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text("model: tiny-vision\nbatch: [1, 0]\nbach: 2\norder: alphabetical\n")
    done = clipperf("sweep", "--profile", path, "--repeat", "0", "--order", "listed")
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"Error: {path}, key batch.1: found 0, allowed is 1 or more; batch sizes, samples per request.",
        "Error: --repeat 0: found '0', allowed is 1 or more; how often every case is measured, each time by fresh "
        "workers.",
        f"Error: {path}, key bach: there is no such key; did you mean batch?",
        f"Error: Valid keys are {', '.join(Profile.model_fields)}.",
    ]


def test_flags_override_a_profile():
    done = clipperf("sweep", "--profile", "smoke", "--batch", "2", "--iterations", "5", "--list", "--format", "csv")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2
    assert ",tiny-vision,fp32,2,onnxruntime," in done.stdout


@pytest.mark.parametrize(
    "arguments", [["report", "/no/such"], ["sweep", "--profile", "nope"], ["sweep", "--repeat", "0"]]
)
def test_a_traceback_comes_with_debug_only(arguments: list[str]):
    assert "Traceback" not in clipperf(*arguments).stderr
    shown = clipperf(*arguments, "--debug")
    assert shown.returncode != 0
    assert "Traceback (most recent call last)" in shown.stderr
    assert "clipperf.errors." in shown.stderr


def test_an_error_of_clipperf_s_own_making_is_told_without_a_traceback_too(tmp_path: Path):
    # A folder where a file should be is nothing that any verb looks for.
    (tmp_path / "results.csv").write_text("schema_version\n")
    (tmp_path / "table.md").mkdir()
    done = clipperf("report", tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: IsADirectoryError: ")
    assert done.stderr.endswith("Run again with --debug for the traceback.\n")
    assert "Traceback" not in done.stderr
    assert "Traceback" in clipperf("report", tmp_path, "--debug").stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_produced_for_every_shell(shell: str):
    script = clipperf(env={"_CLIPPERF_COMPLETE": f"{shell}_source"})
    assert script.returncode == 0
    assert "_CLIPPERF_COMPLETE" in script.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("clipperf sw", "plain,sweep"),
        ("clipperf sweep --bat", "plain,--batch"),
        ("clipperf sweep --format g", "plain,github"),
    ],
)
def test_verbs_flags_and_choices_are_completed(words: str, expected: str):
    env = {"_CLIPPERF_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    assert clipperf(env=env).stdout.split() == [expected]


def test_head_may_close_the_pipe():
    command = f"'{PROGRAM}' models --format json | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=environment())
    assert (done.returncode, done.stdout, done.stderr) == (0, "[\n", "")


def test_a_pipe_that_nobody_reads_is_no_error(tmp_path: Path):
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([PROGRAM, "models"], stdout=write, stderr=subprocess.PIPE, text=True, env=environment())
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")
