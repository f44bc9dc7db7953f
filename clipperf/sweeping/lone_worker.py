"""A worker that is asked something and measures nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clipperf.worker.arrivals import Arrivals
from clipperf.worker.process import WorkerProcess


@contextmanager
def lone_worker(python: str | None) -> Iterator[WorkerProcess]:
    """A worker under ``python``, or under this interpreter, with a log that is gone with it."""
    with tempfile.TemporaryDirectory(prefix="clipperf-") as folder:
        arrivals = Arrivals()
        worker = WorkerProcess(python, Path(folder) / "worker.log", arrivals.fd)
        try:
            yield worker
        finally:
            worker.close()
            arrivals.close()
