"""How a vendor's process ended, by its exit code, in words."""

from __future__ import annotations

import signal

_SHELL = 128
"""What a shell adds to the number of the signal that ended what it started."""


def ending_of(returncode: int) -> tuple[str, str]:
    """A kind for ``error_kind`` and words such as ``was ended by SIGSEGV``; of a code other than 0."""
    number = -returncode if returncode < 0 else returncode - _SHELL
    try:
        name = signal.Signals(number).name
    except ValueError:
        return "exit", f"ended with exit code {returncode}"
    if name == "SIGABRT":
        return "aborted", "aborted"
    hint = ", as the kernel does when memory runs out" if name == "SIGKILL" else ""
    return name, f"was ended by {name}{hint}"
