"""The files of a command line as texts, each with the batch size that its name stands for."""

from __future__ import annotations

import codecs
import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from clipperf.errors import UsageError
from clipperf.importing.plain_text import without_terminal_and_collector

BATCH_PATTERN = "{batch}"
STDIN = "-"
MOST_MB = 256
"""Above it a file is no log: the summary of 100,000 requests, the most that ais_bench does, has 10 MB."""

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class LogFile:
    """One file: ``name`` as it was given, its bytes and its text; ``batch_size`` is None where its name has none."""

    name: str
    content: bytes
    text: str
    batch_size: int | None = None

    @property
    def sha256(self) -> str:
        """What tells a file that was given twice."""
        return hashlib.sha256(self.content).hexdigest()


def read_files(names: Sequence[str], batch_sizes: Sequence[int]) -> tuple[list[LogFile], list[str]]:
    """The files in their order, and the problems of those that cannot be read.

    A name that holds {batch} stands for a file of each batch size; without it there may be one batch size for all
    files. ``-`` is standard input. What cannot be decoded is kept as a replacement character: progress bars are cut
    anywhere.
    """
    problems: list[str] = []
    files: list[LogFile] = []
    for name, batch_size in _expanded(names, batch_sizes, problems):
        try:
            content, shown = _read(name), "standard input" if name == STDIN else name
            files.append(LogFile(shown, content, _text(shown, content), batch_size))
        except UsageError as error:
            problems.append(str(error))
    first: dict[str, LogFile] = {}
    for file in files:
        same = first.setdefault(file.sha256, file)
        if same is not file:
            again = "it is given twice" if same.name == file.name else f"its content is that of {same.name}"
            problems.append(f"{file.name}: {again}; a measurement counts once, so leave one out.")
    return files, problems


def _expanded(
    names: Sequence[str], batch_sizes: Sequence[int], problems: list[str]
) -> Iterator[tuple[str, int | None]]:
    listed = ",".join(map(str, batch_sizes))
    for name in names:
        if BATCH_PATTERN in name:
            if not batch_sizes:
                problems.append(f"{name}: give the batch sizes that {BATCH_PATTERN} stands for, such as --batch 1,4,8.")
            for batch_size in batch_sizes:
                yield name.replace(BATCH_PATTERN, str(batch_size)), batch_size
        elif len(batch_sizes) > 1:
            problems.append(
                f"--batch {listed}: which of them {name} has cannot be told; write {BATCH_PATTERN} in the name where "
                "the batch size stands, or import files of one batch size at a time."
            )
        else:
            yield name, batch_sizes[0] if batch_sizes else None


def _read(name: str) -> bytes:
    try:
        if name == STDIN:
            content = sys.stdin.buffer.read(MOST_MB * 10**6 + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(MOST_MB * 10**6 + 1)
    except IsADirectoryError:
        raise UsageError(f"{name}: it is a folder; name the files in it, such as {name.rstrip('/')}/*.log.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"{name}: it cannot be read ({reason}).") from None
    if len(content) > MOST_MB * 10**6:
        raise UsageError(f"{name}: it has more than {MOST_MB} MB, so it is no log; give what the program printed.")
    return content


def _text(name: str, content: bytes) -> str:
    if content.startswith(_UTF16):
        return without_terminal_and_collector(content.decode("utf-16", errors="replace"))
    if b"\0" in content:
        raise UsageError(f"{name}: it is no text; give the log or the summary that the program wrote.")
    return without_terminal_and_collector(content.decode("utf-8-sig", errors="replace"))
