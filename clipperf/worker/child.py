"""The worker program: takes orders from the command, opens instances, keeps their slots busy.

Orders are ``check`` (what is here, can it be placed), ``open`` (once), then for each case ``load`` and ``run``, before
them ``answer`` where the answers are to be compared; ``embed`` gives those to data of the command's own. Every order is
answered by one message, or by one that holds ``error``.
"""

from __future__ import annotations

import ctypes
import faulthandler
import io
import os
import signal
import sys
import time
import traceback
from typing import Any, Callable, Mapping

import numpy as np

from clipperf.errors import ClipperfError
from clipperf.runners import load_runner
from clipperf.runners.base import Instance, OpenSpec, Runner
from clipperf.runners.inputs import denormal_share, draw_inputs
from clipperf.worker.answers import check_answers
from clipperf.worker.asked import check_abilities, check_ran
from clipperf.worker.board import Board
from clipperf.worker.check import check
from clipperf.worker.load import harness_ns, keep_busy
from clipperf.worker.sampled import answers_to_rows, sampled_answers, write_rows
from clipperf.worker.wire import TRACEBACK_MARK, Channel

_PR_SET_PDEATHSIG = 1
_LINE_BUFFERED = 1  # _IOLBF of stdio.h
_OUT_OF_MEMORY_WORDS = ("bad_alloc", "bad allocation", "failed to allocate", "out of memory")


def serve(read_fd: int, write_fd: int, board_fd: int, arrivals_fd: int) -> None:
    """Answers orders until the command closes its end."""
    _die_with_parent()
    _write_line_by_line()
    faulthandler.enable()
    channel, worker = Channel(read_fd, write_fd), Worker(board_fd, arrivals_fd)
    orders: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        "check": check,
        "open": worker.open,
        "answer": worker.answer,
        "embed": worker.embed,
        "load": worker.load,
        "run": worker.run,
    }
    while True:
        try:
            order = channel.receive()
        except EOFError:
            # An SDK's own threads and finalisers must not keep a worker alive, nor crash it on the way out.
            _flush()
            os._exit(0)
        try:
            answer = orders[order["do"]](order)
        except BaseException as error:  # noqa: BLE001 (whatever an SDK raises becomes a row)
            print(TRACEBACK_MARK, file=sys.stderr)  # noqa: T201 (the case's log)
            traceback.print_exc()
            answer = {"error": _describe(error)}
        _flush()
        channel.send(answer)


