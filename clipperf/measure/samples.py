"""The raw record of a case: three instants a request, and which slot carried it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Sequence

import numpy as np


@dataclass(frozen=True)
class Samples:
    """Every request of a case in order of completion; int64 ns of one monotonic clock, warm-up included.

    ``slot`` numbers the slots of all instances and devices from 0; ``instance`` numbers the instances likewise.
    """

    scheduled_ns: np.ndarray
    issued_ns: np.ndarray
    completed_ns: np.ndarray
    slot: np.ndarray
    instance: np.ndarray

    def __len__(self) -> int:
        return int(self.completed_ns.size)

    def select(self, chosen: np.ndarray | slice) -> Samples:
        """Those requests for which ``chosen`` (bool, one a request) is true, or a slice of them."""
        return Samples(
            self.scheduled_ns[chosen],
            self.issued_ns[chosen],
            self.completed_ns[chosen],
            self.slot[chosen],
            self.instance[chosen],
        )

    def after(self, instant_ns: int) -> Samples:
        """Those that completed after an instant; a view."""
        return self.select(slice(int(np.searchsorted(self.completed_ns, instant_ns, side="right")), None))

    @property
    def latency_ns(self) -> np.ndarray:
        """Response time, completed − scheduled, so that an open loop cannot hide a queue."""
        latency: np.ndarray = self.completed_ns - self.scheduled_ns
        return latency

    @property
    def is_open(self) -> bool:
        """Whether requests came on a schedule: a closed loop's are due at the instant they are issued."""
        return bool((self.scheduled_ns != self.issued_ns).any())

    @property
    def service_ns(self) -> np.ndarray:
        """Service time, completed − issued."""
        service: np.ndarray = self.completed_ns - self.issued_ns
        return service


def pool(records: Sequence[np.ndarray], slots_per_instance: int) -> Samples:
    """The samples of all slots together; ``records[s]`` holds slot s's requests as an int64 array of shape (n, 3).

    A row whose completion is 0 was counted but not yet written through by its processor and is left out.
    """
    rows = np.concatenate(
        [np.asarray(r, dtype=np.int64).reshape(-1, 3) for r in records] or [np.empty((0, 3), np.int64)]
    )
    slot = np.repeat(np.arange(len(records), dtype=np.int64), [len(r) for r in records])
    order = np.argsort(rows[:, 2], kind="stable")[int((rows[:, 2] <= 0).sum()) :]
    # An index of rows costs several times what ``take`` does.
    rows, slot = rows.take(order, axis=0), slot.take(order)
    return Samples(rows[:, 0], rows[:, 1], rows[:, 2], slot, slot // slots_per_instance)
