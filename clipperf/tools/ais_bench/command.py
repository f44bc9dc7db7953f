"""The command lines of a case.

The summary with the single latencies is written only with ``--output``, so that is always given: a relative one, since
the program allows few characters in a path and no folder that the group may write.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from clipperf.errors import Unsupported
from clipperf.tools.ais_bench import options
from clipperf.tools.ais_bench.arguments import MSIT_NAMES
from clipperf.tools.ais_bench.program import Program
from clipperf.tools.base import Command, Length, ToolCase

SUMMARY_NAME = "figures"
"""The program writes figures_summary.json, and of a list of devices figures/device<id>_<number>_summary.json."""

HOLD_AT = r"output path:"
"""Printed when the model is loaded, before the warm-up, and flushed by Python in every version. Later would be too
late: the first timed request follows the last line of the warm-up at once."""

MOST_LOOPS = 100_000
MOST_WARMUPS = 10_000
_FOLDER_MODE = 0o750


def commands_of(program: Program, case: ToolCase, length: Length, folder: Path) -> list[Command]:
    """A process for each device and instance, or one with ais_bench's own list of devices.

    Raises Unsupported for more requests than it takes.
    """
    requests = length.requests or 1
    if requests > MOST_LOOPS or length.warmup_requests > MOST_WARMUPS:
        raise Unsupported(
            f"{requests} requests after {length.warmup_requests} of warm-up: ais_bench takes {MOST_LOOPS} after "
            f"{MOST_WARMUPS}; give --iterations or a shorter --duration, and --warmup."
        )
    places = [(device, number) for device in case.device_ids for number in range(case.instances)]
    if case.with_own_devices and len(places) > 1:
        listed = ",".join(device for device, _ in places)
        return [_command(program, case, length, listed, folder / "devices")]
    return [
        _command(program, case, length, device, folder / f"device{device}_{number}", HOLD_AT)
        for device, number in places
    ]


def _command(
    program: Program, case: ToolCase, length: Length, devices: str, folder: Path, hold_at: str = ""
) -> Command:
    folder.mkdir()
    # The mode of mkdir is cut by the umask, which may also let the group write: then the program refuses the folder.
    folder.chmod(_FOLDER_MODE)
    argv = [*program.argv]
    for name, value in _arguments(case, length, devices):
        argv += [f"--{MSIT_NAMES.get(name, name.replace('_', '-')) if program.is_msit else name}", value]
    return Command(tuple(argv), folder, devices, hold_at)


def _arguments(case: ToolCase, length: Length, devices: str) -> Iterator[tuple[str, str]]:
    yield "model", os.path.abspath(case.model)
    yield "device", devices
    yield "loop", str(length.requests or 1)
    yield "warmup_count", str(length.warmup_requests)
    yield "output", "."
    yield "output_dirname", SUMMARY_NAME
    yield "display_all_summary", "1"
    yield from options.arguments(case.options, case.batch_size)
