"""Messages between the command and a worker: one JSON object a line, over two pipes of their own.

Standard output and error are left to the vendors' SDKs, which write there as they like.
"""

from __future__ import annotations

import json
import math
import os
import select
import time
from typing import Any, Iterable, Mapping

TRACEBACK_MARK = "clipperf: what follows was raised in the worker"
"""Stands in a case's log before a traceback, so that the lines before it can be told from it."""


def readable(fds: Iterable[int], timeout_s: float | None = None) -> list[int]:
    """Those file descriptors that have something to read, or whose other end is gone; none where that is too late.

    Not by ``select``, which takes no number over 1023: a notebook may have more files open than that.
    """
    poll = select.poll()
    for fd in fds:
        poll.register(fd, select.POLLIN)
    return [fd for fd, _ in poll.poll(None if timeout_s is None else math.ceil(1e3 * timeout_s))]


class Channel:
    """One end of the two pipes."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self.read_fd, self.write_fd = read_fd, write_fd
        self._pending = b""
        self._is_open = True

    def send(self, message: Mapping[str, Any]) -> None:
        """Writes one message; raises BrokenPipeError where the other end is gone."""
        line = json.dumps(message).encode() + b"\n"
        while line:
            line = line[os.write(self.write_fd, line) :]

    def receive(self, timeout_s: float | None = None) -> dict[str, Any]:
        """The next message; raises EOFError where the other end is gone and TimeoutError after ``timeout_s``."""
        give_up = None if timeout_s is None else time.monotonic() + timeout_s
        while b"\n" not in self._pending:
            left = None if give_up is None else max(0.0, give_up - time.monotonic())
            if not readable([self.read_fd], left):
                raise TimeoutError("no message came in time")
            read = os.read(self.read_fd, 1 << 16)
            if not read:
                raise EOFError("the other end is gone")
            self._pending += read
        line, _, self._pending = self._pending.partition(b"\n")
        message: dict[str, Any] = json.loads(line)
        return message

    def close(self) -> None:
        """Closes both pipes, once."""
        if self._is_open:
            self._is_open = False
            os.close(self.read_fd)
            os.close(self.write_fd)
