"""A device of known answer: three stages in a row, each first come first served, on absolute deadlines.

Options, all of which can be swept: ``copy_in_ms``, ``execute_ms`` and ``copy_out_ms``, each a number or a table by
batch size such as ``1:5.525/4:15.936/8:28.07`` (between two entries the time is interpolated); ``units`` that execute
at once (1); ``jitter_pct``, the standard deviation of the execution time; ``seed`` of the jitter; and, to see how a
sweep survives, ``fail`` (raise, exit, segfault, hang, out-of-memory, nan, constant) after ``fail_after`` requests (0),
only at batch size ``fail_batch`` where given.

A stage takes the next request the moment it is free, so that the copies of one request run beside the execution of
another: stages of 1.954 and 5.186 ms give 140.0 qps at 7.14 ms with one request in flight and 192.8 qps at 15.56 ms
with three, as published for VACC's clip_image_prof. Waiting ends by spinning, since ``sleep`` overshoots by 75–150 µs.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Mapping

import numpy as np

from clipperf.errors import Unsupported
from clipperf.runners.base import (
    Abilities,
    Instance,
    OpenSpec,
    Option,
    Probe,
    Ran,
    Runner,
    Signature,
    Slot,
    Tensor,
    take_options,
)

STAGES = ("copy_in_ms", "execute_ms", "copy_out_ms")
FAILURES = ("raise", "exit", "segfault", "hang", "out-of-memory", "nan", "constant")
_SPIN_NS = 200_000


class SimulatedDevice:
    """The three stages that all instances and slots of one device share."""

    def __init__(self, options: Mapping[str, Option], seed: int) -> None:
        self._tables = [
            read_table(stage, options.get(stage, 1.0 if stage == "execute_ms" else 0.0)) for stage in STAGES
        ]
        self._free_ns: list[list[int]] = [[0], [0] * int(options.get("units", 1)), [0]]
        self._jitter = float(options.get("jitter_pct", 0.0)) / 100.0
        self._random = np.random.RandomState(seed)
        self._lock = threading.Lock()
        self.requests = 0

    def submit(self, now_ns: int, batch_size: int) -> int:
        """Books the stages for a request that arrives now; gives the instant at which its output is there."""
        with self._lock:
            self.requests += 1
            at = now_ns
            for stage, (table, units) in enumerate(zip(self._tables, self._free_ns)):
                factor = (
                    max(0.0, 1.0 + self._jitter * self._random.standard_normal())
                    if stage == 1 and self._jitter
                    else 1.0
                )
                unit = units.index(min(units))
                at = max(at, units[unit]) + round(stage_ms(table, batch_size) * 1e6 * factor)
                units[unit] = at
            return at


class SimulatedSlot(Slot):
    """Waits until the device would have finished."""

    def __init__(self, device: SimulatedDevice, options: Mapping[str, Option]) -> None:
        self._device = device
        self._fail = str(options.get("fail", ""))
        self._fail_after = int(options.get("fail_after", 0))
        self._fail_batch = options.get("fail_batch")
        self._batch_size = 1

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """Keeps the batch size."""
        self._batch_size = len(inputs["input"])

    def run(self) -> None:
        """Copy in, execute, copy out."""
        if self._fails_now():
            _fail(self._fail)
        done_ns = self._device.submit(time.monotonic_ns(), self._batch_size)
        ahead_ns = done_ns - time.monotonic_ns() - _SPIN_NS
        if ahead_ns > 0:
            time.sleep(ahead_ns * 1e-9)
        while time.monotonic_ns() < done_ns:
            pass

    def outputs(self) -> dict[str, np.ndarray]:
        """Four numbers a sample, or a wrong answer where ``fail`` asks for one."""
        answer = np.arange(4 * self._batch_size, dtype=np.float32).reshape(-1, 4)
        if self._fails_now() and self._fail in ("nan", "constant"):
            answer[:] = np.nan if self._fail == "nan" else 1.0
        return {"output": answer}

    def _fails_now(self) -> bool:
        wanted = self._fail_batch is None or self._fail_batch == self._batch_size
        return bool(self._fail) and wanted and self._device.requests >= self._fail_after


class SimulatedInstance(Instance):
    """A copy of the model on a simulated device."""

    signature = Signature((Tensor("input", "float32", (None, 1)),), (Tensor("output", "float32", (None, 4)),))
    ran = Ran(provider="simulated", precision="fp32")

    def __init__(self, device: SimulatedDevice, spec: OpenSpec) -> None:
        self.slots = tuple(SimulatedSlot(device, spec.options) for _ in range(spec.slots))

    def close(self) -> None:
        """Has nothing to give back."""


class SimulatedRunner(Runner):
    """Any number of devices and any model name; no file is read."""

    def __init__(self) -> None:
        self._devices: dict[str, SimulatedDevice] = {}

    def probe(self) -> Probe:
        """Always here."""
        return Probe(version="1", devices=(), default_device="0")

    def abilities(self, model: str) -> Abilities:
        """Host scope in fp32; it sleeps without the GIL."""
        return Abilities(frozenset({"host"}), frozenset({"fp32"}), True, True, True)

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Names, tables and numbers."""
        take_options("simulated", options, (*STAGES, "units", "jitter_pct", "seed", "fail", "fail_after", "fail_batch"))
        for stage in STAGES:
            read_table(stage, options.get(stage, 0.0))
        if options.get("fail", FAILURES[0]) not in FAILURES:
            raise Unsupported(f"--option fail={options['fail']}: take one of {', '.join(FAILURES)}.")
        for key, least in (("units", 1), ("fail_after", 0), ("fail_batch", 1), ("seed", 0)):
            if not isinstance(options.get(key, least), int) or options.get(key, least) < least:
                raise Unsupported(f"--option {key}={options[key]}: give a whole number of at least {least}.")
        if not isinstance(options.get("jitter_pct", 0), (int, float)) or not 0 <= options.get("jitter_pct", 0) <= 100:
            raise Unsupported(f"--option jitter_pct={options['jitter_pct']}: give a number from 0 to 100.")

    def open(self, spec: OpenSpec) -> SimulatedInstance:
        """A copy on the device of that id; instances of one device share its stages."""
        if spec.device not in self._devices:
            self._devices[spec.device] = SimulatedDevice(spec.options, int(spec.options.get("seed", 0)))
        return SimulatedInstance(self._devices[spec.device], spec)


