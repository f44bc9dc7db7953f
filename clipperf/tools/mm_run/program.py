"""The mm_run program that is here, and the flags that it takes."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from clipperf.errors import RunnerUnavailable
from clipperf.runners.base import Option
from clipperf.tools.find_program import find_program
from clipperf.tools.help_text import help_of

_MOST_CHARACTERS = 200
_FLAG = re.compile(r"--([a-z]\w*)")
_REMEDY = (
    "Install Cambricon's MagicMind and build its sample mm_run (samples/mm_run in the SDK), put it on PATH or give "
    "--option command=PATH."
)


def program_at(options: Mapping[str, Option]) -> str:
    """Its path; raises RunnerUnavailable where there is none, or where it may not be executed."""
    return find_program("mm_run", str(options.get("command", "mm_run")), _REMEDY)


@functools.cache
def flags_of(program: str) -> frozenset[str]:
    """The flags that its help lists, without the dashes.

    ``--help`` is the only spelling after which it ends well; ``-h`` and ``--h`` abort (Cambricon's ``param.cc``).
    Releases differ in their flags and tell no version. Raises RunnerUnavailable where it does not answer as mm_run.
    """
    printed, returncode = help_of("mm_run", (program,))
    flags = frozenset(_FLAG.findall(printed))
    if "magicmind_model" not in flags:
        words = " ".join(printed.split())[-_MOST_CHARACTERS:] or "nothing"
        remedy = "Give another --option command=PATH: this seems to be another program."
        if returncode:
            remedy = "A library that is missing is the usual cause: set LD_LIBRARY_PATH as MagicMind's env.sh does."
        raise RunnerUnavailable(
            f"--runner mm_run: {program} --help does not list the flags of mm_run; it ended with exit code "
            f"{returncode} and printed: {words}. {remedy}"
        )
    return flags
