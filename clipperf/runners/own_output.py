"""What an SDK says on this process's standard output, for those that tell a failure there and nowhere else."""

from __future__ import annotations

import os
import stat

_OWN = "/proc/self/fd/1"


class OwnOutput:
    """Standard output from now on; nothing is told where it is no file, as on a terminal.

    In a worker it is the log of the case at hand, which changes from case to case. To ask costs one ``fstat``, about a
    microsecond, so it may be done inside ``Slot.run``.
    """

    def __init__(self) -> None:
        self._file, self._read = _file_and_size()

    def fresh(self) -> str:
        """What has come since the last question, "" where nothing has."""
        file, size = _file_and_size()
        if file != self._file:
            self._file, self._read = file, 0
        if size <= self._read:
            return ""
        begin, self._read = self._read, size
        return _text(begin, size)


def _file_and_size() -> tuple[tuple[int, int], int]:
    status = os.fstat(1)
    return (status.st_dev, status.st_ino), status.st_size if stat.S_ISREG(status.st_mode) else 0


def _text(begin: int, end: int) -> str:
    # Another description of the same file: that of standard output may not be read, and has its own place in it.
    try:
        fd = os.open(_OWN, os.O_RDONLY)
    except OSError:
        return ""
    try:
        return os.pread(fd, end - begin, begin).decode(errors="replace")
    finally:
        os.close(fd)
