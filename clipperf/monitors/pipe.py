"""Waiting for what a vendor's program says."""

from __future__ import annotations

import selectors


def has_come(fd: int, timeout_s: float) -> bool:
    """Whether there is something to read within ``timeout_s``, or the other end is gone.

    Not by ``select``, which takes no number over 1023: a notebook may have more files open than that.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(fd, selectors.EVENT_READ)
        return bool(selector.select(timeout_s))
