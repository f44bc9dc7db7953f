"""The accelerator behind the stand-in SDKs: devices that take 2 to 5 ms a request and keep a ledger of the truth.

Service times are drawn and put on the device's own timeline, which all processes share. The ledger tells when each
execution or copy began and when the host was answered, however late that came on a busy machine: what a runner measures
is held against it. Runners cannot read it; they see the SDKs alone. Set by environment:

- ``STANDIN_FOLDER``: where the ledger (``KIND DEVICE BEGAN_NS ANSWERED_NS``, a line each) and the timelines lie;
- ``STANDIN_DEVICES``: how many there are (2); ``STANDIN_SEED`` of the service times, ``STANDIN_TIMES`` as long (1);
- ``STANDIN_FAILS``: ``execute``, ``hang``, ``kill``, ``nan`` or ``memory``, after @N executions of a process, as in
  ``execute@20``.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import random
import signal
import threading
import time
import weakref
from typing import Callable

import numpy as np

SHORTEST_NS, LONGEST_NS = 2_000_000, 5_000_000
COPY_NS = 300_000
_SPIN_NS = 300_000
_TIMES = float(os.environ.get("STANDIN_TIMES", "1"))
_STRAYS = 0.1
"""The share of executions that take any time; the others lie close together, as those of a device do."""


class DeviceFailed(Exception):
    """What the SDK on top words in its own way."""


class Device:
    """One device by its number; its queue serves one request after the other."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._draw = random.Random(f"{os.environ.get('STANDIN_SEED', '1')}-{number}-{os.getpid()}")
        self._lock = threading.Lock()
        self._executions = 0
        folder = os.environ.get("STANDIN_FOLDER")
        self._timeline, self._ledger = (None, None) if folder is None else _files(folder, number)
        for fd in (self._timeline, self._ledger):
            if fd is not None:
                weakref.finalize(self, os.close, fd)
        self._free_ns = 0
        self._kept: list[str] = []

    def submit(self) -> tuple[int, int]:
        """Takes one execution and gives the instants at which it begins and will be over, ns of the monotonic clock."""
        now_ns = time.monotonic_ns()
        with self._lock:
            self._executions += 1
            self._fail_where_asked()
            spread = self._draw.random()
            if self._draw.random() > _STRAYS:
                spread = 0.8 + 0.05 * spread
            service_ns = int((SHORTEST_NS + spread * (LONGEST_NS - SHORTEST_NS)) * _TIMES)
            begin_ns = self._reserve(now_ns, service_ns)
        return begin_ns, begin_ns + service_ns

    def answer(self, execution: tuple[int, int], wait: Callable[[int], int] | None = None) -> None:
        """Returns when the execution is over; ``wait`` is how, by default ``wait_until``."""
        began_ns, end_ns = execution
        self._write_kept()
        self._keep("compute", began_ns, (wait or wait_until)(end_ns))

    def copy(self, kind: str, wait: Callable[[int], int] | None = None) -> None:
        """A copy to ("h2d") or from ("d2h") the device, which takes its time whatever its size."""
        begin_ns = time.monotonic_ns()
        self._write_kept()
        self._keep(kind, begin_ns, (wait or wait_until)(begin_ns + COPY_NS))

    def gives_nan(self) -> bool:
        """Whether answers are broken by now."""
        what, after = _failure()
        return what == "nan" and self._executions > after

    def _reserve(self, now_ns: int, service_ns: int) -> int:
        if self._timeline is None:
            begin_ns = max(now_ns, self._free_ns)
            self._free_ns = begin_ns + service_ns
            return begin_ns
        fcntl.flock(self._timeline, fcntl.LOCK_EX)
        begin_ns = max(now_ns, int.from_bytes(os.pread(self._timeline, 8, 0), "little"))
        os.pwrite(self._timeline, (begin_ns + service_ns).to_bytes(8, "little"), 0)
        fcntl.flock(self._timeline, fcntl.LOCK_UN)
        return begin_ns

    def _keep(self, kind: str, began_ns: int, answered_ns: int) -> None:
        self._kept.append(f"{kind} {self.number} {began_ns} {answered_ns}\n")

    def _write_kept(self) -> None:
        """While the device works, so that the ledger itself takes no time of a request."""
        kept, self._kept = self._kept, []
        if self._ledger is not None and kept:
            os.write(self._ledger, "".join(kept).encode())

    def _fail_where_asked(self) -> None:
        what, after = _failure()
        if self._executions <= after:
            return
        if what == "execute":
            raise DeviceFailed("execution failed")
        if what == "memory":
            raise DeviceFailed("out of memory")
        if what == "hang":
            threading.Event().wait()
        if what == "kill":
            os.kill(os.getpid(), signal.SIGKILL)


