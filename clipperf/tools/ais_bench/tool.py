"""ais_bench as clipperf measures with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from clipperf.errors import Unsupported
from clipperf.runners.base import Option, Probe
from clipperf.tools.ais_bench import options as option_rules
from clipperf.tools.ais_bench.command import MOST_LOOPS, commands_of
from clipperf.tools.ais_bench.model_file import check_model_file
from clipperf.tools.ais_bench.places import reports_of_case
from clipperf.tools.ais_bench.program import program_at
from clipperf.tools.ais_bench.stored import read_stored
from clipperf.tools.base import Captured, Command, Length, Report, Tool, ToolCase

_MOST_BATCH = 4096
_MOST_DEVICE = 255
_MOST_LISTED = 256


class AisBench(Tool):
    """Device time of .om models on Ascend, one request in flight in each process.

    It lists no devices, so that any id from 0 to 255 may be asked for; npu-smi does.
    """

    name = "ais_bench"
    scopes = ("compute",)
    model_formats = (".om",)
    most_requests = MOST_LOOPS
    monitor = "npu_smi"

    def probe(self, options: Mapping[str, Option]) -> Probe:
        """What its help lists; the devices are not known."""
        program = program_at(options, self.python)
        return Probe(
            version=program.version,
            devices=(),
            default_device="0",
            model_formats=self.model_formats,
            libraries={"ais_bench": " ".join(program.argv), "ais_bench flags": " ".join(sorted(program.flags))},
        )

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Names and values."""
        option_rules.check(options)

    def check_case(self, case: ToolCase) -> None:
        """Queue depth, devices, batch size and the model's file."""
        if case.queue_depth > 1:
            raise Unsupported(
                f"--queue-depth {case.queue_depth}: ais_bench executes synchronously, with one request in flight; "
                f"--instances {case.queue_depth} starts as many processes, or measure with --runner acl."
            )
        if not 1 <= case.batch_size <= _MOST_BATCH:
            raise Unsupported(f"--batch {case.batch_size}: ais_bench takes 1 to {_MOST_BATCH}.")
        for device in case.device_ids:
            if not (device.isascii() and device.isdecimal() and int(device) <= _MOST_DEVICE):
                raise Unsupported(
                    f"--device {device}: ais_bench takes 0 to {_MOST_DEVICE}, the chip logic ids of npu-smi info -m."
                )
        if case.with_own_devices and len(case.device_ids) * case.instances > _MOST_LISTED:
            raise Unsupported(
                f"--vendor-multi-device: ais_bench takes {_MOST_LISTED} devices and instances in one list."
            )
        option_rules.check_batch(case.options, case.batch_size)
        check_model_file(case.model)

    def commands(self, case: ToolCase, length: Length, folder: Path) -> Sequence[Command]:
        """A process for each device and instance, held before its warm-up, or one with its own list of devices."""
        return commands_of(program_at(case.options, self.python), case, length, folder)

    def parse(self, case: ToolCase, captured: Sequence[Captured]) -> Sequence[Report]:
        """A report of each place of execution, from the summaries where they can be read."""
        return reports_of_case(case, captured)

    def read_log(self, name: str, text: str) -> Sequence[Report]:
        """From what it printed, or from a summary."""
        return read_stored(name, text)
