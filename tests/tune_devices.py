"""Simulated devices for searches: what a request takes at each point of a grid, the noise on it, and the true figures.

Time is virtual. A request goes through copy in, execution and copy out, each stage first come first served; slots send
their next request the moment the last came back. Execution wanders with the clock of the device (``throttling``), every
run of fresh workers has a speed of its own, and single requests scatter.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from clipperf.measure.samples import Samples
from clipperf.plan import Case, expand, option_sets
from clipperf.profile import make_profile

_NS_PER_MS = 1e6
_CHUNK = 512
_CLOCK_STEP_NS = 50_000_000


@dataclass(frozen=True)
class Work:
    """What a request takes in ms at a point, and how many requests a stage serves at once."""

    copy_in_ms: float
    execute_ms: float
    copy_out_ms: float = 0.0
    units: int = 1


@dataclass(frozen=True)
class Noise:
    """Shares: ``request`` scatter of single executions, ``tail`` of requests that take ``tail_factor`` times as long,
    ``run`` of a start of workers, ``clock`` of a clock that forgets itself within ``clock_s`` seconds."""

    request: float = 0.01
    tail: float = 0.0
    tail_factor: float = 1.0
    run: float = 0.003
    clock: float = 0.005
    clock_s: float = 2.0


@dataclass(frozen=True, eq=False)
class Device:
    """``work`` gives None where the point does not fit on the device and fails."""

    name: str
    grid: Mapping[str, Any]
    work: Callable[[Case], Work | None]
    noise: Noise = field(default_factory=Noise)

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The grid, every point once, the first values first."""
        profile = make_profile({"model": "any", "runner": "simulated", **self.grid}, {})
        return tuple(expand(profile, ["0"] * len(option_sets(profile)), {"any": "fp32"}))


class Clock:
    """The speed of a device over virtual time: an autoregressive process of first order, in steps of 50 ms."""

    def __init__(self, noise: Noise, random: np.random.Generator) -> None:
        self._noise, self._random = noise, random
        self._keep = math.exp(-_CLOCK_STEP_NS / 1e9 / noise.clock_s)
        self._states = [float(random.standard_normal())]

    def slowness(self, at_ns: int) -> float:
        """What an execution that begins then is multiplied by."""
        if not self._noise.clock:
            return 1.0
        step = at_ns // _CLOCK_STEP_NS
        while len(self._states) <= step:
            fresh = float(self._random.standard_normal()) * math.sqrt(1 - self._keep**2)
            self._states.append(self._keep * self._states[-1] + fresh)
        return math.exp(self._noise.clock * self._states[step])


class Load:
    """A closed loop on one point, from ``start_ns`` on the device's clock; more of it is made when it is asked for."""

    def __init__(self, case: Case, work: Work, noise: Noise, random: np.random.Generator, clock: Clock, start_ns: int):
        self.slots = case.concurrency
        self._noise, self._random, self._clock, self._start_ns = noise, random, clock, start_ns
        of_run = math.exp(noise.run * float(random.standard_normal())) if noise.run else 1.0
        stages_ms = (work.copy_in_ms, work.execute_ms * of_run, work.copy_out_ms)
        self._stages_ns = [ms * _NS_PER_MS for ms in stages_ms]
        self._units = [[0.0], [0.0] * work.units, [0.0]]
        self._free = [(1.0, slot) for slot in range(self.slots)]
        self._issued: list[float] = []
        self._completed: list[float] = []
        self._slot: list[int] = []

    def samples(self, requests: int) -> Samples:
        """That many requests or a few more, in the order of completion, from instant 0."""
        while len(self._issued) < requests:
            self._more()
        issued, completed = (np.array(instants, dtype=np.int64) for instants in (self._issued, self._completed))
        # What is still to come may complete before the last of these.
        order = np.argsort(completed, kind="stable")[: len(completed) - self.slots]
        slot = np.array(self._slot)[order]
        return Samples(issued[order], issued[order], completed[order], slot, slot)

    def _more(self) -> None:
        scatter = np.maximum(0.1, 1 + self._noise.request * self._random.standard_normal(_CHUNK))
        if self._noise.tail:
            scatter[self._random.random(_CHUNK) < self._noise.tail] *= self._noise.tail_factor
        (into,), execute, (out,) = self._units
        copy_in, execution, copy_out = self._stages_ns
        for drawn in scatter.tolist():
            issued, slot = heapq.heappop(self._free)
            into = at = max(issued, into) + copy_in
            earliest = min(execute)
            at = max(at, earliest)
            slow = self._clock.slowness(self._start_ns + int(at))
            at += execution * drawn * slow
            execute[execute.index(earliest)] = at
            out = at = max(at, out) + copy_out
            heapq.heappush(self._free, (at, slot))
            self._issued.append(issued)
            self._completed.append(at)
            self._slot.append(slot)
        self._units = [[into], execute, [out]]


