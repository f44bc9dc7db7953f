"""The profiler that a case names, how it is started, and the flags that its help lists.

The profilers tell no version, and differ in their flags: the text one of the C++ family needs an npz file that its
Python twin does not know. ``--help`` ends well in both, on stderr in C++; in Python it imports the SDK first, so that
what is missing there shows here and not in the middle of a sweep.
"""

from __future__ import annotations

import functools
import os
import re
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from clipperf.errors import RunnerUnavailable
from clipperf.runners.base import Option
from clipperf.tools.help_text import help_of
from clipperf.tools.vsx_prof.queue_size import FAMILIES, Family

OPTION = "program"
NEEDED = ("model_prefix", "device_ids", "instance", "iterations")
_MOST_CHARACTERS = 200
_FLAG = re.compile(r"--([A-Za-z][\w-]*)")
_REQUIRED = re.compile(r"--([A-Za-z]\w*)=\w+")
_USAGE = re.compile(r"usage: \S+(?P<required>.*?)\[options\]", re.DOTALL)
_ASYNC = re.compile(r"async", re.IGNORECASE)
_KNOWN = ("clip_image_prof", "clip_text_prof")
_REMEDIES = (
    (
        r"No module named '?vaststreamx'?",
        "has no vaststreamx: --worker-python PATH names the Python in which VastStreamX is installed",
    ),
    (r"No module named '?([\w.]+)'?", "lacks a module that the profiler imports: install it there with pip"),
    (
        r"error while loading shared libraries|cannot open shared object file",
        "does not find VastStreamX's libraries: set LD_LIBRARY_PATH to them in this shell first",
    ),
)


@dataclass(frozen=True)
class Program:
    """``argv`` starts it; ``flags`` are those of its help without dashes, ``required`` those that it needs."""

    argv: tuple[str, ...]
    flags: frozenset[str]
    required: tuple[str, ...]
    family: Family

    @property
    def name(self) -> str:
        """The name of its file."""
        return PurePath(self.argv[-1]).name


def program_at(options: Mapping[str, Option], python: str | None) -> Program:
    """The profiler that ``--option program`` names; raises RunnerUnavailable with the remedy where it does not work."""
    argv = _argv(options, python)
    is_python = argv[-1].endswith(".py")
    named_async = _ASYNC.search(PurePath(argv[-1]).name) is not None
    is_async = str(options.get("family", FAMILIES[named_async])) == "async"
    return Program(argv, *_flags_of(argv), Family(is_async, is_python))


def _argv(options: Mapping[str, Option], python: str | None) -> tuple[str, ...]:
    if OPTION not in options:
        here = [name for name in _KNOWN if shutil.which(name)]
        seen = f" ({' and '.join(here)} on PATH)" if here else ""
        raise RunnerUnavailable(
            f"--runner vsx_prof: say which profiler is meant{seen}, with --option program=clip_image_prof, "
            "clip_text_prof, or the path of any *_prof or *_prof.py of VastStreamX-Samples."
        )
    asked = str(options[OPTION])
    if asked.endswith(".py"):
        if not os.path.isfile(asked):
            raise RunnerUnavailable(
                f"--option program={asked}: there is no such file; give the path of a profiler in VastStreamX-Samples."
            )
        # Not resolved: what a virtual environment has is found by the path of its interpreter.
        return (_found(python or "python3", "--worker-python "), os.path.abspath(asked))
    return (_found(asked, f"--option {OPTION}="),)


def _found(word: str, flag: str) -> str:
    found = shutil.which(word)
    if found is not None:
        return os.path.abspath(found)
    if os.path.isfile(word):
        raise RunnerUnavailable(f"{flag}{word} may not be executed; chmod +x {word} makes it a program.")
    place = "" if os.sep in word else " on PATH"
    raise RunnerUnavailable(
        f"{flag}{word}: there is no such program{place}; the build of VastStreamX-Samples puts the profilers into "
        "vaststreamx-samples/bin."
    )


@functools.cache
def _flags_of(argv: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    printed, returncode = help_of("vsx_prof", argv)
    flags = frozenset(_FLAG.findall(printed)) - {"help"}
    if returncode == 0 and flags.issuperset(NEEDED):
        usage = _USAGE.search(printed)
        return flags, tuple(_REQUIRED.findall(usage["required"])) if usage else ()
    words = shlex.join(argv)
    for pattern, remedy in _REMEDIES:
        if found := re.search(pattern, printed):
            raise RunnerUnavailable(f"--runner vsx_prof: {argv[0]} {remedy} ({found.group()}, says {words} --help).")
    lacking = ", ".join(f"--{name}" for name in NEEDED if name not in flags)
    last = " ".join(printed.split())[-_MOST_CHARACTERS:] or "it printed nothing"
    raise RunnerUnavailable(
        f"--runner vsx_prof: {words} --help (exit code {returncode}) does not list {lacking or 'its flags well'}, so "
        f"that it is no profiler of models of this family: {last}"
    )
