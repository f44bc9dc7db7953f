"""The command of each process of a case: one for each device and instance.

bmrt_test has no warm-up; its first loops are it. What it prints to a pipe is lost in a crash unless it is told to end
each line, which ``stdbuf`` does.
"""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from clipperf.errors import Unsupported
from clipperf.tools.base import Command, Length, ToolCase
from clipperf.tools.bmrt_test import model_file, options
from clipperf.tools.bmrt_test.program import flags_of, program_at

HOLD_AT = r"running network #\d+, name: .*, loop: 0\s*$"
"""The first loop, with the model loaded. A process that is paused here or soon after has one slow loop, and that is
over before the slowest of them has done its first."""

MOST_LOOPS = 20_000
"""A loop prints 1 to 3 kB."""

_DISTORTING = ("BMRUNTIME_ENABLE_PROFILE", "BMRT_SAVE_IO_TENSORS")
"""They make the runtime record or write out every launch."""


def has_stdbuf() -> bool:
    """Whether lines can be had as they are printed."""
    return shutil.which("stdbuf") is not None


def warmup_loops(case: ToolCase, length: Length) -> int:
    """Loops that do not count; the first never does."""
    return max(1, math.ceil(length.warmup_requests / options.launches(case.options)))


def commands_of(case: ToolCase, length: Length, folder: Path) -> Sequence[Command]:
    """Raises Unsupported for more loops than can be read, and where this release lacks a flag that the case needs."""
    places = [(device, number) for device in case.device_ids for number in range(case.instances)]
    program = program_at(case.options)
    loops = warmup_loops(case, length) + math.ceil((length.requests or 1) / options.launches(case.options))
    if loops > MOST_LOOPS:
        raise Unsupported(
            f"{loops} loops of bmrt_test print more than is read, at most {MOST_LOOPS} are: give --iterations or a "
            "shorter --duration, or --option calculate_times=100 for means without percentiles."
        )
    arguments = tuple(_arguments(case, program, loops))
    lacking = [each for each in arguments if each.startswith("--") and each[2:] not in flags_of(program)]
    if lacking:
        raise Unsupported(
            f"{program} has no {', '.join(lacking)}, as its --help says; leave out what needs it, or use the bmrt_test "
            "of a newer libsophon."
        )
    hold_at = HOLD_AT if len(places) > 1 else ""
    commands = [
        Command(
            (*_starter(), program, "--devid", device, *arguments),
            folder / f"device{device}_{number}",
            device,
            hold_at,
            warmup_requests=warmup_loops(case, length) * options.launches(case.options),
        )
        for device, number in places
    ]
    for command in commands:
        command.folder.mkdir()
    return commands


def _starter() -> Iterator[str]:
    distorting = [name for name in _DISTORTING if name in os.environ]
    if distorting:
        yield "env"
        for name in distorting:
            yield from ("-u", name)
    if has_stdbuf():
        yield from ("stdbuf", "-oL")


def _arguments(case: ToolCase, program: str, loops: int) -> Iterator[str]:
    yield from ("--bmodel", os.path.abspath(case.model))
    yield from ("--loopnum", str(loops))
    found = model_file.arguments(model_file.nets_of(program, case.model), case.batch_size, case.options)
    for key, value in (*options.arguments(case.options, case.batch_size), *found):
        yield from (f"--{key}", value) if value else (f"--{key}",)
