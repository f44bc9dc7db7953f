"""Where a night lies: ``<reports>/<date>``, with a run folder for each sweep under ``runs``."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from clipperf.errors import UsageError

LOCK = ".lock"
RUNS = "runs"


def night_folder(reports: Path, night: date) -> Path:
    """The folder of a night, which this makes; raises UsageError where it cannot be made."""
    folder = reports / night.isoformat()
    try:
        (folder / RUNS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--reports {reports}: {folder} cannot be made ({error.strerror}).") from None
    return folder


@contextmanager
def only_one(reports: Path) -> Iterator[None]:
    """Holds the lock of a folder of nights; raises UsageError where another command has it.

    The kernel gives it free with the process, so that a night that was killed locks nobody out.
    """
    try:
        reports.mkdir(parents=True, exist_ok=True)
        file = os.open(reports / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise UsageError(f"--reports {reports}: it cannot be written to ({error.strerror}).") from None
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(file, 20, 0).decode(errors="replace").strip() or "unknown"
            raise UsageError(
                f"--reports {reports}: another clipperf nightly is at work there (process {holder}), and two at once "
                "would measure each other; wait for it, or give another folder."
            ) from None
        os.ftruncate(file, 0)
        os.pwrite(file, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(file)
