"""Where a vendor's program lies."""

from __future__ import annotations

import os
import shutil

from clipperf.errors import RunnerUnavailable


def find_program(tool: str, asked: str, remedy: str) -> str:
    """The path of a program that is asked for by name or path.

    Raises RunnerUnavailable with the remedy where there is none, or where it may not be executed.
    """
    found = shutil.which(asked)
    if found is not None:
        return os.path.abspath(found)
    if os.sep in asked and os.path.isfile(asked):
        raise RunnerUnavailable(f"--runner {tool}: {asked} may not be executed; chmod +x {asked} makes it a program.")
    place = "" if os.sep in asked else " on PATH"
    raise RunnerUnavailable(f"--runner {tool}: there is no {asked}{place}. {remedy}")