def truth(device: Device, case: Case, requests: int = 4000) -> Mapping[str, float]:
    """qps and p99 in ms of a long run at the device's mean speed; empty where the point fails."""
    work = device.work(case)
    if work is None:
        return {}
    noise = Noise(device.noise.request, device.noise.tail, device.noise.tail_factor, 0.0, 0.0)
    random = np.random.default_rng(0)
    samples = Load(case, work, noise, random, Clock(noise, random), 0).samples(requests * (5 if noise.tail else 1))
    warm = samples.select(slice(4 * case.concurrency, None))
    length_s = float(warm.completed_ns[-1] - warm.completed_ns[0]) / 1e9
    p99_ns = float(np.quantile(warm.latency_ns, 0.99, method="inverted_cdf"))
    return {"qps": (len(warm) - 1) * case.batch_size / length_s, "p99": p99_ns / _NS_PER_MS}


def _option(case: Case, key: str) -> Any:
    return dict(case.options)[key]


def _saturating(base_ms: float, per_ms: float, batch: int) -> float:
    return base_ms + per_ms * batch


def _spilling(base_ms: float, per_ms: float, batch: int, fits: float) -> float:
    """Beyond what fits into the cache every sample takes longer: qps has a top between the ends."""
    return base_ms + per_ms * batch * (1 + 0.5 * (batch / fits) ** 1.5)


def _crowded(instances: int, cost: float) -> float:
    """Instances that run at once slow each other down."""
    return 1 + cost * (instances - 1)


_POWERS = [1, 2, 4, 8, 16, 32, 64, 128]
_SMALL = {"batch": [1, 2, 4, 8, 16, 32], "instances": [1, 2, 3, 4], "queue_depth": [1, 2]}


def _plain(case: Case) -> Work:
    return Work(0.1 * case.batch_size, _saturating(4, 0.5, case.batch_size) * _crowded(case.instances, 0.05), 0.2)


def _interior(case: Case) -> Work:
    return Work(0.3, _spilling(3, 0.6, case.batch_size, 24) * _crowded(case.instances, 0.4), 0.1, units=2)


def _small_top(case: Case) -> Work:
    return Work(0.2, _spilling(2, 1.5, case.batch_size, 10), 0.2)


def _copies(case: Case) -> Work:
    return Work(1.0 + 0.4 * case.batch_size, 1.5 + 0.45 * case.batch_size, 0.5 + 0.3 * case.batch_size)


def _slow_cliff(case: Case) -> Work:
    held = case.batch_size * case.instances * case.queue_depth
    slower = 4.0 if held > 96 else 1.0
    return Work(0.3, _saturating(5, 0.35, case.batch_size) * slower * _crowded(case.instances, 0.02), 0.3)


def _hard_cliff(case: Case) -> Work | None:
    if case.batch_size * case.instances > 64:
        return None
    return Work(0.5, _saturating(6, 0.4, case.batch_size) * _crowded(case.instances, 0.3), 0.2, units=2)