class Worker:
    """What is open in this process."""

    def __init__(self, board_fd: int, arrivals_fd: int) -> None:
        self._board_fd, self._arrivals_fd = board_fd, arrivals_fd
        self._board: Board | None = None
        self._instances: list[Instance] = []
        self._asked = ("", "")
        self._open_to_report: dict[str, Any] = {}

    def open(self, order: dict[str, Any]) -> dict[str, Any]:
        """Opens the instances of one device, after setting the affinity that makes up the device."""
        _log_to(order["log"])
        spec, runner = OpenSpec(**order["spec"]), load_runner(order["runner"])
        cores = _pin(runner, spec)
        runner.check_options(spec.options)
        runner.probe()
        abilities = runner.abilities(spec.model)
        check_abilities(order["runner"], spec, abilities)
        began = time.monotonic()
        self._instances = [runner.open(spec) for _ in range(order["instances"])]
        self._open_to_report = {"load_s": time.monotonic() - began}
        self._asked = (order["runner"], spec.precision)
        ran = self._instances[0].ran
        check_ran(ran, *self._asked)
        self._board = Board(self._board_fd, spec.slots * order["instances"])
        return {"provider": ran.provider, "threads": ran.threads, "cores": cores}

    def answer(self, order: dict[str, Any]) -> dict[str, Any]:
        """Writes a file of the first instance's answers to the samples that all runners get."""
        _log_to(order["log"])
        instance, batch = self._instances[0], (order["inputs"], order["batch_size"])
        # As one batch of the case: what does not fit is told by its own size, and the first request is timed.
        instance.slots[0].load(draw_inputs(instance.signature, *batch, order["seed"]))
        self._first_answers(instance)
        answers = sampled_answers(instance, *batch, order["samples"], order["seed"])
        write_rows(order["path"], answers)
        return {}

    def embed(self, order: dict[str, Any]) -> dict[str, Any]:
        """Writes a file of the first instance's answers to the rows of an .npy file, one for each."""
        _log_to(order["log"])
        instance = self._instances[0]
        write_rows(order["path"], answers_to_rows(instance, order["rows"], order["batch_size"]))
        # Some SDKs tell by a request only what they run.
        check_ran(instance.ran, *self._asked)
        return {}

    def load(self, order: dict[str, Any]) -> dict[str, Any]:
        """Loads a batch of its own into every slot, runs each instance once and looks at its answer."""
        _log_to(order["log"])
        denormal, seed = 0.0, order["seed"]
        for instance in self._instances:
            for slot in instance.slots:
                seed += 1
                inputs = draw_inputs(instance.signature, order["inputs"], order["batch_size"], seed)
                denormal = max(denormal, denormal_share(inputs))
                slot.load(inputs)
            check_answers(instance.signature, self._first_answers(instance), order["batch_size"])
        slots = sum(len(instance.slots) for instance in self._instances)
        reported, self._open_to_report = self._open_to_report, {}
        return dict(
            reported,
            precision=self._instances[0].ran.precision,
            harness_ms=harness_ns(slots, order["is_open"]) / 1e6,
            denormal_share=denormal,
        )

    def run(self, order: dict[str, Any]) -> dict[str, Any]:
        """Keeps every slot busy from ``start_ns`` until the command sets the board's stop word."""
        assert self._board is not None
        slots = [slot for instance in self._instances for slot in instance.slots]
        runs = [slot.run for slot in slots]
        keep_busy(runs, self._board, order["start_ns"], self._arrivals_fd if order["is_open"] else None)
        # Before the first request that was recorded others were run, to look at their answers.
        told = [[*slot.stage_ns().get("compute", ())] for slot in slots]
        return {"compute_ns": [times[-count:] if count else [] for times, count in zip(told, self._board.counts())]}

    def _first_answers(self, instance: Instance) -> Mapping[str, np.ndarray]:
        """Of one request, the first one after opening timed for the report; some SDKs tell by it what they run."""
        began = time.monotonic()
        instance.slots[0].run()
        took_ms = (time.monotonic() - began) * 1e3
        if self._open_to_report:
            self._open_to_report.setdefault("first_infer_ms", took_ms)
        answers = instance.slots[0].outputs()
        check_ran(instance.ran, *self._asked)
        return answers


def _pin(runner: Runner, spec: OpenSpec) -> tuple[int, ...]:
    """Sets the affinity to the device's cores, where it is made of cores, and gives these."""
    cores = runner.cores(spec.device, spec.options)
    if cores is None:
        return ()
    if sys.platform == "linux":
        # Threads that come later inherit from this one; those of numpy are here already.
        for thread in os.listdir("/proc/self/task"):
            os.sched_setaffinity(int(thread), cores)
    # Read by OpenMP and MKL when they are loaded, by runtimes that have no setting of their own.
    os.environ.setdefault("OMP_NUM_THREADS", str(len(cores)))
    return cores


def _log_to(path: str) -> None:
    """Sends this process's standard output and error to the log of the case at hand."""
    _flush()
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(fd, 1)
    os.dup2(fd, 2)
    os.close(fd)


def _write_line_by_line() -> None:
    """Keeps the last words of an SDK from being lost in a buffer when it crashes, be they Python's or C's."""
    for stream in (sys.stdout, sys.stderr):
        assert isinstance(stream, io.TextIOWrapper)
        stream.reconfigure(line_buffering=True, errors="backslashreplace")
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.setvbuf(ctypes.c_void_p.in_dll(libc, "stdout"), None, _LINE_BUFFERED, 0)


def _flush() -> None:
    """Empties Python's and C's buffers into the log that they were meant for."""
    sys.stdout.flush()
    sys.stderr.flush()
    if sys.platform == "linux":
        ctypes.CDLL(None).fflush(None)


def _die_with_parent() -> None:
    """A worker must not outlive the command, even when that is killed, and must be the first to go without memory."""
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        try:
            with open("/proc/self/oom_score_adj", "w") as file:
                file.write("1000")
        except OSError:
            traceback.print_exc()
    if os.getppid() != parent:
        os._exit(1)


def _describe(error: BaseException) -> dict[str, str]:
    message = str(error) or type(error).__name__
    if isinstance(error, ClipperfError):
        kind = type(error).__name__
    elif isinstance(error, MemoryError) or any(words in message.lower() for words in _OUT_OF_MEMORY_WORDS):
        kind = "out-of-memory"
        message = f"The worker ran out of memory ({message}); use a smaller batch or fewer instances."
    else:
        kind = type(error).__name__
        message = f"{type(error).__name__}: {message}"
    return {"kind": kind, "message": message}
