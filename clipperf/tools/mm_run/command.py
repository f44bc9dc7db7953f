"""The command of each process of a case.

Its requests are counted for each thread, and a run goes on until iterations and duration are both reached (Cambricon's
``run.cc``), so that the one that is not asked for is set to its least.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from clipperf.errors import Unsupported
from clipperf.tools.base import Command, Length, ToolCase
from clipperf.tools.mm_run import options
from clipperf.tools.mm_run.inputs import read_inputs
from clipperf.tools.mm_run.program import flags_of, program_at

_OWN_WARMUP_MS = 200
"""mm_run's default: it warms up for a time only, never for a number of requests."""

_READY = r"DeserializeModel time is"
"""Printed when the slow part, reading the model, is over: earlier than the warm-up, in which a pause would count."""


def commands(case: ToolCase, length: Length, folder: Path) -> Sequence[Command]:
    """One process for each device, or a single one with mm_run's own list; makes their folders.

    Raises Unsupported where this release of mm_run lacks a flag that the case needs.
    """
    sets = (case.device_ids,) if case.with_own_devices else tuple((device,) for device in case.device_ids)
    return [_command(case, length, devices, folder / f"device-{'-'.join(devices)}") for devices in sets]


def _command(case: ToolCase, length: Length, devices: tuple[str, ...], folder: Path) -> Command:
    program = program_at(case.options)
    arguments = tuple(_arguments(case, length, devices, folder))
    known = flags_of(program)
    lacking = [argument for argument in arguments if argument.startswith("--") and argument[2:] not in known]
    if lacking:
        raise Unsupported(
            f"{program} has no {', '.join(lacking)}, as its --help says; leave out what needs it, or use the mm_run of "
            "a newer MagicMind."
        )
    folder.mkdir(parents=True)
    return Command((program, *arguments), folder, ",".join(devices), hold_at=_READY)


def _arguments(case: ToolCase, length: Length, devices: tuple[str, ...], folder: Path) -> Iterator[str]:
    yield from ("--magicmind_model", os.path.abspath(case.model))
    yield from read_inputs(case.options, case.batch_size).arguments
    yield from ("--devices", *devices)
    yield from ("--threads", str(case.instances))
    yield from ("--buffer_depth", str(case.queue_depth), "--infer_depth", str(case.queue_depth))
    warmup_ms = math.ceil(length.warmup_s * 1000) or (_OWN_WARMUP_MS if length.warmup_requests else 0)
    yield from ("--warmup", str(warmup_ms))
    yield from ("--duration", str(math.ceil((length.seconds or 0.0) * 1000)))
    yield from ("--iterations", str(_iterations(case, length)))
    if case.scope == "device-io":
        yield from ("--disable_data_copy", "true")
    yield from options.arguments(case.options)
    if options.is_on(case.options, "trace"):
        yield from ("--trace_path", os.path.abspath(folder))


def _iterations(case: ToolCase, length: Length) -> int:
    """Of one thread: what a place of execution shall do, or a share of what all of them shall do in one process."""
    if length.requests is None:
        return 1
    threads = len(case.device_ids) * case.instances if case.with_own_devices else 1
    return math.ceil(length.requests / threads)
