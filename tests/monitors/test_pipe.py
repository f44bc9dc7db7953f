"""Programs are asked also by a process that has many files open, as a notebook may."""

from __future__ import annotations

import fcntl
import os
import resource
from collections.abc import Iterator

import pytest

from clipperf.monitors.pipe import has_come

MANY = 1500


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe whose reading end has a number that ``select`` refuses."""
    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < MANY + 10:
        pytest.skip(f"this process may open {most} files only")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(least, MANY + 10), most))
    low, writing = os.pipe()
    reading = fcntl.fcntl(low, fcntl.F_DUPFD, MANY)
    os.close(low)
    yield reading, writing
    os.close(reading)
    resource.setrlimit(resource.RLIMIT_NOFILE, (least, most))


def test_what_comes_is_seen_and_so_is_the_end(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    assert reading >= MANY
    assert not has_come(reading, 0.0)
    os.write(writing, b"40 W")
    assert has_come(reading, 60.0)
    assert os.read(reading, 10) == b"40 W"
    os.close(writing)
    assert has_come(reading, 60.0)
    assert os.read(reading, 10) == b""