def _contended(case: Case) -> Work:
    each = _saturating(6, 1.2, case.batch_size) * (1 + 0.18 * (case.instances - 1) ** 1.5)
    return Work(0.2, each, 0.2, units=case.instances)


def _cores(case: Case) -> Work:
    """Eight cores shared out to instances of several threads, which scale by Amdahl's law."""
    threads = _option(case, "threads")
    alone = _saturating(2, 8, case.batch_size) * (0.12 + 0.88 / threads)
    crowd = max(1.0, case.instances * threads / 8)
    return Work(0.05, alone * crowd**1.3 * (1 + 0.01 * case.instances), 0.05, units=case.instances)


def _little_options(case: Case) -> Work:
    factor = 1.0
    for key, share in (("arena", 0.003), ("pattern", -0.002), ("spin", 0.001)):
        factor *= 1 + share * _option(case, key)
    return Work(0.2, _spilling(4, 0.8, case.batch_size, 60) * factor, 0.4)


def _one_option(case: Case) -> Work:
    factor = {"basic": 1.6, "extended": 1.3, "all": 1.0}[_option(case, "level")]
    return Work(0.4, _saturating(5, 0.5, case.batch_size) * factor * _crowded(case.instances, 0.1), 0.4, units=2)


def _sets(case: Case) -> Work:
    devices = len(case.device_ids)
    return Work(0.25 + 0.05 * case.batch_size, _saturating(6, 0.5, case.batch_size), 0.2, units=devices)


def _padded(case: Case) -> Work:
    filled = 8 * math.ceil(case.batch_size / 8)
    return Work(0.1, _saturating(6, 0.7, filled) * (1 + 0.002 * max(0, filled - 24)), 0.1)


def _streams(case: Case) -> Work:
    """Streams of the runtime need as many requests, and are slower each the more there are."""
    streams = _option(case, "streams")
    return Work(0.2, _saturating(5, 0.6, case.batch_size) * (1 + 0.12 * (streams - 1)), 0.2, units=streams)


def _slow(case: Case) -> Work:
    return Work(2.0, _spilling(40, 18, case.batch_size, 30) * _crowded(case.instances, 0.05), 1.0)


def _fast(case: Case) -> Work:
    return Work(0.02, _spilling(0.4, 0.05, case.batch_size, 40) * _crowded(case.instances, 0.03), 0.02)


def _flat(case: Case) -> Work:
    return Work(0.0, 3.0 * case.batch_size, 0.0)


def _grid(**axes: Sequence[Any]) -> dict[str, Any]:
    return {"batch": _POWERS, **axes}


