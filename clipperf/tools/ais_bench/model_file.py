"""What ais_bench demands of a file before it reads it, told before anything is started.

From 2023-10 on it refuses models and inputs that are links, that group or others may write, that belong to somebody
else, or whose path has other characters than ``A-Z a-z 0-9 _ - . /``. Builds of 2023-06 take them; a copy serves both.
"""

from __future__ import annotations

import os
import re
import stat

from clipperf.errors import Unsupported

_LEGAL = re.compile(r"[_A-Za-z0-9/.-]+")
_MOST_BYTES = 10 * 1024**3
"""ais_bench's own limit; msit benchmark takes 32 GB and is given no larger ones here either."""


def check_model_file(path: str) -> None:
    """Raises Unsupported for a model that ais_bench would refuse."""
    if not path.endswith(".om"):
        raise Unsupported(
            f"--model {path}: ais_bench reads .om files; clipperf compile-command prints how to make one."
        )
    check_file(path, "--model")
    if os.path.getsize(path) > _MOST_BYTES:
        raise Unsupported(f"--model {path}: ais_bench takes models of up to 10 GB.")


def check_file(path: str, flag: str) -> None:
    """Raises Unsupported for a file that ais_bench would refuse to read."""
    whole = os.path.abspath(path)
    if not os.path.isfile(whole):
        raise Unsupported(f"{flag} {path}: there is no such file.")
    if not _LEGAL.fullmatch(whole):
        odd = "".join(dict.fromkeys(letter for letter in whole if not _LEGAL.fullmatch(letter)))
        raise Unsupported(
            f"{flag} {path}: ais_bench takes paths of A-Z a-z 0-9 _ - . / only, and {whole} has {odd!r}; copy it."
        )
    if os.path.islink(whole):
        raise Unsupported(f"{flag} {path}: ais_bench refuses links; give {os.path.realpath(whole)}, or a copy.")
    found = os.stat(whole)
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise Unsupported(
            f"{flag} {path}: group or others may write it, which ais_bench refuses; chmod go-w {whole} helps."
        )
    if not os.access(whole, os.R_OK) or not found.st_mode & stat.S_IRUSR:
        raise Unsupported(f"{flag} {path}: it may not be read; chmod u+r {whole} helps its owner.")
    if found.st_uid != os.geteuid() and found.st_gid not in os.getgroups():
        raise Unsupported(
            f"{flag} {path}: it belongs to another user and group, which ais_bench refuses; copy it to a file of yours."
        )
