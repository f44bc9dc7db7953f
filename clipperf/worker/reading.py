"""Reads along what the slots of a running case record, every request once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from clipperf.measure.samples import Samples, pool
from clipperf.worker.board import Board

_COMPLETED, _SLOT = 2, 3
_COLUMNS = 5
_FIRST_ROOM = 1 << 12


class Reading:
    """The samples on all boards of a case so far; a look costs what has come since the last one.

    A long load of short requests has a million of them, and reading all at each look would leave the command time for
    few looks: a case would end long after it has enough.
    """

    def __init__(self, boards: Sequence[Board], slots_per_instance: int) -> None:
        self._slots = [(board, slot) for board in boards for slot in range(board.slots)]
        self._taken = [0] * len(self._slots)
        self._slots_per_instance = slots_per_instance
        self._columns = np.empty((_COLUMNS, _FIRST_ROOM), dtype=np.int64)
        self._number = 0

    def samples(self) -> Samples:
        """All requests up to now in order of completion; views, of which the next look may put the last few in order.

        Those are what one slot completed before the last look, but after another slot had been read.
        """
        came = pool(list(self._fresh()), self._slots_per_instance)
        if len(came):
            self._merge(came)
        return Samples(*self._columns[:, : self._number])

    def _fresh(self) -> Iterator[np.ndarray]:
        """What each slot has recorded since the last look, up to the first row that its processor still writes."""
        for place, (board, slot) in enumerate(self._slots):
            rows = board.rows(slot)[self._taken[place] :]
            unwritten = np.flatnonzero(rows[:, _COMPLETED] <= 0)
            rows = rows[: unwritten[0]] if unwritten.size else rows
            self._taken[place] += len(rows)
            yield rows

    def _merge(self, came: Samples) -> None:
        """Only where the new requests overlap the old ones in time, by some microseconds, is there anything to sort."""
        columns = np.stack([came.scheduled_ns, came.issued_ns, came.completed_ns, came.slot, came.instance])
        done_ns = self._columns[_COMPLETED, : self._number]
        begin = int(np.searchsorted(done_ns, came.completed_ns[0]))
        overlap = int(np.searchsorted(came.completed_ns, done_ns[-1], side="right")) if self._number else 0
        between = np.concatenate([self._columns[:, begin : self._number], columns[:, :overlap]], axis=1)
        between = between[:, np.lexsort((between[_SLOT], between[_COMPLETED]))]
        self._number += len(came)
        if self._number > self._columns.shape[1]:
            roomier = np.empty((_COLUMNS, 2 * self._number), dtype=np.int64)
            roomier[:, :begin] = self._columns[:, :begin]
            self._columns = roomier
        middle = begin + between.shape[1]
        self._columns[:, begin:middle] = between
        self._columns[:, middle : self._number] = columns[:, overlap:]
