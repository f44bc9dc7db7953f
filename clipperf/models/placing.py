"""Files of the cache: whole or not there at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def placed(path: Path) -> Iterator[Path]:
    """A name beside ``path`` to write to; the file is renamed to ``path`` when the block ends well and it is on disk.

    A kill, a full disk or a second process at the same work can therefore leave a useless temporary file, never half of
    what was to be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink()