def read_table(stage: str, value: Option) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Batch sizes and times in ms of ``5.186`` or ``1:5.525/4:15.936``; raises Unsupported for another form."""
    try:
        entries = [entry.partition(":") for entry in str(value).split("/")]
        if len(entries) == 1 and not entries[0][1]:
            table = {1: float(value)}
        else:
            table = {int(batch): float(milliseconds) for batch, _, milliseconds in entries}
        batches = tuple(sorted(table))
        times = tuple(table[batch] for batch in batches)
    except (TypeError, ValueError):
        batches, times = (), ()
    if not times or batches[0] < 1 or min(times) < 0:
        raise Unsupported(
            f"--option {stage}={value}: give milliseconds, or a table of batch size and milliseconds such as "
            "1:5.525/4:15.936."
        )
    return batches, times


def stage_ms(table: tuple[tuple[int, ...], tuple[float, ...]], batch_size: int) -> float:
    """Time of a stage at a batch size: interpolated, beyond the table's ends that of its end; one number is for all."""
    batches, times = table
    return float(np.interp(batch_size, batches, times))


def _fail(kind: str) -> None:
    if kind == "raise":
        raise RuntimeError("the simulated device failed, as --option fail=raise asks")
    if kind == "exit":
        os._exit(3)
    if kind == "segfault":
        import ctypes

        ctypes.string_at(0)
    if kind == "hang":
        threading.Event().wait()
    if kind == "out-of-memory":
        _allocate_without_end()


def _allocate_without_end() -> None:
    """Takes address space, never touching a page, until a limit refuses it or a terabyte is reached."""
    taken = [np.empty(1 << 30, dtype=np.uint8) for _ in range(1024)]
    raise MemoryError(f"the simulated device took {len(taken)} GB, as --option fail=out-of-memory asks")
