"""The schedule of an open loop, shared by all slots of all workers: a file whose offset is the next arrival.

Reading eight bytes takes one arrival: the offset belongs to the open file, which the workers inherit, and the system
moves it for one reader at a time. So the next free slot takes the next arrival, whichever process it is in, without
any lock.
"""

from __future__ import annotations

import os

import numpy as np

from clipperf.worker.board import create_board_file


class Arrivals:
    """The file; ``fd`` is handed to the workers when they are started."""

    def __init__(self) -> None:
        self.fd = create_board_file()

    def fill(self, offsets_ns: np.ndarray) -> None:
        """Lays out a case's arrivals, ns after the start, sorted; called while no slot runs."""
        os.ftruncate(self.fd, 0)
        os.pwrite(self.fd, np.ascontiguousarray(offsets_ns, dtype="<i8").tobytes(), 0)
        os.lseek(self.fd, 0, os.SEEK_SET)

    def close(self) -> None:
        """Gives the file back."""
        os.close(self.fd)
