"""A worker as the command sees it: started, spoken to, timed out, killed, its death explained."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Mapping

from clipperf.errors import CaseFailed, CaseTimedOut, RunnerUnavailable, Unsupported, UsageError, WrongOutput
from clipperf.worker import boot
from clipperf.worker.board import Board, create_board_file
from clipperf.worker.wire import TRACEBACK_MARK, Channel

_RAISED = {error.__name__: error for error in (RunnerUnavailable, Unsupported, UsageError, WrongOutput)}
_LOG_LINES = 5
_FAULTHANDLER_HEAD = "Fatal Python error:"
_LAST_WORDS_S = 5.0


class WorkerProcess:
    """One child program; ``log`` is where its standard output and error go until a case sets another.

    ``arrivals_fd`` is the schedule of open loops, which workers of one case share.
    """

    def __init__(self, python: str | None, log: Path, arrivals_fd: int) -> None:
        self.log = log
        self._board_fd = create_board_file()
        order_read, order_write = os.pipe()
        answer_read, answer_write = os.pipe()
        handed_over = (order_read, answer_write, self._board_fd, arrivals_fd)
        command = [python or sys.executable, boot.__file__, *map(str, handed_over)]
        with log.open("ab") as output:
            try:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    pass_fds=handed_over,
                    # Ctrl-C in the terminal is for the command, which then ends its workers in its own way.
                    start_new_session=True,
                )
            except OSError as error:
                for fd in (order_read, order_write, answer_read, answer_write, self._board_fd):
                    os.close(fd)
                raise UsageError(f"--worker-python {python}: it cannot be started ({error.strerror}).") from None
        os.close(order_read)
        os.close(answer_write)
        self._channel = Channel(answer_read, order_write)
        self._is_over = False
        self.board: Board | None = None

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def answer_fd(self) -> int:
        """Readable as soon as an answer, or the end of the worker, has come."""
        return self._channel.read_fd

    def share_board(self, slots: int) -> Board:
        """The board of a worker with so many slots; called before the worker opens its own side."""
        self.board = Board(self._board_fd, slots)
        return self.board

    def order(self, what: str, **details: Any) -> None:
        """Sends an order; its answer comes by ``answer``. A worker that is gone says so there."""
        with contextlib.suppress(BrokenPipeError):
            self._channel.send({"do": what, **details})

    def answer(self, timeout_s: float) -> Mapping[str, Any]:
        """The answer to an order; raises what the worker raised, or that it is gone or mute."""
        try:
            message = self._channel.receive(timeout_s)
        except TimeoutError:
            raise CaseTimedOut(f"The worker gave no answer for {timeout_s:.2g} s.") from None
        except EOFError:
            raise self._death() from None
        if "error" in message:
            kind, text = message["error"]["kind"], message["error"]["message"]
            if kind in _RAISED:
                raise _RAISED[kind](text)
            raise CaseFailed(kind, f"{text.rstrip('.')}. {self.last_log_lines()}".rstrip())
        return message

    def last_log_lines(self) -> str:
        """The end of the log in one line, for a row."""
        with self.log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 4096))
            text = file.read().decode(errors="replace")
        # What was raised is in the row already; the SDK's own words before it are not.
        before, mark, rest = text.rpartition(TRACEBACK_MARK)
        words, crash, stack = (before if mark else rest).partition(_FAULTHANDLER_HEAD)
        # The place of a crash stands at the top of the stack, and says less than what the SDK itself has to say.
        lines = _lines(words)[-_LOG_LINES:] or _lines(crash + stack)[:_LOG_LINES]
        return f"Last lines of {self.log.name}: {' | '.join(lines)}" if lines else ""

    def close(self) -> None:
        """Lets the worker end by itself for a moment, then kills what is left of it and of its children."""
        self._channel.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_LAST_WORDS_S)
        self.kill()

    def kill(self) -> None:
        """Kills the worker and all that it started, once: later its id may be another process's."""
        if self._is_over:
            return
        self._is_over = True
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._channel.close()
        os.close(self._board_fd)

    def _death(self) -> CaseFailed:
        try:
            code = self._process.wait(_LAST_WORDS_S)
        except subprocess.TimeoutExpired:
            return CaseFailed("worker-mute", f"The worker closed its pipe and went on running. {self.last_log_lines()}")
        if code < 0:
            name = _name_of_signal(-code)
            hint = " (as the kernel does when memory runs out)" if name == "SIGKILL" else ""
            return CaseFailed(name, f"The worker was killed by {name}{hint}. {self.last_log_lines()}".rstrip())
        return CaseFailed("exit", f"The worker ended by itself with exit code {code}. {self.last_log_lines()}".rstrip())


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _name_of_signal(number: int) -> str:
    """Real-time signals have a number only."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