class Model:
    """A file of JSON: ``inputs`` and ``outputs`` with name, dtype and shape (-1 is open), ``gears`` of batch sizes,
    and ``kills`` where executing it ends the process by SIGSEGV.

    An output is the input's bytes of each sample, as numbers, through a fixed matrix: it depends on every one of them.
    """

    def __init__(self, path: str) -> None:
        with open(path, encoding="utf-8") as file:
            described = json.load(file)
        self.inputs, self.outputs = described["inputs"], described["outputs"]
        self.gears, self.kills = described.get("gears", []), described.get("kills", False)

    @classmethod
    def of(cls, inputs: list[dict], outputs: list[dict], kills: bool) -> Model:
        """One without a file of its own."""
        model = cls.__new__(cls)
        model.inputs, model.outputs, model.gears, model.kills = inputs, outputs, [], kills
        return model

    def answer(self, arrays: list[np.ndarray]) -> list[np.ndarray]:
        """An array for each output."""
        if self.kills:
            os.kill(os.getpid(), signal.SIGSEGV)
        batch = arrays[0].shape[0]
        features = np.concatenate([array.reshape(batch, -1).astype(np.float64) for array in arrays], axis=1)
        answers = []
        for place, described in enumerate(self.outputs):
            shape = [batch if described["shape"][:1] in ([-1], [batch]) else 1, *described["shape"][1:]]
            width = int(np.prod(shape[1:]))
            grid = np.outer(np.arange(1, features.shape[1] + 1), np.arange(1, width + 1) + place)
            rows = np.tanh(features @ np.cos(grid))[: shape[0]]
            answers.append(rows.reshape(shape).astype(described["dtype"]))
        return answers


def device_count() -> int:
    """How many devices there are."""
    return int(os.environ.get("STANDIN_DEVICES", "2"))


def device(number: int) -> Device:
    """The device of that number in this process; raises DeviceFailed where there is none."""
    if not 0 <= number < device_count():
        raise DeviceFailed(f"no device {number}")
    with _DEVICES_LOCK:
        return _DEVICES.setdefault(number, Device(number))


def wait_until(instant_ns: int) -> int:
    """Sleeps as far as sleeping is exact, and spins for the rest; gives the instant at which that was over."""
    ahead_ns = instant_ns - time.monotonic_ns() - _SPIN_NS
    if ahead_ns > 0:
        time.sleep(ahead_ns * 1e-9)
    while time.monotonic_ns() < instant_ns:
        pass
    return time.monotonic_ns()


def hold_until(instant_ns: int) -> int:
    """The same with the interpreter's lock kept: nothing else in Python runs meanwhile."""
    now_ns = time.monotonic_ns()
    while now_ns < instant_ns:
        _C_WITH_LOCK.usleep(1 + (instant_ns - now_ns) // 1000)
        now_ns = time.monotonic_ns()
    return now_ns


_C_WITH_LOCK = ctypes.PyDLL(None)
_DEVICES: dict[int, Device] = {}
_DEVICES_LOCK = threading.Lock()


def _failure() -> tuple[str, int]:
    what, _, after = os.environ.get("STANDIN_FAILS", "").partition("@")
    return what, int(after or 0)


def _files(folder: str, number: int) -> tuple[int, int]:
    timeline = os.open(os.path.join(folder, f"timeline-{number}"), os.O_RDWR | os.O_CREAT, 0o600)
    ledger = os.open(os.path.join(folder, "ledger"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    return timeline, ledger
