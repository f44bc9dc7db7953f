"""The ais_bench that is here: how it is started, and what its ``--help`` lists.

Every release calls itself 0.0.2, so features are probed. ``--help`` imports the whole program, so that what it needs
and lacks shows here and not in the middle of a sweep.
"""

from __future__ import annotations

import functools
import os
import re
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass

from clipperf.errors import RunnerUnavailable
from clipperf.runners.base import Option
from clipperf.tools.help_text import help_of

_FLAG = re.compile(r"--([A-Za-z][\w-]*)")
_WHERE = "--worker-python PATH or --option python=PATH names the Python in which it is installed"
_REMEDIES = (
    (
        r"No module named '?aclruntime'?",
        "has ais_bench, but not the aclruntime wheel that belongs to it: install the one built for this Python and CPU",
    ),
    (r"No module named '?ais_bench'?", f"has no ais_bench: install its wheel and aclruntime, or {_WHERE}"),
    (r"No module named '?([\w.]+)'?", "lacks a module that ais_bench imports: install it there with pip"),
    (r"cannot open shared object file", "does not find CANN's libraries: source its set_env.sh in this shell first"),
    (r"Permission denied|PermissionError", "may not read its own files: look at who owns them"),
    (r"invalid choice: '?benchmark'?", "has no benchmark component: msit install benchmark adds it"),
)


@dataclass(frozen=True)
class Program:
    """``argv`` starts it; ``flags`` are those of its help, without dashes."""

    argv: tuple[str, ...]
    flags: frozenset[str]

    @property
    def is_msit(self) -> bool:
        """Whether msit or ait stands before it."""
        return "om-model" in self.flags

    @property
    def version(self) -> str:
        """What can be said of the release, whose number is the same in all: the flag that came last."""
        for flag in ("threads", "thread", "pipeline"):
            if flag in self.flags:
                return f"0.0.2 (with --{flag})"
        return "0.0.2 (without --pipeline)"


def program_at(options: Mapping[str, Option], python: str | None) -> Program:
    """The program that the options name; raises RunnerUnavailable with the remedy where it does not work."""
    argv = _argv(options, python)
    return Program(argv, _flags_of(argv))


def _argv(options: Mapping[str, Option], python: str | None) -> tuple[str, ...]:
    if "command" in options:
        try:
            words = shlex.split(str(options["command"]))
        except ValueError as error:
            raise RunnerUnavailable(f"--option command={options['command']}: {error}.") from None
        if not words:
            raise RunnerUnavailable('--option command is empty; give such as "msit benchmark".')
        return (_found(words[0], "--option command"), *(_absolute(word) for word in words[1:]))
    asked = str(options.get("python", python or "python3"))
    return (_found(asked, "--option python" if "python" in options else "--worker-python"), "-m", "ais_bench")


def _found(word: str, flag: str) -> str:
    found = shutil.which(word)
    if found is not None:
        # Not resolved: what a virtual environment has is found by the path of its interpreter.
        return os.path.abspath(found)
    if os.path.isfile(word):
        raise RunnerUnavailable(f"--runner ais_bench: {word} may not be executed; chmod +x {word} makes it a program.")
    where = f"there is no {word}" if os.sep in word else f"there is no {word} on PATH"
    raise RunnerUnavailable(f"--runner ais_bench: {where}; {flag} says what to start. {_WHERE}.")


def _absolute(word: str) -> str:
    """The program runs in a folder of its own, where a relative path means another file."""
    return os.path.abspath(word) if os.sep in word and os.path.exists(word) else word


@functools.cache
def _flags_of(argv: tuple[str, ...]) -> frozenset[str]:
    printed, returncode = help_of("ais_bench", argv)
    flags = frozenset(_FLAG.findall(printed))
    if returncode == 0 and flags & {"om-model", "model"} and flags & {"warmup_count", "warmup-count"}:
        return flags
    words = shlex.join(argv)
    for pattern, remedy in _REMEDIES:
        if found := re.search(pattern, printed):
            raise RunnerUnavailable(f"--runner ais_bench: {argv[0]} {remedy} ({found.group()}, says {words} --help).")
    last = " ".join(printed.split())[-200:] or "it printed nothing"
    raise RunnerUnavailable(
        f"--runner ais_bench: {words} --help (exit code {returncode}) does not list the flags of ais_bench: {last}"
    )
