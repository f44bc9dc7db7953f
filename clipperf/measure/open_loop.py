"""The open loop of one slot: requests are due at instants that do not wait for earlier ones."""

from __future__ import annotations

from typing import Callable, Sequence

from clipperf.measure.closed_loop import WORDS_PER_REQUEST, Words


def open_loop(
    run: Callable[[], object],
    clock_ns: Callable[[], int],
    take: Callable[[], int],
    wait_until: Callable[[int], bool],
    stop: Sequence[int],
    completed_count: Words,
    record: Words,
) -> int:
    """Serves arrivals until ``stop[0]`` is not 0, none is left or ``record`` is full; gives their number.

    ``take`` gives the instant of the next arrival that no slot has taken yet, 0 where none is left; ``wait_until``
    returns True at that instant, at once where it has passed, or False as soon as the load is to stop. All slots draw
    from one schedule, so no slot idles while a request waits. A request that is due while every slot is busy is issued
    late by the device's doing, and its latency counts from when it was due; what is issued late although a slot was
    free is the harness's doing (``lateness_ns``).
    """
    done, word, end = 0, 0, len(record) - WORDS_PER_REQUEST
    while word <= end and not stop[0]:
        scheduled = take()
        if not scheduled:
            break
        if not wait_until(scheduled):
            break
        issued = clock_ns()
        run()
        completed = clock_ns()
        record[word] = scheduled
        record[word + 1] = issued
        record[word + 2] = completed
        word += WORDS_PER_REQUEST
        done += 1
        completed_count[0] = done
    return done
