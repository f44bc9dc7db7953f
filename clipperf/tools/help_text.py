"""What a vendor's program prints when it is asked for its help: the flags of the release that is here."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Sequence

from clipperf.errors import RunnerUnavailable

_TIMEOUT_S = 120.0
"""The first import of an SDK reads hundreds of megabytes from what may be a network disk."""


def help_of(tool: str, argv: Sequence[str]) -> tuple[str, int]:
    """What ``--help`` prints on either stream, and the exit code.

    Raises RunnerUnavailable where the program cannot be started or does not end.
    """
    try:
        process = subprocess.Popen(
            (*argv, "--help"),
            # Argparse breaks the names of flags at dashes where the terminal is narrow.
            env={**os.environ, "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise RunnerUnavailable(f"--runner {tool}: {argv[0]} cannot be started ({error.strerror}).") from None
    try:
        printed, _ = process.communicate(timeout=_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        # With all that it started: a child would hold the pipe open.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise RunnerUnavailable(
            f"--runner {tool}: {shlex.join(argv)} --help did not end within {_TIMEOUT_S:g} s; try it by hand."
        ) from None
    return printed.decode(errors="replace"), process.returncode
