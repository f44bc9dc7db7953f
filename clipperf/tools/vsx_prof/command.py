"""The command line of a case: one process drives all devices of it, as the profilers are meant to.

Instance i goes to device i modulo the number of devices, so that instances × devices is what ``--instance`` must be,
although its help says "for each device". ``--iterations`` is the total of all instances, and never ends below 1. The
profilers print nothing before their result, so that several processes could not be held until all are ready.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from clipperf.errors import Unsupported
from clipperf.tools.base import Command, Length, ToolCase
from clipperf.tools.vsx_prof import options
from clipperf.tools.vsx_prof.program import Program

_MOST_ITERATIONS = 2**31 - 1
"""A C++ ``int``."""


def command_of(program: Program, case: ToolCase, length: Length, folder: Path) -> Command:
    """The one process of a case; makes its folder. Raises Unsupported for more requests than the profilers count."""
    own = folder / "devices"
    own.mkdir()
    argv = [*program.argv]
    for name, value in _arguments(program, case, length):
        argv += [f"--{name}", value]
    return Command(tuple(argv), own, ",".join(case.device_ids))


def iterations_of(case: ToolCase, length: Length) -> int:
    """Of all instances together; ``length`` is what each of them shall do unless the case is one for the tool alone."""
    places = 1 if case.with_own_devices else len(case.device_ids) * case.instances
    return max(1, (length.requests or 1) * places)


def _arguments(program: Program, case: ToolCase, length: Length) -> Iterator[tuple[str, str]]:
    iterations = iterations_of(case, length)
    if iterations > _MOST_ITERATIONS:
        raise Unsupported(f"{iterations} requests: the profilers count to {_MOST_ITERATIONS}; give --iterations.")
    yield "model_prefix", os.path.abspath(case.model)
    yield "device_ids", f"[{','.join(case.device_ids)}]"
    yield "instance", str(len(case.device_ids) * case.instances)
    yield "iterations", str(iterations)
    if "batch_size" in program.flags:
        yield "batch_size", str(case.batch_size)
    if "queue_size" in program.flags:
        yield "queue_size", str(program.family.queue_size(case.queue_depth))
    yield from options.arguments(case.options, program)
