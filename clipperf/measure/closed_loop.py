"""The closed loop of one slot: each completion sends the next request."""

from __future__ import annotations

from typing import Callable, Protocol, Sequence

WORDS_PER_REQUEST = 3
"""What is recorded of a request: scheduled, issued and completed, integer ns of one monotonic clock."""


class Words(Protocol):
    """Memory for whole numbers: a list, an array, or a view of shared memory."""

    def __len__(self) -> int: ...

    def __setitem__(self, place: int, number: int, /) -> None: ...


def closed_loop(
    run: Callable[[], object],
    clock_ns: Callable[[], int],
    stop: Sequence[int],
    completed_count: Words,
    record: Words,
) -> int:
    """Sends requests one after the other until ``stop[0]`` is not 0 or ``record`` is full; gives their number.

    ``record`` takes three int64 words a request and ``completed_count[0]`` is raised after them, so that another
    process that reads both sees whole requests only. Scheduled equals issued: in a closed loop a request is due when
    its predecessor came back, and what lies between is the harness's own cost, which is not the device's latency.
    """
    done, word, end = 0, 0, len(record) - WORDS_PER_REQUEST
    while word <= end and not stop[0]:
        issued = clock_ns()
        run()
        completed = clock_ns()
        record[word] = issued
        record[word + 1] = issued
        record[word + 2] = completed
        word += WORDS_PER_REQUEST
        done += 1
        completed_count[0] = done
    return done
