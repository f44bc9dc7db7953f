"""VastStreamX's profilers as clipperf measures with them: commands from cases, reports from what they printed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from clipperf.errors import CaseFailed, Unsupported
from clipperf.measure.row_warning import RowWarning
from clipperf.runners.base import FILE_PREFIX, Option, Probe
from clipperf.tools.base import Captured, Command, Length, Report, Tool, ToolCase
from clipperf.tools.vsx_prof import options as option_rules
from clipperf.tools.vsx_prof import row_warnings
from clipperf.tools.vsx_prof.blocks import Block, read_blocks
from clipperf.tools.vsx_prof.command import command_of
from clipperf.tools.vsx_prof.failures import check_ended, no_block
from clipperf.tools.vsx_prof.program import OPTION, Program, program_at
from clipperf.tools.vsx_prof.queue_size import threads_in_pool
from clipperf.tools.vsx_prof.reports import SCOPE, Circumstances, precision_in, report_of
from clipperf.tools.vsx_prof.stored import read_stored
from clipperf.tools.zero_inputs import zero_inputs

_ZEROS = ("clip_image_prof",)
"""Whose ``get_test_data`` was read: an array of zeros. That of the text profilers is a sentence, or a file."""


class VsxProf(Tool):
    """It preprocesses, executes and brings the answer back (``pipeline``), in one process for all devices."""

    name = "vsx_prof"
    scopes = (SCOPE,)
    model_formats = (FILE_PREFIX,)
    warms_up = False

    def probe(self, options: Mapping[str, Option]) -> Probe:
        """The profiler and its flags; it tells neither version nor devices."""
        program = program_at(options, self.python)
        return Probe(
            version="",
            devices=(),
            default_device="0",
            model_formats=self.model_formats,
            libraries={"vsx_prof": " ".join(program.argv), "vsx_prof flags": " ".join(sorted(program.flags))},
        )

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Those that the profiler's own help lists."""
        option_rules.check(options, program_at(options, self.python))

    def check_case(self, case: ToolCase) -> None:
        """Refuses devices that are no numbers, depths that cannot be had, and a precision that the name denies."""
        program = program_at(case.options, self.python)
        names = [device for device in case.device_ids if not re.fullmatch("0|[1-9][0-9]{0,8}", device)]
        if names:
            raise Unsupported(f"--device {names[0]}: VastStreamX numbers its devices; give 0, 1 and so on.")
        if "queue_size" in program.flags:
            program.family.queue_size(case.queue_depth)
        elif case.queue_depth > 1:
            raise Unsupported(
                f"--queue-depth {case.queue_depth}: {program.name} has no --queue_size; more --instances make more "
                "requests in flight."
            )
        if "batch_size" not in program.flags and case.batch_size > 1:
            raise Unsupported(f"--batch {case.batch_size}: {program.name} has no --batch_size, it takes one sample.")
        told = precision_in(case.model)
        if told and case.precision and case.precision != told:
            raise Unsupported(
                f"--precision {case.precision}: the model was built as {told}, as the name of its folder says, and is "
                f"run as it is; build another, or give --precision {told}."
            )

    def commands(self, case: ToolCase, length: Length, folder: Path) -> Sequence[Command]:
        """One process, for all devices and instances."""
        return [command_of(program_at(case.options, self.python), case, length, folder)]

    def parse(self, case: ToolCase, captured: Sequence[Captured]) -> Sequence[Report]:
        """The report of the process; its warnings say what the profiler itself leaves out."""
        (process,) = captured
        check_ended(process)
        found = read_blocks(line.text for line in process.lines)
        if not found.whole:
            raise no_block(process, len(found.broken))
        block, program = found.whole[-1], program_at(case.options, self.python)
        _check_taken(process.command, block)
        about = Circumstances(program.family, program.name, case.model, requests=_requests(process.command))
        report = report_of(block, about)
        return [
            replace(
                report,
                device=",".join(case.device_ids),
                queue_depth=case.queue_depth,
                warmup_requests=0,
                warnings=(*report.warnings, *_constant(case, program, about.requests or 0)),
            )
        ]

    def read_log(self, name: str, text: str) -> Sequence[Report]:
        """Every block in a log, notes or a README, labelled by what stands above it."""
        return read_stored(name, text)


def _constant(case: ToolCase, program: Program, requests: int) -> Iterator[RowWarning]:
    yield row_warnings.no_warm_up(requests, len(case.device_ids) * case.instances * case.queue_depth)
    if program.name.removesuffix(".py") in _ZEROS:
        yield zero_inputs(program.name, "Measure real images with --runner vacc, or know that these are black ones.")
    if "input_host" in program.flags and not option_rules.has_host_input(case.options):
        yield row_warnings.input_on_device()
    processors = os.cpu_count() or 1
    threads = threads_in_pool(processors)
    if program.family.is_python and not program.family.is_async and case.queue_depth > threads:
        yield row_warnings.pool_too_small(case.queue_depth, threads, processors)


def _requests(command: Command) -> int:
    return int(command.argv[command.argv.index("--iterations") + 1])


def _check_taken(command: Command, block: Block) -> None:
    """Raises CaseFailed where the settings that the profiler prints are not those that it was given."""
    given = dict(zip(command.argv, command.argv[1:], strict=False))
    pairs = (
        ("--instance", block.instances),
        ("--queue_size", block.queue_size),
        ("--batch_size", block.batch_size),
        ("--device_ids", f"[{','.join(block.devices)}]" if block.devices else None),
    )
    for flag, shown in pairs:
        if flag in given and shown is not None and str(shown) != given[flag]:
            raise CaseFailed(
                "flag-ignored",
                f"The profiler was given {flag} {given[flag]} and says that it took {shown}: what it measured is not "
                f"what was asked. Look at the program that --option {OPTION} names.",
            )
