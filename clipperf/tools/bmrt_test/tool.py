"""bmrt_test as clipperf measures with it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath

from clipperf.errors import Unsupported
from clipperf.runners.base import Option, Probe
from clipperf.tools.base import Captured, Command, Length, Report, Tool, ToolCase
from clipperf.tools.bmrt_test import model_file
from clipperf.tools.bmrt_test import options as option_rules
from clipperf.tools.bmrt_test.command import MOST_LOOPS, commands_of
from clipperf.tools.bmrt_test.model_name import precision_in
from clipperf.tools.bmrt_test.places import reports_of_case
from clipperf.tools.bmrt_test.program import flags_of, program_at, version_of
from clipperf.tools.bmrt_test.reports import SCOPE
from clipperf.tools.bmrt_test.stored import read_stored


class BmrtTest(Tool):
    """Host time round each execution, copies left out (``compute``), one request in flight in each process."""

    name = "bmrt_test"
    scopes = (SCOPE,)
    model_formats = (".bmodel",)
    monitor = "bm_smi"
    most_requests = MOST_LOOPS // 2

    def probe(self, options: Mapping[str, Option]) -> Probe:
        """The program, its version and its flags; it tells its devices only by refusing one that is not there."""
        program = program_at(options)
        flags = flags_of(program)
        return Probe(
            version=version_of(program),
            devices=(),
            default_device="0",
            model_formats=self.model_formats,
            libraries={"bmrt_test": program, "bmrt_test flags": " ".join(sorted(flags))},
        )

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Names and values."""
        option_rules.check(options)

    def check_case(self, case: ToolCase) -> None:
        """Queue depth, devices, the precision in the model's name, and its batch sizes where model_tool tells them."""
        if case.with_own_devices:
            raise Unsupported(
                "--vendor-multi-device: bmrt_test drives one device; leave it away, then each has a process of its own."
            )
        if case.queue_depth > 1:
            raise Unsupported(
                f"--queue-depth {case.queue_depth}: bmrt_test executes synchronously, with one request in flight; "
                f"--instances {case.queue_depth} starts as many processes, or measure with --runner sail."
            )
        names = [device for device in case.device_ids if not (device.isascii() and device.isdecimal())]
        if names:
            raise Unsupported(f"--device {names[0]}: bmrt_test numbers its devices; give 0, 1 and so on.")
        told = precision_in(case.model)
        if told and case.precision and case.precision != told:
            raise Unsupported(
                f"--precision {case.precision}: {PurePath(case.model).name} was compiled as {told}, as its name says, "
                f"and is run as it is; compile another, or give --precision {told}."
            )
        if not os.path.isfile(case.model):
            raise Unsupported(f"--model {case.model}: there is no such file.")
        nets = model_file.nets_of(program_at(case.options), case.model)
        if "shapes" not in case.options:
            model_file.places_for(nets, case.batch_size, case.options)

    def commands(self, case: ToolCase, length: Length, folder: Path) -> Sequence[Command]:
        """A process for each device and instance, held in its first loop until all have loaded the model."""
        return commands_of(case, length, folder)

    def parse(self, case: ToolCase, captured: Sequence[Captured]) -> Sequence[Report]:
        """A report of each process."""
        return reports_of_case(case, captured)

    def read_log(self, name: str, text: str) -> Sequence[Report]:
        """Every net and stage of every run in a log, in notes or in a document."""
        return read_stored(name, text)
