"""The profilers' queue size and clipperf's queue depth: the requests that are really in flight in each instance.

The synchronous profilers (``model_profiler``) wait for each request with a queue size of 0. From 1 on a producer starts
a request before it puts it in the queue, which holds as many as its size while the consumer waits for one more: one
waited for, q queued and one held by the blocked producer are q + 2. The asynchronous one (``model_profiler_async``)
puts first and starts then in C++, so that q are in flight, and in Python starts first, which makes q + 1.
"""

from __future__ import annotations

from dataclasses import dataclass

from clipperf.errors import Unsupported

FAMILIES = ("sync", "async")
_POOL_SPARE = 4
_POOL_MOST = 32
"""Python's ``ThreadPoolExecutor()`` has min(32, processors + 4) threads; the C++ profiler starts one a request."""


@dataclass(frozen=True)
class Family:
    """Which of the two profilers it is, and in which language."""

    is_async: bool
    is_python: bool

    def queue_size(self, depth: int) -> int:
        """The queue size of a depth; raises Unsupported for one that cannot be had, with the reason."""
        if self.is_async:
            if depth == 1 and self.is_python:
                raise Unsupported(
                    "--queue-depth 1: the asynchronous Python profiler has at least 2 requests in flight, one queued "
                    "and one that it is about to queue; give 2 or more, or take its C++ twin."
                )
            return depth - 1 if self.is_python else depth
        if depth == 2:
            raise Unsupported(
                "--queue-depth 2: VastStreamX's synchronous profilers cannot have 2 requests in flight. A queue size "
                "of 0 has 1, and q from 1 on has q + 2: one that is waited for, q queued, and one that the blocked "
                "producer has begun already. Give 1, or 3 and more."
            )
        return 0 if depth == 1 else depth - 2

    def depth(self, queue_size: int) -> int | None:
        """The depth of a queue size; None for 0 in the asynchronous family, which refuses it."""
        if self.is_async:
            return (queue_size + (1 if self.is_python else 0)) if queue_size else None
        return queue_size + 2 if queue_size else 1


def threads_in_pool(processors: int) -> int:
    """How many requests of an instance the synchronous Python profiler can run at once, whatever its queue size."""
    return min(_POOL_MOST, processors + _POOL_SPARE)
