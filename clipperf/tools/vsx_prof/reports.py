"""From a block to a report in clipperf's words.

Throughput is samples a second over wall time: for each instance its requests × batch size ÷ its own elapsed time,
summed (``model_profiler``). Latency is that of a request, the whole batch.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from clipperf.measure.row_warning import RowWarning
from clipperf.tools.base import Report
from clipperf.tools.vsx_prof import row_warnings
from clipperf.tools.vsx_prof.blocks import Block
from clipperf.tools.vsx_prof.in_flight import check, in_flight
from clipperf.tools.vsx_prof.queue_size import Family

SCOPE = "pipeline"
"""The profilers' ``process`` preprocesses on the device, executes, and brings the answer to the host."""

_NAMES = {"avg": "mean", "min": "min", "max": "max"}
_VENDOR = {"mean": "vendor_latency_mean_ms", "p50": "vendor_latency_p50_ms", "p99": "vendor_latency_p99_ms"}
_PRECISION = re.compile(r"-(fp32|fp16|bf16|int8)-[^/]*-vacc$")
_IN_TURN = re.compile(r"clip_image_prof")


@dataclass(frozen=True)
class Circumstances:
    """What is known of a measurement beside its block; ``requests`` are those that were asked for."""

    family: Family
    program: str = ""
    model: str = ""
    label: str = ""
    requests: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def report_of(block: Block, about: Circumstances) -> Report:
    """The report of one block; warnings say what had to be taken from elsewhere and what does not agree."""
    warnings: list[RowWarning] = []
    instances, devices = _placed(block, warnings)
    latency_ms = {_NAMES.get(name, name): us / 1e3 for name, us in block.latency_us.items()}
    batch_size = block.batch_size or 1
    if block.batch_size is None:
        warnings.append(row_warnings.batch_not_told())
    depth = _depth(block, about.family, warnings)
    if batch_size > 1 and _IN_TURN.search(about.program):
        warnings.append(row_warnings.batch_in_turn(batch_size))
    return Report(
        scope=SCOPE,
        device=",".join(devices),
        label=about.label,
        model=about.model,
        precision=precision_in(about.model),
        batch_size=batch_size,
        instances=instances,
        queue_depth=depth,
        requests=about.requests,
        latency_ms=latency_ms,
        qps=block.qps,
        requests_per_s=block.qps / batch_size,
        in_flight_mean=in_flight(block),
        vendor={
            "vendor_qps": block.qps,
            **{column: latency_ms[name] for name, column in _VENDOR.items() if name in latency_ms},
        },
        options={**about.options, **_queue(block, about.family)},
        warnings=tuple(warnings),
    )


def precision_in(model: str) -> str:
    """The precision in the name of a model's folder, such as ``clip_image-fp16-none-1_3_224_224-vacc``; else empty."""
    found = _PRECISION.search(PurePath(model).parent.name)
    return found[1] if found else ""


def _placed(block: Block, warnings: list[RowWarning]) -> tuple[int | None, tuple[str, ...]]:
    """Instances of each device, and the devices that ran: instance i takes device i modulo their number."""
    devices, instances = block.devices, block.instances
    if instances is None or not devices:
        return instances, devices
    if instances < len(devices):
        warnings.append(row_warnings.devices_idle(len(devices), instances))
        return 1, devices[:instances]
    if instances % len(devices):
        warnings.append(row_warnings.instances_uneven(instances, len(devices)))
        return None, devices
    return instances // len(devices), devices


def _queue(block: Block, family: Family) -> dict[str, int]:
    """The queue size where the depth does not say it."""
    return {"queue_size": block.queue_size} if family.is_async and block.queue_size is not None else {}


def _depth(block: Block, family: Family, warnings: list[RowWarning]) -> int | None:
    """From the queue size where the family is known to have just one depth for it, else by Little's law."""
    instances = block.instances or 1
    told = None if block.queue_size is None or family.is_async else family.depth(block.queue_size)
    if told is None:
        found = in_flight(block)
        if not family.is_async or block.queue_size is None:
            warnings.append(row_warnings.depth_from_figures(found, instances))
        return max(1, round(found / instances))
    warning = check(block, instances, told, family)
    warnings += [] if warning is None else [warning]
    return told
