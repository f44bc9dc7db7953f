"""mm_run, the benchmark program of Cambricon's MagicMind: commands from cases, reports from what it printed.

Never run on hardware: written to Cambricon's published source of it, in which everything goes to stderr.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from clipperf.errors import Unsupported
from clipperf.measure.row_warning import RowWarning
from clipperf.runners.base import ANY_ENDING, Option, Probe
from clipperf.tools.base import Captured, Command, Length, Report, Tool, ToolCase
from clipperf.tools.mm_run import row_warnings
from clipperf.tools.mm_run.checks import check_batch, check_devices, check_taken
from clipperf.tools.mm_run.command import commands
from clipperf.tools.mm_run.failures import check_ended, no_summary
from clipperf.tools.mm_run.inputs import read_inputs
from clipperf.tools.mm_run.log import Run, read_runs
from clipperf.tools.mm_run.options import check as check_known
from clipperf.tools.mm_run.overlap import judged
from clipperf.tools.mm_run.program import flags_of, program_at
from clipperf.tools.mm_run.reports import Counted, report_of
from clipperf.tools.mm_run.stored import read_stored
from clipperf.tools.mm_run.summary import Summary
from clipperf.tools.mm_run.trace_file import check_against, is_trace_name, read_trace
from clipperf.tools.precision_words import our_precision, precision_word_in


class MmRun(Tool):
    """It copies in and out itself (``host``), or leaves both out with ``--disable_data_copy`` (``device-io``)."""

    name = "mm_run"
    scopes = ("host", "device-io")
    model_formats = (ANY_ENDING,)
    counts_seconds = True
    monitor = "cnmon"

    def probe(self, options: Mapping[str, Option]) -> Probe:
        """The program and its flags; it tells no version, and its devices only by refusing one that is not there."""
        program = program_at(options)
        flags = flags_of(program)
        return Probe(
            version="",
            devices=(),
            default_device="0",
            model_formats=self.model_formats,
            libraries={"mm_run": program, "mm_run flags": " ".join(sorted(flags))},
        )

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Those of ``options.KNOWN``."""
        check_known(options)

    def check_case(self, case: ToolCase) -> None:
        """Refuses scopes that it does not time, devices that are no numbers, and a precision that the name denies."""
        if case.scope not in self.scopes:
            raise Unsupported(f"--scope {case.scope}: mm_run times {' or '.join(self.scopes)}.")
        names = [device for device in case.device_ids if not device.isdecimal()]
        if names:
            raise Unsupported(f"--device {names[0]}: mm_run numbers its devices; give 0, 1 and so on.")
        word = precision_word_in(Path(case.model).name)
        if word and case.precision and our_precision(case.precision) != our_precision(word):
            raise Unsupported(
                f"--precision {case.precision}: the model was built as {word}, as its name says, and mm_run runs it as "
                f"it is; build another or give --precision {our_precision(word)}."
            )
        read_inputs(case.options, case.batch_size)

    def commands(self, case: ToolCase, length: Length, folder: Path) -> Sequence[Command]:
        """One process for each device, with a thread for each instance."""
        return commands(case, length, folder)

    def parse(self, case: ToolCase, captured: Sequence[Captured]) -> Sequence[Report]:
        """A report of each device."""
        runs = [_run_of(process) for process in captured]
        reports = [
            report for process, run in zip(captured, runs, strict=True) for report in _reports_of(case, process, run)
        ]
        if case.with_own_devices:
            warning = row_warnings.own_devices(len(case.device_ids))
            reports = [replace(report, warnings=(*report.warnings, warning)) for report in reports]
        return judged(reports, runs)

    def read_log(self, name: str, text: str) -> Sequence[Report]:
        """A log of any release, with any number of runs and devices, or a JSON trace."""
        return read_stored(name, text)


def _run_of(process: Captured) -> Run:
    check_ended(process)
    runs = read_runs(process.lines)
    if not runs:
        raise no_summary(process)
    return runs[-1]


def _reports_of(case: ToolCase, process: Captured, run: Run) -> Iterator[Report]:
    inputs = read_inputs(case.options, case.batch_size)
    tops = tuple(top for top in inputs.batches if top is not None)
    check_taken(process.command, run.parameters)
    for device, summary in check_devices(process.command, run.summaries).items():
        check_batch(case, inputs, summary)
        report = report_of(
            summary,
            run.parameters,
            Counted(case.batch_size, tops),
            scope=case.scope,
            device=device,
            model=case.model,
        )
        yield replace(report, warnings=(*report.warnings, *_of_traces(process, device, summary)))


def _of_traces(process: Captured, device: str, summary: Summary) -> Iterator[RowWarning]:
    for name, text in process.files.items():
        trace = read_trace(name, text) if is_trace_name(name) else None
        if trace is not None and trace.device == device:
            yield from check_against(trace, summary)
