"""The processes of a vendor's tool: started together, read by line, held until all are ready, ended in any case."""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from clipperf.errors import CaseFailed, CaseTimedOut
from clipperf.tools.base import Captured, Command, Line

_MOST_BYTES = 64_000_000
"""Of one process: 100,000 requests of ais_bench print 3 MB; a program that prints more than this is out of control."""

_TEXT_FILES = (".json", ".txt", ".csv", ".log")
_READ_BYTES = 65_536
_LAST_LINES = 5
_AFTERGLOW_S = 1.0
"""How long a process that has ended may be outlived by a child that holds its output open."""


def run_together(commands: Sequence[Command], timeout_s: float, log: Path) -> tuple[Captured, ...]:
    """What each command left; all that they print goes to the log as well.

    Raises CaseTimedOut with what was said last after ``timeout_s``, and CaseFailed where one cannot be started or
    prints without end. Whatever happens, no process of theirs is left: each has a process group of its own, which is
    killed.
    """
    give_up = time.monotonic() + timeout_s
    processes: list[_Process] = []
    try:
        with log.open("ab") as output, selectors.DefaultSelector() as selector:
            for number, command in enumerate(commands):
                process = _Process(command, number if len(commands) > 1 else None, output)
                processes.append(process)
                for stream in process.streams:
                    selector.register(stream.fd, selectors.EVENT_READ, stream)
            _read_to_the_end(processes, selector, give_up)
    finally:
        for process in processes:
            process.end()
    return tuple(process.captured() for process in processes)


def _read_to_the_end(processes: Sequence[_Process], selector: selectors.BaseSelector, give_up: float) -> None:
    is_held = any(process.command.hold_at for process in processes) and len(processes) > 1
    while not all(process.is_over() for process in processes):
        left_s = give_up - time.monotonic()
        if left_s <= 0:
            words = next((process.last_words() for process in processes if not process.is_over()), "")
            raise CaseTimedOut(words)
        for key, _ in selector.select(min(left_s, 0.05)):
            stream: _Stream = key.data
            if not stream.read():
                selector.unregister(stream.fd)
        if is_held:
            for process in processes:
                process.hold_where_asked()
            if all(process.is_held or process.is_over() for process in processes):
                is_held = False
                for process in processes:
                    process.go_on()


class _Stream:
    """One output of a process, cut into lines as it comes."""

    def __init__(self, name: str, pipe: IO[bytes], process: _Process, log: IO[bytes]) -> None:
        self.fd = pipe.fileno()
        self.is_open = True
        self._name, self._pipe, self._process, self._log = name, pipe, process, log
        self._rest = b""

    def read(self) -> bool:
        """Takes what is there; False at its end."""
        chunk = os.read(self.fd, _READ_BYTES)
        at_ns = time.monotonic_ns()
        *whole, self._rest = re.split(rb"\r\n|\r|\n", self._rest + chunk)
        if not chunk:
            self.is_open = False
            whole, self._rest = [self._rest], b""
        self._process.add([line for line in whole if line], self._name, at_ns, len(chunk))
        self._log.write(chunk)
        self._log.flush()
        return bool(chunk)

    def close(self) -> None:
        self._pipe.close()


class _Process:
    def __init__(self, command: Command, number: int | None, log: IO[bytes]) -> None:
        self.command = command
        self.is_held = False
        self._lines: list[Line] = []
        self._bytes = 0
        self._seen = 0
        self._ended_at: float | None = None
        which = "" if number is None else f"[{number}] "
        log.write(f"{which}$ {' '.join(command.argv)}\n".encode(errors="backslashreplace"))
        log.flush()
        try:
            self._process = subprocess.Popen(
                command.argv,
                cwd=command.folder,
                # What a tool written in Python says shall come when it says it.
                env={**os.environ, "PYTHONUNBUFFERED": "1", **command.environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                # Ctrl-C in the terminal is for the command, which then ends its tools in its own way.
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            raise CaseFailed("not-started", f"{command.argv[0]} cannot be started ({reason}).") from None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self.streams = (
            _Stream("stdout", self._process.stdout, self, log),
            _Stream("stderr", self._process.stderr, self, log),
        )

    def add(self, texts: Sequence[bytes], stream: str, at_ns: int, size: int) -> None:
        self._bytes += size
        if self._bytes > _MOST_BYTES:
            raise CaseFailed("too-much-output", f"{self.command.argv[0]} printed over {_MOST_BYTES // 10**6} MB.")
        self._lines += [Line(text.decode(errors="replace"), stream, at_ns) for text in texts]

    def is_over(self) -> bool:
        """Whether it has ended and all that it printed is read; a child that outlives it is not waited for."""
        # Looked at and not taken: until then no other group can get this one's number.
        if os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return False
        self._ended_at = self._ended_at or time.monotonic()
        is_silent = not any(stream.is_open for stream in self.streams)
        return is_silent or time.monotonic() - self._ended_at > _AFTERGLOW_S

    def hold_where_asked(self) -> None:
        fresh, self._seen = self._lines[self._seen :], len(self._lines)
        if not self.is_held and any(re.search(self.command.hold_at, line.text) for line in fresh):
            self.is_held = True
            self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        if self.is_held:
            self._signal(signal.SIGCONT)

    def captured(self) -> Captured:
        return Captured(self.command, tuple(self._lines), text_files(self.command.folder), self._process.returncode)

    def last_words(self) -> str:
        lines = [text for line in self._lines if (text := line.text.strip())][-_LAST_LINES:]
        return f"Last lines of {Path(self.command.argv[0]).name}: {' | '.join(lines)}" if lines else ""

    def end(self) -> None:
        """Kills what is left of it and of its children."""
        self._signal(signal.SIGKILL)
        self._process.wait()
        for stream in self.streams:
            stream.close()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


def text_files(folder: Path) -> dict[str, str]:
    """The texts that a tool wrote into its folder, by their path in it; what is too large or no text is left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in _TEXT_FILES and path.is_file() and path.stat().st_size <= _MOST_BYTES:
            found[str(path.relative_to(folder))] = path.read_text(encoding="utf-8", errors="replace")
    return found
