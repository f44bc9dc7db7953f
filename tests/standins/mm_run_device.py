"""The device under the stand-in for mm_run: draws the time of every stage, spends it, and keeps what it did."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Load:
    """What mm_run was told: ``iterations`` and ``duration_ms`` are both reached by every thread."""

    threads: int
    depth: int
    warmup_ms: int
    duration_ms: int
    iterations: int
    is_copying: bool


@dataclass(frozen=True)
class Request:
    """The instants of its stages, in ns of one clock, and the time that computing took by the device's own."""

    begin_ns: int
    copied_in_ns: int
    computed_ns: int
    end_ns: int
    device_ns: int


@dataclass
class Device:
    """Computes for every instance one request at a time, while the copies of others go on."""

    number: int
    model: Mapping[str, Any]
    load: Load
    warmup: int = 0
    requests: dict[int, list[Request]] = field(default_factory=dict)
    warmup_ms: dict[int, float] = field(default_factory=dict)
    has_begun: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Warms up and measures with every instance; returns when all have ended."""
        instances = [threading.Thread(target=self._instance, args=(number,)) for number in range(self.load.threads)]
        for instance in instances:
            instance.start()
        for instance in instances:
            instance.join()

    def wall_s(self) -> float:
        """From the first begin to the last end of what counts."""
        done = [request for requests in self.requests.values() for request in requests]
        return (max(request.end_ns for request in done) - min(request.begin_ns for request in done)) / 1e9

    def all_requests(self) -> list[Request]:
        """Those of every instance."""
        return [request for requests in self.requests.values() for request in requests]

    def ledger(self) -> dict[str, Any]:
        """What it did, as a test reads it: the tool never does."""
        instants = [
            [request.begin_ns, request.copied_in_ns, request.computed_ns, request.end_ns, request.device_ns]
            for request in self.all_requests()
        ]
        return {"requests": instants, "warmup": self.warmup, "threads": self.load.threads, "depth": self.load.depth}

    def _instance(self, number: int) -> None:
        engine = threading.Lock()
        draw = random.Random(f"{self.number}/{number}")
        begin = time.monotonic_ns()
        warmed_up = self._rounds(engine, draw, 0, self.load.warmup_ms)
        self.warmup += len(warmed_up)
        self.warmup_ms[number] = (time.monotonic_ns() - begin) / 1e6
        self.has_begun.set()
        self.requests[number] = self._rounds(engine, draw, self.load.iterations, self.load.duration_ms)

    def _rounds(self, engine: threading.Lock, draw: random.Random, iterations: int, duration_ms: int) -> list[Request]:
        done: list[Request] = []
        started = 0
        begin_ns = time.monotonic_ns()
        turn = threading.Lock()

        def in_flight() -> None:
            nonlocal started
            while True:
                with turn:
                    is_long_enough = time.monotonic_ns() - begin_ns >= duration_ms * 1e6
                    if started >= iterations and is_long_enough:
                        return
                    started += 1
                    stages = [self._drawn_ns(draw, stage) for stage in ("h2d_ms", "compute_ms", "d2h_ms")]
                done.append(self._request(engine, *stages))

        lanes = [threading.Thread(target=in_flight) for _ in range(self.load.depth)]
        for lane in lanes:
            lane.start()
        for lane in lanes:
            lane.join()
        return done

    def _drawn_ns(self, draw: random.Random, stage: str) -> int:
        if stage != "compute_ms" and not self.load.is_copying:
            return 0
        jitter = self.model.get("jitter", 0.0)
        return int(self.model.get(stage, 0.0) * 1e6 * draw.uniform(1 - jitter, 1 + jitter))

    def _request(self, engine: threading.Lock, h2d_ns: int, compute_ns: int, d2h_ns: int) -> Request:
        begin_ns = time.monotonic_ns()
        copied_in_ns = _spent(begin_ns, h2d_ns)
        with engine:
            at_ns = time.monotonic_ns() if self.load.depth > 1 else copied_in_ns
            computed_ns = _spent(at_ns, compute_ns)
        return Request(begin_ns, copied_in_ns, computed_ns, _spent(computed_ns, d2h_ns), computed_ns - at_ns)


def _spent(begin_ns: int, duration_ns: int) -> int:
    """Waits until the time is over and says when it really was."""
    if duration_ns <= 0:
        return begin_ns
    time.sleep(max(0.0, (begin_ns + duration_ns - time.monotonic_ns()) / 1e9))
    return time.monotonic_ns()
