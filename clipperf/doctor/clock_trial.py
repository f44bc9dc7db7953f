"""Tries how late sleeps end and how evenly a fixed piece of work takes its time, with the clock passed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from clipperf.measure.percentile import nearest_rank

_SLEEP_NS = 2_000_000
_PIECE_NS = 1_000_000
_FIRST_LENGTH = 1000


@dataclass(frozen=True)
class Lateness:
    """How long after their due instant sleeps of 2 ms ended, in µs."""

    p50_us: float
    p99_us: float


@dataclass(frozen=True)
class Evenness:
    """How evenly equal pieces of work of about 1 ms took their time.

    ``spread`` is (p90 - p10) ÷ p50: what no single request can be told apart by. ``lost_share`` is the part of the
    time beyond as many medians, which single long interruptions fill.
    """

    p50_ms: float
    spread: float
    lost_share: float


def try_sleeps(now_ns: Callable[[], int], sleep: Callable[[float], object], duration_s: float) -> Lateness:
    """Sleeps again and again for ``duration_s``."""
    late_ns: list[int] = []
    end_ns = now_ns() + int(duration_s * 1e9)
    while not late_ns or now_ns() < end_ns:
        due_ns = now_ns() + _SLEEP_NS
        sleep(_SLEEP_NS * 1e-9)
        late_ns.append(now_ns() - due_ns)
    ordered = np.sort(late_ns)
    return Lateness(nearest_rank(ordered, 0.5) / 1e3, nearest_rank(ordered, 0.99) / 1e3)


def try_work(now_ns: Callable[[], int], work: Callable[[int], object], duration_s: float) -> Evenness:
    """Does equal pieces of ``work`` for ``duration_s``; ``work`` takes a length to which its time is proportional."""
    length = _length_of_piece(now_ns, work)
    took_ns: list[int] = []
    end_ns = now_ns() + int(duration_s * 1e9)
    while not took_ns or now_ns() < end_ns:
        began_ns = now_ns()
        work(length)
        took_ns.append(now_ns() - began_ns)
    ordered = np.sort(took_ns)
    p10, p50, p90 = (nearest_rank(ordered, share) for share in (0.1, 0.5, 0.9))
    lost_share = 1 - p50 * len(ordered) / float(ordered.sum())
    return Evenness(p50 / 1e6, (p90 - p10) / p50, max(0.0, lost_share))


def count(length: int) -> None:
    """Work that stays within the processor: neither memory nor other cores change its time."""
    for _ in range(length):
        pass


def _length_of_piece(now_ns: Callable[[], int], work: Callable[[int], object]) -> int:
    """The length that takes about 1 ms: by the fastest of several tries, since the others may have been interrupted."""
    fastest_ns = None
    for _ in range(20):
        began_ns = now_ns()
        work(_FIRST_LENGTH)
        took_ns = max(1, now_ns() - began_ns)
        fastest_ns = took_ns if fastest_ns is None else min(fastest_ns, took_ns)
    assert fastest_ns is not None
    return max(1, _FIRST_LENGTH * _PIECE_NS // fastest_ns)
