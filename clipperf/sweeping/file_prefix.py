"""Models that are several files which begin alike, such as ``DIR/mod.json`` and its fellows for ``DIR/mod``."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from clipperf.errors import UsageError
from clipperf.models.build import sha256_of


def files_of(prefix: Path) -> list[Path]:
    """The files whose names are that of the prefix, a dot and an ending; raises UsageError where there are none."""
    head = f"{prefix.name}."
    try:
        found = sorted(path for path in prefix.parent.iterdir() if path.name.startswith(head) and path.is_file())
    except OSError:
        found = []
    if found:
        return found
    remedy = "give what the paths of the model's files have in common, such as DIR/mod"
    if prefix.is_file():
        remedy = f"give it without the ending: {prefix.with_suffix('')}"
    elif prefix.is_dir():
        remedy = f"it is a folder; give what the names of the files in it have in common as well, such as {prefix}/mod"
    raise UsageError(f"there are no files {prefix}.*; {remedy}.")


def sha256_of_files(prefix: Path) -> str:
    """SHA-256 over the endings and the hashes of all the files, in hexadecimal."""
    return _sha256_over(prefix, files_of(prefix))


def sha256_with_weights(path: Path) -> str:
    """SHA-256 of a model of one file; over both where OpenVINO keeps the weights in a .bin file beside the .xml."""
    weights = path.with_suffix(".bin")
    if path.suffix != ".xml" or not weights.is_file():
        return sha256_of(path)
    return _sha256_over(path.with_suffix(""), [weights, path])


def _sha256_over(prefix: Path, files: Sequence[Path]) -> str:
    whole = hashlib.sha256()
    for path in files:
        whole.update(f"{path.name.removeprefix(prefix.name)} {sha256_of(path)}\n".encode())
    return whole.hexdigest()
