"""The program as a user calls it, and its processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from clipperf.cli import main

PROGRAM = str(Path(sys.executable).with_name("clipperf"))
SIMULATED = ("sweep", "--model", "any", "--runner", "simulated", "--iterations", "5", "--warmup", "1", "--no-control")
"""A short sweep of a device that waits a millisecond."""

_MARK = "CLIPPERF_TEST_MARK"
_PATIENCE_S = 20.0


def environment(**changes: str | None) -> dict[str, str]:
    """This process's environment without what would change the program's texts, and with ``changes``."""
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR", "FORCE_COLOR")}
    changed = {**kept, "LC_ALL": "C.UTF-8", **changes}
    return {name: value for name, value in changed.items() if value is not None}


def clipperf(
    *arguments: object, cwd: Path | None = None, env: dict[str, str | None] | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Runs ``clipperf`` to its end."""
    return subprocess.run(
        [PROGRAM, *map(str, arguments)],
        cwd=cwd,
        env=environment(**(env or {})),
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )


def called(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Runs ``clipperf`` in this process, which is quicker: exit code, standard output and standard error."""
    with pytest.raises(SystemExit) as end:
        main([*map(str, arguments)])
    out, err = capsys.readouterr()
    assert isinstance(end.value.code, int)
    return end.value.code, out, err


class Running:
    """A ``clipperf`` that runs, and every process it has started."""

    def __init__(self, process: subprocess.Popen[str], mark: str) -> None:
        self.process, self._mark = process, mark

    def workers(self) -> list[psutil.Process]:
        """The command's workers."""
        return psutil.Process(self.process.pid).children()

    def wait_for(self, happened: Callable[[], Any]) -> Any:
        """What ``happened`` gives as soon as it is true; fails where the command ends before."""
        give_up = time.monotonic() + _PATIENCE_S
        while time.monotonic() < give_up:
            if found := happened():
                return found
            assert self.process.poll() is None, f"the command ended early: {self.process.communicate()}"
            time.sleep(0.002)
        raise AssertionError("it did not happen in time")

    def end(self) -> tuple[int, str, str]:
        """Exit code, standard output and standard error, once the command has ended."""
        out, err = self.process.communicate(timeout=_PATIENCE_S)
        return self.process.returncode, out, err

    def left_behind(self) -> list[psutil.Process]:
        """Processes of the command that are still there, whoever their parent is now; empty once they are gone."""
        give_up = time.monotonic() + _PATIENCE_S / 4
        while (left := self._marked()) and time.monotonic() < give_up:
            time.sleep(0.01)
        return left

    def _marked(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            try:
                marked = process.environ().get(_MARK) == self._mark
            except psutil.Error:
                continue
            if marked and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        return found


@contextmanager
def running(*arguments: object, cwd: Path | None = None, env: dict[str, str | None] | None = None) -> Iterator[Running]:
    """Starts ``clipperf``; what is left of it at the end is killed."""
    mark = uuid.uuid4().hex
    process = subprocess.Popen(
        [PROGRAM, *map(str, arguments)],
        cwd=cwd,
        env=environment(**{**(env or {}), _MARK: mark}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    command = Running(process, mark)
    try:
        yield command
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
        for left in command._marked():
            left.kill()
