"""Devices under the stand-in for VastStreamX's profilers, in virtual time: nothing waits, instants are computed.

A sample takes ``host_ms`` of its own, which overlaps with everything, and then ``device_ms`` of the device, which
serves one after the other in the order in which they came. Around it runs the traffic of the two profilers of the
family: the synchronous one (queue size 0: one request after the other; else a producer that starts a request and then
puts it in a bounded queue, from which a consumer waits for one at a time) and the asynchronous one.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Work:
    """What a request is made of; images of a batch run in turn, token sequences all at once."""

    host_ms: float
    device_ms: float
    batch_size: int
    in_turn: bool

    @property
    def rounds(self) -> int:
        """How often a request goes to the device."""
        return self.batch_size if self.in_turn else 1

    @property
    def samples_a_round(self) -> int:
        """How many samples go there at a time."""
        return 1 if self.in_turn else self.batch_size


@dataclass(frozen=True)
class Traffic:
    """What the profiler was told; ``threads`` bounds what an instance runs at once, None where nothing does."""

    iterations: int
    queue_size: int
    is_async: bool
    is_python: bool
    threads: int | None = None


@dataclass
class Request:
    """The instants of one request, in virtual ms."""

    begun: float
    rounds_left: int
    ended: float | None = None
    seen: float | None = None


@dataclass
class Instance:
    """One copy of the model: its requests, those that are queued, and the one that its consumer waits for."""

    device: int
    requests: list[Request] = field(default_factory=list)
    queue: deque[Request] = field(default_factory=deque)
    waited_for: Request | None = None
    blocked: Request | None = None
    pending: deque[Request] = field(default_factory=deque)
    running: int = 0
    most_running: int = 0
    is_finished: bool = False


class Simulation:
    """Runs all instances to their end and keeps what they did."""

    def __init__(self, devices: list[int], work: Work, traffic: Traffic) -> None:
        self.instances = [Instance(device) for device in devices]
        self._work, self._traffic = work, traffic
        self._left = traffic.iterations + (1 if traffic.is_async and traffic.is_python else 0)
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._order = itertools.count()
        self._free_at: dict[int, float] = {}

    def run(self) -> None:
        """Begins every instance at 0 and ends when nothing more happens."""
        for instance in self.instances:
            self._at(0.0, lambda now, instance=instance: self._produce(instance, now))
        while self._events:
            now, _, happen = heapq.heappop(self._events)
            happen(now)

    def latencies_ms(self) -> list[float]:
        """Of all requests, as the profiler's clock has them."""
        return [self._seen(one) - one.begun for instance in self.instances for one in instance.requests]

    def qps(self) -> float:
        """The sum over the instances of samples by their own elapsed time."""
        return sum(
            1e3 * len(one.requests) * self._work.batch_size / self.elapsed_ms(one)
            for one in self.instances
            if one.requests
        )

    def elapsed_ms(self, instance: Instance) -> float:
        """From the begin to the last answer of an instance."""
        return max(self._seen(one) for one in instance.requests)

    def _seen(self, request: Request) -> float:
        # Python's clock stops when the consumer has seen the result, that of C++ in the thread of the request.
        seen = request.seen if self._traffic.is_python else request.ended
        assert seen is not None
        return seen

    def _at(self, when: float, happen: Callable[[float], None]) -> None:
        heapq.heappush(self._events, (when, next(self._order), happen))

    def _take_turn(self) -> bool:
        if self._left <= 0:
            return False
        # Python's profiler counts after it has queued, so that several instances overshoot.
        self._left -= 0 if self._traffic.is_python else 1
        return True

    def _counted(self) -> None:
        self._left -= 1 if self._traffic.is_python else 0

    def _produce(self, instance: Instance, now: float) -> None:
        """Begins requests until the queue is full or all are begun."""
        traffic = self._traffic
        while instance.blocked is None and not instance.is_finished:
            if traffic.is_async and not traffic.is_python and self._in_flight(instance) >= traffic.queue_size:
                return
            if not self._take_turn():
                instance.is_finished = True
                return
            request = self._begin(instance, now)
            if traffic.queue_size == 0:
                instance.waited_for = request
                return
            if traffic.is_async and not traffic.is_python:
                instance.queue.append(request)
                instance.waited_for = instance.waited_for or instance.queue[0]
                continue
            if traffic.is_async:
                self._counted()
            self._put(instance, request)

    def _put(self, instance: Instance, request: Request) -> None:
        if len(instance.queue) >= self._traffic.queue_size:
            instance.blocked = request
            return
        instance.queue.append(request)
        if not self._traffic.is_async:
            self._counted()
        self._consume(instance)

    def _consume(self, instance: Instance) -> None:
        if self._traffic.is_async:
            # Only the answer takes it out of the queue.
            instance.waited_for = instance.waited_for or (instance.queue[0] if instance.queue else None)
        elif instance.waited_for is None and instance.queue:
            instance.waited_for = instance.queue.popleft()

    def _in_flight(self, instance: Instance) -> int:
        return sum(one.seen is None for one in instance.requests[-self._traffic.queue_size - 3 :])

    def _begin(self, instance: Instance, now: float) -> Request:
        request = Request(now, self._work.rounds)
        instance.requests.append(request)
        instance.pending.append(request)
        self._start_pending(instance, now)
        return request

    def _start_pending(self, instance: Instance, now: float) -> None:
        threads = self._traffic.threads
        while instance.pending and (threads is None or instance.running < threads):
            request = instance.pending.popleft()
            instance.running += 1
            instance.most_running = max(instance.most_running, instance.running)
            self._round(instance, request, now)

    def _round(self, instance: Instance, request: Request, now: float) -> None:
        samples = self._work.samples_a_round

        def arrive(at: float) -> None:
            begin = max(at, self._free_at.get(instance.device, 0.0))
            end = begin + samples * self._work.device_ms
            self._free_at[instance.device] = end
            self._at(end, lambda done: self._round_done(instance, request, done))

        self._at(now + samples * self._work.host_ms, arrive)

    def _round_done(self, instance: Instance, request: Request, now: float) -> None:
        request.rounds_left -= 1
        if request.rounds_left:
            self._round(instance, request, now)
            return
        request.ended = now
        instance.running -= 1
        self._start_pending(instance, now)
        self._look(instance, now)

    def _look(self, instance: Instance, now: float) -> None:
        """The consumer takes what has ended, in the order in which it was begun."""
        while instance.waited_for is not None and instance.waited_for.ended is not None:
            instance.waited_for.seen = now
            if self._traffic.is_async:
                instance.queue.popleft()
            instance.waited_for = None
            if self._traffic.queue_size == 0:
                self._counted()
            self._consume(instance)
            if (held := instance.blocked) is not None:
                instance.blocked = None
                self._put(instance, held)
        self._produce(instance, now)
