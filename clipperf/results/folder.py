"""The run folder: rows appended one at a time, raw samples, logs, environment, the profile as run.

Nothing measured is ever lost: a row is written and forced to the disk before the next case begins, and a folder can be
gone on with after a kill.
"""

from __future__ import annotations

import csv
import fcntl
import io
import itertools
import json
import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from clipperf.errors import Interrupted, UsageError
from clipperf.measure.samples import Samples
from clipperf.measure.window import Window
from clipperf.results.formulas import defused
from clipperf.results.frame import read_rows
from clipperf.results.schema import NAMES, TEXTS

RESULTS, ENVIRONMENT, PROFILE = "results.csv", "environment.json", "profile.yaml"
CONTROL = "control.json"
SEARCHED = "searched.json"
SOURCES = "sources"
"""The folder of what rows were imported from."""


class RunFolder:
    """An open run folder; a second process that would write to it is refused.

    Leaving a ``with`` gives it free; an interruption is then told with the folder, once that can be gone on with.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = os.open(path / RESULTS, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._fd)
            raise UsageError(
                f"{path} is being written by another clipperf; wait for it, or choose another --out."
            ) from None
        for name in ("samples", "logs"):
            (path / name).mkdir(exist_ok=True)

    def begin(self, profile: str | None, environment: Mapping[str, Any]) -> None:
        """Writes the profile as run, the environment and the head of the table, before anything is measured.

        ``profile`` is None where the rows come from elsewhere and there is nothing to go on with.
        """
        if profile is not None:
            _write_whole(self.path / PROFILE, profile)
        _write_whole(self.path / ENVIRONMENT, json.dumps(environment, indent=2, ensure_ascii=False) + "\n")
        self._write(",".join(NAMES) + "\n")

    def finished(self) -> set[tuple[str, int]]:
        """The case ids and repeats that have a row; a row cut off by a kill is cut out of the file."""
        size = os.fstat(self._fd).st_size
        whole = os.pread(self._fd, size, 0).rfind(b"\n") + 1
        os.ftruncate(self._fd, whole)
        if not whole:
            self._write(",".join(NAMES) + "\n")
        frame = read_rows(self.path / RESULTS)
        return set(zip(frame["case_id"], frame["repeat"].astype(int), strict=True))

    def append(self, row: Mapping[str, Any]) -> None:
        """Adds one row and forces it to the disk; line feeds in texts become spaces, so that a row is one line."""
        cells = ["" if (cell := row.get(name)) is None else _cell(name, cell) for name in NAMES]
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(cells)
        self._write(line.getvalue())

    def log(self, case_id: str, repeat: int | str) -> Path:
        """Where the workers of a case write what their SDK prints."""
        return self.path / "logs" / f"{case_id}-{repeat}.log"

    def save_samples(self, case_id: str, repeat: int | str, samples: Samples, window: Window | None) -> None:
        """Keeps every request, warm-up included, as int64 ns; ``in_window`` tells which count."""
        inside = np.zeros(len(samples), dtype=bool) if window is None else window.holds(samples)
        target = self.path / "samples" / f"{case_id}-{repeat}.npz"
        partial = target.with_suffix(".part")
        with partial.open("wb") as file:
            np.savez_compressed(
                file,
                scheduled_ns=samples.scheduled_ns,
                issued_ns=samples.issued_ns,
                completed_ns=samples.completed_ns,
                slot=samples.slot,
                instance=samples.instance,
                in_window=inside,
            )
        partial.replace(target)

    def keep_source(self, name: str, content: bytes) -> None:
        """Keeps a file from which rows were taken, byte for byte."""
        (self.path / SOURCES).mkdir(exist_ok=True)
        (self.path / SOURCES / name).write_bytes(content)

    def save_control(self, control: Mapping[str, Any]) -> None:
        """Keeps what the control case showed."""
        _write_whole(self.path / CONTROL, json.dumps(control, indent=2) + "\n")

    def save_searched(self, searched: Mapping[str, Any]) -> None:
        """Writes what a search knows besides its rows."""
        _write_whole(self.path / SEARCHED, json.dumps(searched, indent=1) + "\n")

    def close(self) -> None:
        """Gives the folder free."""
        os.close(self._fd)

    def __enter__(self) -> RunFolder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.close()
        if isinstance(error, KeyboardInterrupt) and (self.path / PROFILE).is_file():
            raise Interrupted(self.path) from None

    def _write(self, text: str) -> None:
        # What an SDK says may hold anything, also what no file can.
        left = text.encode(errors="backslashreplace")
        while left:
            left = left[os.write(self._fd, left) :]
        os.fsync(self._fd)


def create_folder(path: Path) -> RunFolder:
    """A new run folder; raises UsageError where the path cannot be made or holds results already."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out {path}: the folder cannot be made ({error.strerror}).") from None
    try:
        folder = RunFolder(path)
    except OSError as error:
        raise UsageError(f"--out {path}: the folder cannot be written to ({error.strerror}).") from None
    # An empty table is that of a run which was killed before it had a profile to be resumed with.
    if (path / RESULTS).stat().st_size:
        folder.close()
        raise UsageError(
            f"--out {path}: it holds results already; choose another folder, or go on with --resume {path}."
        )
    return folder


def create_default_folder(what: str) -> RunFolder:
    """A new run folder ``reports/<time>-<what>``, with what a file name cannot hold left out.

    A run that another one began before in the same second gets a number behind. Raises UsageError where no folder can
    be made.
    """
    path = Path("reports") / f"{datetime.now():%Y%m%d-%H%M%S}-{re.sub(r'[^A-Za-z0-9._-]+', '_', what)}"
    try:
        path.parent.mkdir(exist_ok=True)
        return RunFolder(_made(path))
    except OSError as error:
        raise UsageError(f"{path}: the run folder cannot be made ({error.strerror}); name another by --out.") from None


def _made(path: Path) -> Path:
    """The first of ``path``, ``path``-2, ``path``-3 … that could be made, so that no two runs ever get the same."""
    made, numbers = path, itertools.count(2)
    while True:
        try:
            made.mkdir()
            return made
        except FileExistsError:
            made = path.with_name(f"{path.name}-{next(numbers)}")


def reopen_folder(path: Path) -> RunFolder:
    """A run folder that was begun before; raises UsageError where it is none, or holds what was imported."""
    if (path / SOURCES).is_dir():
        raise UsageError(f"--resume {path}: its rows were imported; there is nothing here that could be gone on with.")
    for name in (RESULTS, PROFILE):
        if not (path / name).is_file():
            raise UsageError(f"--resume {path}: it is no run folder, {name} is missing.")
    return RunFolder(path)


def read_json(path: Path) -> dict[str, Any]:
    """``environment.json`` or ``control.json`` of a run folder, empty where it was not written."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stored if isinstance(stored, dict) else {}


def _cell(name: str, value: Any) -> str:
    text = " ".join(str(value).splitlines())
    return defused(text) if name in TEXTS else text


def _write_whole(path: Path, text: str) -> None:
    partial = path.with_suffix(".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
