"""A program that stays and answers lines: started once, as importing an SDK takes seconds, and ended in any case."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
import weakref
from dataclasses import dataclass
from typing import Callable, Sequence

from clipperf.monitors.device import never
from clipperf.monitors.pipe import has_come

_MOST_BYTES = 1_000_000
_LOOK_UP_S = 0.1
_LAST_WORDS_S = 2.0


@dataclass(frozen=True)
class Reply:
    """A line, empty where none came; ``is_mute`` where it came too late, ``returncode`` where the program ended."""

    line: str = ""
    is_mute: bool = False
    returncode: int | None = None


class Session:
    """One program; whatever happens it ends with this object, and with the input that it reads."""

    def __init__(self, command: Sequence[str]) -> None:
        """Starts it; raises OSError where that cannot be done."""
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._rest = b""
        self._end = weakref.finalize(self, _end, self._process)

    def ask(self, line: str, timeout_s: float, is_over: Callable[[], bool] = never) -> Reply:
        """The answer to a line."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            return self._gone()
        return self.listen(timeout_s, is_over)

    def listen(self, timeout_s: float, is_over: Callable[[], bool] = never) -> Reply:
        """The next line; where it does not come in time, or is not waited for, the program is ended."""
        assert self._process.stdout is not None
        give_up = time.monotonic() + timeout_s
        while b"\n" not in self._rest:
            left_s = give_up - time.monotonic()
            if is_over() or left_s <= 0 or len(self._rest) > _MOST_BYTES:
                is_mute = left_s <= 0
                self.close()
                return Reply(is_mute=is_mute)
            if has_come(self._process.stdout.fileno(), min(left_s, _LOOK_UP_S)):
                part = os.read(self._process.stdout.fileno(), 65536)
                if not part:
                    return self._gone()
                self._rest += part
        line, _, self._rest = self._rest.partition(b"\n")
        return Reply(line.decode("utf-8", errors="replace"))

    def is_open(self) -> bool:
        """Whether it can be asked."""
        return self._end.alive and self._process.poll() is None

    def close(self) -> None:
        """Ends the program; may be called again."""
        self._end()

    def _gone(self) -> Reply:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_LAST_WORDS_S)
        returncode = self._process.returncode
        self.close()
        return Reply(returncode=returncode)


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    # A program in the middle of a call to a hanging driver cannot be killed: it is left to the kernel.
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_LAST_WORDS_S)
