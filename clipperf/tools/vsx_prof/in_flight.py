"""Requests in flight by Little's law, and why they are not those that were asked for."""

from __future__ import annotations

from clipperf.measure.row_warning import RowWarning
from clipperf.tools.vsx_prof.blocks import Block
from clipperf.tools.vsx_prof.queue_size import Family
from clipperf.tools.vsx_prof.row_warnings import check_in_flight

_OTHERS = 33
"""More in flight than any pool of Python's threads has: the profiler itself cannot."""


def in_flight(block: Block) -> float:
    """Throughput in requests a second times the mean latency of a request; a missing batch size is 1."""
    return block.qps / (block.batch_size or 1) * block.latency_us["avg"] / 1e6


def rounding_of(block: Block) -> float:
    """How far the printed digits of qps may be off, as a share."""
    return 0.5 * 10.0**-block.decimals / block.qps if block.is_python else 5e-6


def check(block: Block, instances: int, depth: int, family: Family) -> RowWarning | None:
    """A warning with the likely reasons where the block disagrees with its own settings by more than 5 %."""
    found = in_flight(block)
    causes = _too_few(family, depth) if found < instances * depth else _too_many(family, depth)
    return check_in_flight(found, instances, depth, rounding_of(block), causes)


def _too_few(family: Family, depth: int) -> str:
    if depth == 1:
        return "So time passed between one request and the next: the host was busy, or instances waited for each other."
    sync = "" if family.is_async else ", or this is a profiler of the asynchronous family"
    return (
        "So the queue was not kept full: the host could not send as fast as the device answered, there were so few "
        f"requests that the begin and the end of the run weigh{sync}."
    )


def _too_many(family: Family, depth: int) -> str:
    if family.is_python and depth >= _OTHERS:
        return "Python's pool runs at most 32 requests of an instance at once; the latencies hold the others' wait."
    return (
        "So latencies hold time in which nothing was in flight, such as the wait for a thread, or the instances did "
        "not run for equally long: rates of different times were added."
    )
