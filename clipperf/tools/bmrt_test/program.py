"""The bmrt_test that is here, the flags that it takes, and the tools that belong beside it."""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
from collections.abc import Mapping

from clipperf.errors import RunnerUnavailable
from clipperf.runners.base import Option
from clipperf.tools.find_program import find_program
from clipperf.tools.help_text import help_of

_TIMEOUT_S = 30.0
_MOST_CHARACTERS = 200
_FLAG = re.compile(r"--([a-z]\w*)")
_REMEDY = (
    "Install libsophon, source its /etc/profile.d/libsophon-bin-path.sh so that bmrt_test is on PATH, or give --option "
    "command=PATH."
)


def program_at(options: Mapping[str, Option]) -> str:
    """Its path; raises RunnerUnavailable where there is none, or where it may not be executed."""
    return find_program("bmrt_test", str(options.get("command", "bmrt_test")), _REMEDY)


@functools.cache
def flags_of(program: str) -> frozenset[str]:
    """The flags that its help lists, without the dashes; after it the program ends with 255, as after an error.

    Raises RunnerUnavailable where it does not answer as bmrt_test.
    """
    printed, returncode = help_of("bmrt_test", (program,))
    flags = frozenset(_FLAG.findall(printed))
    if not {"bmodel", "loopnum"} <= flags:
        words = " ".join(printed.split())[-_MOST_CHARACTERS:] or "nothing"
        remedy = "Give another --option command=PATH: this seems to be another program."
        if "shared libraries" in printed:
            remedy = "Set LD_LIBRARY_PATH to the lib of libsophon, as its env script does."
        raise RunnerUnavailable(
            f"--runner bmrt_test: {program} --help does not list the flags of bmrt_test; it ended with exit code "
            f"{returncode} and printed: {words}. {remedy}"
        )
    return flags


@functools.cache
def version_of(program: str) -> str:
    """What ``--version`` prints, one line that its build was given; empty where it prints anything else."""
    printed = said_by((program, "--version"))
    lines = [] if printed is None else [line.strip() for line in printed.splitlines() if line.strip()]
    return lines[0] if len(lines) == 1 and len(lines[0]) <= _MOST_CHARACTERS else ""


def beside(program: str, name: str) -> str | None:
    """Another program of libsophon: that beside bmrt_test, else the one on PATH."""
    return shutil.which(name, path=os.path.dirname(program)) or shutil.which(name)


def said_by(argv: tuple[str, ...]) -> str | None:
    """What a program that ends well prints; None where it does not, or hangs."""
    try:
        done = subprocess.run(argv, capture_output=True, stdin=subprocess.DEVNULL, timeout=_TIMEOUT_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None
