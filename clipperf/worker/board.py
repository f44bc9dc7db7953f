"""The board: memory that a worker and the command share, where every request is recorded as it completes.

The worker's slots write the instants of each request into it and the command reads along: for the progress display,
for the stop rule, and for the samples. So the hot loop sends nothing, and what was measured survives the worker's
death. The command stops the load by one word. The memory is an anonymous file (memfd) whose pages appear as they are
first written to; it is gone when both processes are.
"""

from __future__ import annotations

import mmap
import os
import tempfile

import numpy as np

from clipperf.measure.closed_loop import WORDS_PER_REQUEST

_LINE = 8  # words in a cache line: counters of different slots never share one
_MOST_WORDS = 12 << 20
_WORD_BYTES = 8


def capacity_for(slots: int) -> int:
    """Requests that each of ``slots`` may record: 4 million together, at least 65,536 each."""
    return max(_MOST_WORDS // WORDS_PER_REQUEST // slots, 1 << 16)


def create_board_file() -> int:
    """A file descriptor of an empty anonymous file; on systems without memfd a file without a name."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("clipperf-board")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


class Board:
    """A stop word, a counter for each slot, and each slot's record of requests."""

    def __init__(self, fd: int, slots: int) -> None:
        self.slots, self._capacity = slots, capacity_for(slots)
        words = _LINE * (1 + slots) + slots * self._capacity * WORDS_PER_REQUEST
        if os.fstat(fd).st_size < words * _WORD_BYTES:
            os.ftruncate(fd, words * _WORD_BYTES)
        self._words = memoryview(mmap.mmap(fd, words * _WORD_BYTES)).cast("B").cast("q")
        self.stop = self._words[0:1]

    def count(self, slot: int) -> memoryview:
        """The one word that holds the number of requests a slot has completed."""
        at = _LINE * (1 + slot)
        return self._words[at : at + 1]

    def record(self, slot: int) -> memoryview:
        """The words that a slot's requests are written to, three a request."""
        size = self._capacity * WORDS_PER_REQUEST
        begin = _LINE * (1 + self.slots) + slot * size
        return self._words[begin : begin + size]

    def counts(self) -> list[int]:
        """Requests completed by each slot so far."""
        return [self.count(slot)[0] for slot in range(self.slots)]

    def is_full(self) -> bool:
        """Whether some slot has no room left and stopped by itself."""
        return max(self.counts()) >= self._capacity

    def rows(self, slot: int) -> np.ndarray:
        """What a slot has recorded so far, int64 of shape (requests, 3): a view, not a copy."""
        words: np.ndarray = np.frombuffer(self.record(slot), dtype=np.int64)
        return words.reshape(-1, WORDS_PER_REQUEST)[: self.count(slot)[0]]

    def reset(self) -> None:
        """Empties the records for the next case; called while no slot runs."""
        for slot in range(self.slots):
            self.rows(slot)[:] = 0
            self.count(slot)[0] = 0
        self.stop[0] = 0
