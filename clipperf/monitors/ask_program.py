"""Asks a vendor's program something and comes back in any case: whatever it does, it is ended and its cost is known."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Sequence

from clipperf.monitors.device import never
from clipperf.monitors.pipe import has_come

if TYPE_CHECKING:
    from pathlib import Path

_MOST_BYTES = 1_000_000  # a table of 16 devices has 10 kB
_LOOK_UP_S = 0.1  # how long after its end a window may still wait for a program that runs
_LAST_WORDS_S = 1.0


@dataclass(frozen=True)
class Answer:
    """What a program printed to standard output, and the processor time in s of it and what it started.

    ``text`` is empty where ``problem``, a sentence, says why; ``is_mute`` where it did not answer in time.
    """

    text: str
    processor_s: float = 0.0
    problem: str = ""
    is_absent: bool = False
    is_mute: bool = False


def ask_program(
    command: Sequence[str], timeout_s: float, is_over: Callable[[], bool] = never, folder: Path | None = None
) -> Answer:
    """The answer of a program that is run in ``folder``; killed after ``timeout_s``, or as soon as ``is_over``."""
    words = " ".join(command)
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=folder,
            # A group of its own, so that what the program starts can be killed with it.
            start_new_session=True,
        )
    except FileNotFoundError:
        return Answer("", problem=f"{command[0]} is not on PATH.", is_absent=True)
    except OSError as error:
        return Answer("", problem=f"{words}: it cannot be started ({error.strerror}).")
    assert process.stdout is not None
    with process.stdout as pipe:
        text, ending = _read(pipe.fileno(), time.monotonic() + timeout_s, is_over)
    if ending:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    returncode, processor_s = _reap(process)
    if ending == "time":
        return Answer("", processor_s, f"{words}: no answer within {timeout_s:g} s.", is_mute=True)
    if returncode is None:
        return Answer("", processor_s, f"{words}: it cannot be ended.", is_mute=True)
    if ending == "bytes":
        return Answer("", processor_s, f"{words}: it printed over {_MOST_BYTES} bytes.")
    if ending == "over":
        return Answer("", processor_s)
    if returncode != 0:
        said = next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it said nothing")
        return Answer("", processor_s, f"{words}: exit code {returncode}, {said[:200].rstrip('.')}.")
    return Answer(text, processor_s)


def _read(fd: int, give_up: float, is_over: Callable[[], bool]) -> tuple[str, str]:
    """What came, and by what the reading was ended before the end of the output: ``time``, ``bytes`` or ``over``."""
    parts, size, ending = [], 0, ""
    while not ending:
        left_s = give_up - time.monotonic()
        if left_s <= 0:
            ending = "time"
        elif is_over():
            ending = "over"
        elif has_come(fd, min(left_s, _LOOK_UP_S)):
            part = os.read(fd, 65536)
            if not part:
                break
            parts.append(part)
            size += len(part)
            ending = "bytes" if size > _MOST_BYTES else ""
    return b"".join(parts).decode("utf-8", errors="replace"), ending


def _reap(process: subprocess.Popen[bytes]) -> tuple[int | None, float]:
    """Exit code and processor time; no code where the program closed its output and does not end, not even killed.

    A program in the middle of a call to a hanging driver cannot be killed: it is left to the kernel.
    """
    give_up = time.monotonic() + _LAST_WORDS_S
    was_killed = False
    while True:
        # Not Popen.wait, which does not tell what the child used, and only this child's use is wanted.
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
            return process.returncode, usage.ru_utime + usage.ru_stime
        if time.monotonic() > give_up:
            if was_killed:
                return None, 0.0
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            was_killed, give_up = True, time.monotonic() + _LAST_WORDS_S
        time.sleep(0.001)
