"""What vendors' runtimes have in common: versions of packages, device numbers, a current device for each thread."""

from __future__ import annotations

import contextlib
import threading
from importlib import metadata
from typing import Callable, Iterator

from clipperf.errors import Unsupported


class EachThread:
    """Does something once in each thread that asks.

    ACL, CNRT and what is built on them keep the current device by thread, and clipperf's slots are threads that are
    started anew for each case. The question takes well under a microsecond, so it may stand inside ``Slot.run``.
    """

    def __init__(self, prepare: Callable[[], object]) -> None:
        self._prepare = prepare
        self._done = threading.local()

    def __call__(self) -> None:
        """Prepares the thread unless that has been done."""
        if not hasattr(self._done, "once"):
            self._prepare()
            self._done.once = True


def version_of(*distributions: str) -> str:
    """The version of the first of these packages that is installed as one, "" where none is."""
    found = (version for name in distributions for version in _versions(name))
    return next(found, "")


def _versions(distribution: str) -> Iterator[str]:
    with contextlib.suppress(metadata.PackageNotFoundError):
        yield metadata.version(distribution)


def device_number(device: str, most: int) -> int:
    """The number that ``device`` is; raises Unsupported for anything else than a number up to ``most``."""
    if not (device.isascii() and device.isdigit() and int(device) <= most):
        raise Unsupported(f"--device {device}: give the device's number, 0 to {most}; two devices are written 0,1.")
    return int(device)
