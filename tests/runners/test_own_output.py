"""What an SDK says on standard output, read by the process that it is the output of."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clipperf.runners.own_output import OwnOutput


@pytest.fixture
def say(tmp_path: Path) -> Iterator:
    """Writes into standard output, which is a file meanwhile; ``to`` makes it another one."""
    kept = os.dup(1)

    def redirect(name: str) -> None:
        fd = os.open(tmp_path / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(fd, 1)
        os.close(fd)

    def write(text: str, to: str = "") -> None:
        if to:
            redirect(to)
        os.write(1, text.encode())

    redirect("first.log")
    yield write
    os.dup2(kept, 1)
    os.close(kept)


def test_only_what_came_since_is_told_and_once(say):
    say("before\n")
    output = OwnOutput()
    assert output.fresh() == ""
    say("one\ntwo\n")
    assert output.fresh() == "one\ntwo\n"
    assert output.fresh() == ""
    say("three")
    assert output.fresh() == "three"


def test_another_file_is_read_from_its_beginning(say):
    output = OwnOutput()
    say("first case\n")
    say("second case\n", to="second.log")
    assert output.fresh() == "second case\n"


def test_bytes_that_are_no_text_are_no_trouble(say):
    output = OwnOutput()
    os.write(1, b"\xff\xfe[error]\n")
    assert output.fresh().endswith("[error]\n")


def test_what_is_no_file_tells_nothing():
    code = "from clipperf.runners.own_output import OwnOutput\nout = OwnOutput()\nprint('said', flush=True)\n"
    code += "print(out.fresh())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "said\n\n"
