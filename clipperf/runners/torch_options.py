"""The options of the torch runner, checked."""

from __future__ import annotations

from typing import Mapping

from clipperf.errors import Unsupported
from clipperf.runners.base import Option, take_options

MODES = ("script", "eager", "compile")
_FOR_COMPILING = "compile_backend"
_KEYS = ("mode", _FOR_COMPILING, "inputs", "num_threads", "tf32")
_MOST_THREADS = 1024


def check_options(options: Mapping[str, Option]) -> None:
    """Raises Unsupported for options or values that do not exist, or of which one needs the other."""
    take_options("torch", options, _KEYS)
    mode = mode_of(options)
    if mode not in MODES:
        raise Unsupported(f"--option mode={mode}: take one of {', '.join(MODES)}.")
    if _FOR_COMPILING in options and mode != "compile":
        raise Unsupported(f"--option {_FOR_COMPILING}: it belongs to mode=compile; give that, or leave it out.")
    if options.get("tf32", False) not in (True, False):
        raise Unsupported(f"--option tf32={options['tf32']}: take one of true, false.")
    threads = options.get("num_threads", 1)
    if isinstance(threads, bool) or not isinstance(threads, int) or not 1 <= threads <= _MOST_THREADS:
        raise Unsupported(f"--option num_threads={threads}: give a whole number from 1 to {_MOST_THREADS}.")


def mode_of(options: Mapping[str, Option]) -> str:
    """How the model is run."""
    return str(options.get("mode", MODES[0]))


def compile_backend(options: Mapping[str, Option]) -> str:
    """What ``torch.compile`` compiles with."""
    return str(options.get(_FOR_COMPILING, "inductor"))
