"""Every example of README.md runs, in a folder of its own.

What a block is for stands in a comment above it: ``run``; ``list``, which is run with ``--list`` since it would take
minutes; ``set-up`` and ``tests``, the two commands that begin; ``not run`` with the reason.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from blocks import README, ROOT

FENCE = re.compile(
    r"(?:<!-- (?P<mark>[^>]+) -->\n)?^```(?P<language>bash|python|console|sh)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
SET_UP = r"python3 -m venv \.venv && \.venv/bin/pip install \. && \.venv/bin/clipperf (?P<arguments>sweep .+)\n"


@dataclass(frozen=True)
class Example:
    """One fenced block."""

    mark: str
    language: str
    code: str

    @property
    def file(self) -> str | None:
        """The name that a block of Python gives itself in its first line."""
        named = re.match(r"# (\w+\.py)", self.code)
        return named[1] if named else None


EXAMPLES = [
    Example(found["mark"] or "", found["language"], found["code"])
    for found in FENCE.finditer(README.read_text(encoding="utf-8"))
]


def marked(mark: str, language: str = "bash") -> list[Example]:
    return [example for example in EXAMPLES if example.mark == mark and example.language == language]


def title(example: Example) -> str:
    return example.code.splitlines()[0]


def lines_of(examples: list[Example]) -> list[str]:
    return [line for example in examples for line in example.code.splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that examples name, and an environment in which ``clipperf`` is a command."""
    for example in EXAMPLES:
        if example.file:
            (tmp_path / example.file).write_text(example.code, encoding="utf-8")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("CLIPPERF_CACHE", str(tmp_path / "cache"))
    return tmp_path


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_every_example_says_what_it_is_for():
    for example in EXAMPLES:
        assert example.mark in ("run", "list", "set-up", "tests") or example.mark.startswith("not run: "), example.code


@pytest.mark.parametrize("example", marked("run"), ids=title)
def test_command_runs(example: Example, folder: Path):
    run(folder, "bash", "-euo", "pipefail", "-c", example.code)


@pytest.mark.parametrize("example", marked("run", "python"), ids=title)
def test_python_runs(example: Example, folder: Path):
    run(folder, sys.executable, "-c", example.code)


@pytest.mark.parametrize("line", lines_of(marked("list")))
def test_long_command_is_planned(line: str, folder: Path):
    run(folder, "bash", "-euo", "pipefail", "-c", f"{line} --list")


def test_the_first_command_plans_the_table_of_six_rows(folder: Path):
    (example,) = marked("set-up")
    found = re.fullmatch(SET_UP, example.code)
    assert found, example.code
    listed = run(folder, "bash", "-euo", "pipefail", "-c", f"clipperf {found['arguments']} --list --format csv")
    assert len(listed.splitlines()) == 1 + 6


def test_the_test_command_is_the_one_that_continuous_integration_takes():
    (example,) = marked("tests")
    assert len(example.code.splitlines()) == 1
    assert example.code.startswith("python3 -m venv .venv && .venv/bin/pip install -e '.[test]' && .venv/bin/pytest")
    said = run(ROOT, "bash", ".ci/run", "--print-test-command")
    assert said == example.code
