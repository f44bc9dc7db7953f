"""How long a sample waits in service: for its batch to fill, for a device to be free, and for its answer.

A closed loop tells none of the first two, since there the next batch is always there already.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

BATCHES = 20_000
_EACH = 10
"""Batches of a simulation, and those more for every device set: p99 is then known to some 2 %."""

_SEED = 0


@dataclass(frozen=True)
class Waiting:
    """Percentiles in ms: ``fill_ms`` until the batch is full, ``queue_ms`` of fill and wait for a free device set."""

    fill_ms: float
    queue_ms: float


@lru_cache(maxsize=4096)
def waiting(rate_per_s: float, batch_size: int, service_ms: float, sets: int, percentile: int) -> Waiting:
    """What samples wait that arrive one by one at random (Poisson), simulated in virtual time with a fixed seed.

    They fill batches in the order of arrival, and each full batch goes to whichever of the device sets is free first;
    every batch takes ``service_ms``. Nothing starts a batch that is not full.
    """
    share = percentile / 100
    dropped = BATCHES // 10 + sets
    batches = BATCHES + _EACH * sets + dropped
    gaps_ms = np.random.default_rng(_SEED).exponential(1e3 / rate_per_s, (batches, batch_size))
    arrivals_ms = np.cumsum(gaps_ms).reshape(batches, batch_size)
    full_ms = arrivals_ms[:, -1]
    queued_ms = _starts_ms(full_ms, service_ms, sets) - full_ms
    fill_ms = (full_ms[:, None] - arrivals_ms)[dropped:]
    return Waiting(_nearest(fill_ms, share), _nearest(fill_ms + queued_ms[dropped:, None], share))


def fill_ms(rate_per_s: float, batch_size: int, percentile: int) -> float:
    """The percentile of the wait for the batch to be full, in ms."""
    return waiting(rate_per_s, batch_size, 0.0, 1, percentile).fill_ms


def _starts_ms(due_ms: np.ndarray, service_ms: float, sets: int) -> np.ndarray:
    """When each batch begins: all take alike long, so that the sets take turns and each has a queue of its own.

    Batch n of a set begins at the latest of its arrival and those before it, each with the services that lie between
    (Lindley's recursion, solved).
    """
    rounds = -(-due_ms.size // sets)
    padded = np.concatenate([due_ms, np.full(rounds * sets - due_ms.size, due_ms[-1])]).reshape(rounds, sets)
    before_ms = service_ms * np.arange(rounds)[:, None]
    starts = np.maximum.accumulate(padded - before_ms, axis=0) + before_ms
    return np.asarray(starts.reshape(-1)[: due_ms.size])


def _nearest(values: np.ndarray, share: float) -> float:
    """Nearest rank, as everywhere."""
    rank = int(np.ceil(values.size * share)) - 1
    return float(np.partition(values, rank, axis=None)[rank])
