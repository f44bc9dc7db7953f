"""The accelerator behind the stand-in SDKs: devices that take 2 to 5 ms a request and keep a ledger of the truth.

Service times are drawn, put on the device's own timeline, which all processes share, and written to the ledger as they
were: what a runner measures is held against them. Runners cannot read it; they see the SDKs alone. Set by environment:

- ``STANDIN_FOLDER``: where the ledger (``KIND DEVICE BEGIN_NS END_NS``, a line each) and the timelines lie;
- ``STANDIN_DEVICES``: how many there are (2); ``STANDIN_SEED`` of the service times;
- ``STANDIN_FAILS``: ``execute``, ``hang``, ``kill``, ``nan`` or ``memory``, after @N executions of a process, as in
  ``execute@20``.
"""

from __future__ import annotations

import fcntl
import json
import os
import random
import signal
import threading
import time

import numpy as np

SHORTEST_NS, LONGEST_NS = 2_000_000, 5_000_000
COPY_NS = 300_000
_SPIN_NS = 300_000
_PEAK_SHARE = 0.1
"""How far service times stray: 90 % of them lie close together, as those of a device do."""


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
        self._free_ns = 0

    def submit(self) -> int:
        """Takes one execution and gives the instant at which it will be over, ns of the monotonic clock."""
        with self._lock:
            self._executions += 1
            self._fail_where_asked()
            spread = self._draw.random()
            if self._draw.random() > _PEAK_SHARE:
                spread = 0.3 + 0.05 * spread
            service_ns = int(SHORTEST_NS + spread * (LONGEST_NS - SHORTEST_NS))
            begin_ns = self._reserve(service_ns)
        self._write("compute", begin_ns, begin_ns + service_ns)
        return begin_ns + service_ns

    def copy(self, kind: str) -> None:
        """A copy to ("h2d") or from ("d2h") the device, which takes its time whatever its size."""
        begin_ns = time.monotonic_ns()
        wait_until(begin_ns + COPY_NS)
        self._write(kind, begin_ns, begin_ns + COPY_NS)

    def gives_nan(self) -> bool:
        """Whether answers are broken by now."""
        what, after = _failure()
        return what == "nan" and self._executions > after

    def _reserve(self, service_ns: int) -> int:
        now_ns = time.monotonic_ns()
        if self._timeline is None:
            begin_ns = max(now_ns, self._free_ns)
            self._free_ns = begin_ns + service_ns
            return begin_ns
        fcntl.flock(self._timeline, fcntl.LOCK_EX)
        begin_ns = max(now_ns, int.from_bytes(os.pread(self._timeline, 8, 0), "little"))
        os.pwrite(self._timeline, (begin_ns + service_ns).to_bytes(8, "little"), 0)
        fcntl.flock(self._timeline, fcntl.LOCK_UN)
        return begin_ns

    def _write(self, kind: str, begin_ns: int, end_ns: int) -> None:
        if self._ledger is not None:
            os.write(self._ledger, f"{kind} {self.number} {begin_ns} {end_ns}\n".encode())

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
    """A file of JSON: ``inputs`` and ``outputs`` with name, dtype and shape (-1 is open), ``gears`` of batch sizes.

    An output is the input's bytes of each sample, as numbers, through a fixed matrix: it depends on every one of them.
    """

    def __init__(self, path: str) -> None:
        with open(path, encoding="utf-8") as file:
            described = json.load(file)
        self.inputs, self.outputs = described["inputs"], described["outputs"]
        self.gears = described.get("gears", [])

    def answer(self, arrays: list[np.ndarray]) -> list[np.ndarray]:
        """An array for each output."""
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


def wait_until(instant_ns: int) -> None:
    """Sleeps as far as sleeping is exact, and spins for the rest."""
    ahead_ns = instant_ns - time.monotonic_ns() - _SPIN_NS
    if ahead_ns > 0:
        time.sleep(ahead_ns * 1e-9)
    while time.monotonic_ns() < instant_ns:
        pass


_DEVICES: dict[int, Device] = {}
_DEVICES_LOCK = threading.Lock()


def _failure() -> tuple[str, int]:
    what, _, after = os.environ.get("STANDIN_FAILS", "").partition("@")
    return what, int(after or 0)


def _files(folder: str, number: int) -> tuple[int, int]:
    timeline = os.open(os.path.join(folder, f"timeline-{number}"), os.O_RDWR | os.O_CREAT, 0o600)
    ledger = os.open(os.path.join(folder, "ledger"), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    return timeline, ledger
