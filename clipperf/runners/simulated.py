"""A device of known answer: three stages in a row, each first come first served, on absolute deadlines.

Options, all of which can be swept:

- ``copy_in_ms``, ``execute_ms``, ``copy_out_ms``: each a number or a table by batch size such as
  ``1:5.525/4:15.936/8:28.07``, interpolated between two entries; ``units``: how many requests execute at once (1);
- ``jitter_pct``: standard deviation of the execution time, ``copy_in_jitter_pct`` that of copying in; ``slow_share``
  of requests that execute ``slow_factor`` times as long; ``drift_pct_per_s``: growth of the execution time;
  ``stall_ms`` at the begin of every ``stall_every_s`` (60) of the clock, in which nothing begins to execute; ``seed``
  of what is random;
- ``device_table``, instead of the times of stages: those published for a real device, by model (``clipperf/data``);
- ``fail``, to see how a sweep survives: raise, exit, segfault, hang, out-of-memory, nan or constant, after
  ``fail_after`` requests (0), only at batch size ``fail_batch`` where given.

Stages of 1.954 and 5.186 ms give 140.0 qps at 7.14 ms with one request in flight and 192.8 qps at 15.56 ms with three,
as published for VACC's clip_image_prof. Waiting ends by spinning, since ``sleep`` overshoots by 75–150 µs.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Mapping, Sequence

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
from clipperf.runners.simulated_device import STAGES, SimulatedDevice, read_table
from clipperf.runners.simulated_table import KEY, check_batch_size, check_table_option, options_of

FAILURES = ("raise", "exit", "segfault", "hang", "out-of-memory", "nan", "constant")
NUMBERS = {
    "units": (1, 1024),
    "jitter_pct": (0.0, 100.0),
    "copy_in_jitter_pct": (0.0, 100.0),
    "slow_share": (0.0, 1.0),
    "slow_factor": (0.0, 1e6),
    "drift_pct_per_s": (-1e3, 1e3),
    "stall_ms": (0.0, 1e6),
    "stall_every_s": (0.001, 1e6),
    "seed": (0, 2**31 - 1),
    "fail_after": (0, 2**31 - 1),
    "fail_batch": (1, 2**31 - 1),
}
"""Least and most of each number; whole numbers where both are."""

_SPIN_NS = 200_000


class SimulatedSlot(Slot):
    """Waits until the device would have finished."""

    def __init__(self, device: SimulatedDevice, spec: OpenSpec) -> None:
        options = spec.options
        self._device, self._spec = device, spec
        self._fail = str(options.get("fail", ""))
        self._fail_after = int(options.get("fail_after", 0))
        self._fail_batch = options.get("fail_batch")
        self._batch_size = 1
        self._executed_ns: list[int] = []

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """Keeps the batch size; raises Unsupported for one of which a device table tells nothing."""
        self._batch_size = len(inputs["input"])
        self._executed_ns = []
        check_batch_size(self._spec, self._batch_size)

    def run(self) -> None:
        """Copy in, execute, copy out."""
        if self._fails_now():
            _fail(self._fail)
        done_ns, execute_ns = self._device.submit(time.monotonic_ns(), self._batch_size)
        self._executed_ns.append(execute_ns)
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

    def stage_ns(self) -> Mapping[str, Sequence[float]]:
        """What the device knows of its executions since the load."""
        return {"compute": self._executed_ns}

    def _fails_now(self) -> bool:
        wanted = self._fail_batch is None or self._fail_batch == self._batch_size
        return bool(self._fail) and wanted and self._device.requests >= self._fail_after


class SimulatedInstance(Instance):
    """A copy of the model on a simulated device."""

    signature = Signature((Tensor("input", "float32", (None, 1)),), (Tensor("output", "float32", (None, 4)),))
    ran = Ran(provider="simulated", precision="fp32")

    def __init__(self, device: SimulatedDevice, spec: OpenSpec) -> None:
        self.slots = tuple(SimulatedSlot(device, spec) for _ in range(spec.slots))

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
        """In fp32; it sleeps without the GIL. In the scope pipeline copying in stands for preprocessing as well."""
        return Abilities(frozenset({"host", "pipeline"}), frozenset({"fp32"}), True, True, True)

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Names, tables and numbers."""
        take_options("simulated", options, (*STAGES, *NUMBERS, KEY, "fail"))
        check_table_option(options)
        for stage in STAGES:
            read_table(stage, options.get(stage, 0.0))
        if options.get("fail", FAILURES[0]) not in FAILURES:
            raise Unsupported(f"--option fail={options['fail']}: take one of {', '.join(FAILURES)}.")
        for key, (least, most) in NUMBERS.items():
            kinds = int if isinstance(least, int) else (int, float)
            if not isinstance(options.get(key, least), kinds) or not least <= options.get(key, least) <= most:
                words = "whole number" if isinstance(least, int) else "number"
                raise Unsupported(f"--option {key}={options[key]}: give a {words} from {least} to {most}.")

    def open(self, spec: OpenSpec) -> SimulatedInstance:
        """A copy on the device of that id; instances of one device share its stages."""
        if spec.device not in self._devices:
            self._devices[spec.device] = SimulatedDevice(options_of(spec))
        return SimulatedInstance(self._devices[spec.device], spec)


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