DEVICES = (
    Device("saturates with the batch", _grid(instances=[1, 2, 3, 4], queue_depth=[1, 2, 3]), _plain),
    Device("top at a batch between", _grid(instances=[1, 2, 3, 4], queue_depth=[1, 2, 3]), _interior),
    Device(
        "top at a small batch, clock wanders 5 % in 2 s",
        {"batch": list(range(1, 25)), "queue_depth": [1, 2, 3]},
        _small_top,
        Noise(0.02, clock=0.05),
    ),
    Device("copies overlap", _grid(queue_depth=[1, 2, 3, 4, 5, 6]), _copies, Noise(0.02)),
    Device("slow beyond its memory", _grid(instances=[1, 2, 3, 4], queue_depth=[1, 2, 3]), _slow_cliff),
    Device("fails beyond its memory", _grid(instances=[1, 2, 3, 4, 6, 8]), _hard_cliff),
    Device("instances contend", {"batch": [1, 2, 4, 8, 16, 32], "instances": list(range(1, 9))}, _contended),
    Device(
        "cores shared out to instances of threads",
        {"batch": [1, 2, 4, 8], "instances": [1, 2, 4, 8], "option": {"threads": [1, 2, 4, 8]}},
        _cores,
        Noise(0.03, run=0.01),
    ),
    Device(
        "three options that hardly matter",
        _grid(option={"arena": [0, 1], "pattern": [0, 1], "spin": [0, 1]}),
        _little_options,
    ),
    Device(
        "one option that matters, without order",
        _grid(instances=[1, 2, 3], option={"level": ["basic", "extended", "all"]}),
        _one_option,
    ),
    Device("heavy tail", {**_SMALL}, _interior, Noise(0.02, tail=0.02, tail_factor=5.0)),
    Device("requests scatter by 20 %", _grid(instances=[1, 2, 3, 4], queue_depth=[1, 2]), _plain, Noise(0.2)),
    Device(
        "clock wanders 2 % in 20 s",
        _grid(instances=[1, 2, 3, 4], queue_depth=[1, 2]),
        _interior,
        Noise(0.01, clock=0.02, clock_s=20),
    ),
    Device("runs differ by 1 %", _grid(instances=[1, 2, 3, 4], queue_depth=[1, 2]), _hard_cliff, Noise(0.02, run=0.01)),
    Device(
        "sets of one, two and four devices",
        _grid(device=["0", "0,1", "0,1,2,3"], queue_depth=[1, 2, 3]),
        _sets,
    ),
    Device("padded to eights", {"batch": list(range(2, 66, 2)), "queue_depth": [1, 2, 3]}, _padded),
    Device(
        "streams that want requests",
        {"batch": [1, 2, 4, 8, 16], "queue_depth": [1, 2, 3, 4, 6, 8], "option": {"streams": [1, 2, 3, 4]}},
        _streams,
    ),
    Device(
        "slow requests",
        {"batch": [1, 2, 4, 8, 16, 24, 32, 48], "instances": [1, 2, 3], "queue_depth": [1, 2]},
        _slow,
        Noise(0.02),
    ),
    Device("short requests", _grid(instances=[1, 2, 3], queue_depth=[1, 2, 3]), _fast, Noise(0.05)),
    Device("all the same", _grid(instances=[1, 2, 3], queue_depth=[1, 2]), _flat, Noise(0.01, clock=0.01)),
)
"""Twenty kinds of device; names say what the search may stumble over."""


def _tiles(case: Case) -> Work:
    """A matrix unit that is filled by 16 samples, shared by instances that take turns."""
    filled = 16 * math.ceil(case.batch_size / 16)
    return Work(0.3, _saturating(2, 0.35, filled) * _crowded(case.instances, 0.15), 0.3, units=2)


def _two_options(case: Case) -> Work:
    """Two options that are worth something only together."""
    together = _option(case, "fuse") == "on" and _option(case, "layout") == "nhwc"
    return Work(0.2, _spilling(5, 0.9, case.batch_size, 40) * (0.7 if together else 1.0), 0.2)


def _hosts(case: Case) -> Work:
    """Devices that are fed by one host: copies in are the neck from two devices on."""
    return Work(0.15 * case.batch_size, _saturating(4, 0.4, case.batch_size), 0.1, units=len(case.device_ids))


def _late_top(case: Case) -> Work:
    return Work(0.5, _spilling(8, 0.3, case.batch_size, 90) * _crowded(case.instances, 0.6), 0.2, units=case.instances)


HELD_OUT = (
    Device("tiles of sixteen", _grid(instances=[1, 2, 3, 4], queue_depth=[1, 2]), _tiles),
    Device(
        "two options that help together",
        _grid(option={"fuse": ["off", "on"], "layout": ["nchw", "nhwc"]}, queue_depth=[1, 2]),
        _two_options,
        Noise(0.02, run=0.005),
    ),
    Device("one host feeds the devices", _grid(device=["0", "0,1", "0,1,2,3"], queue_depth=[1, 2]), _hosts),
    Device(
        "top at a large batch, a tail", _grid(instances=[1, 2, 3]), _late_top, Noise(0.03, tail=0.005, tail_factor=3)
    ),
)
"""Kinds that nobody looked at while the search was made."""
