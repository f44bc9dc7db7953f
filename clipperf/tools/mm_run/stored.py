"""Logs and traces that were taken elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from clipperf.errors import UsageError
from clipperf.measure.row_warning import RowWarning
from clipperf.tools.base import Line, Report, lines_of
from clipperf.tools.mm_run import row_warnings
from clipperf.tools.mm_run.failures import error_words
from clipperf.tools.mm_run.inputs import BATCH
from clipperf.tools.mm_run.log import Run, read_runs
from clipperf.tools.mm_run.options import PATHS, SWITCHES
from clipperf.tools.mm_run.parameters import Parameters
from clipperf.tools.mm_run.reports import Counted, report_of
from clipperf.tools.mm_run.summary import Summary
from clipperf.tools.mm_run.trace_file import Trace, read_trace

_DEFAULTS = {"trace_time": "host", **dict.fromkeys(SWITCHES, "false")}


def read_stored(name: str, text: str) -> Sequence[Report]:
    """A report of every device of every run in a log, or of a trace; raises UsageError where it is neither."""
    trace = read_trace(name, text)
    if trace is not None:
        return [_of_trace(trace)]
    # A last line without its end may be half a figure.
    lines = lines_of(text.replace("\r", "\n").rpartition("\n")[0], "stderr")
    runs = read_runs(lines)
    if not runs:
        raise UsageError(f"{name}: {_nothing(lines)}")
    return [
        replace(report, label=f"run {number}" if len(runs) > 1 else "")
        for number, run in enumerate(runs, 1)
        for report in _of_run(run)
    ]


def _nothing(lines: Sequence[Line]) -> str:
    errors = error_words(lines)
    if errors:
        return f"the run that it is the log of failed, and measured nothing: {errors}"
    return (
        "there is no figure of mm_run in it: no finished line with Throughput (qps), nor a performance summary with "
        "iterations and wall time. It prints them to stderr: keep them with 2>&1 | tee FILE."
    )


def _of_run(run: Run) -> Iterator[Report]:
    parameters = run.parameters
    for summary in run.summaries:
        devices = parameters.numbers("devices")
        device = summary.device or (str(devices[0]) if len(devices) == 1 else "")
        scope, doubts = _scope(parameters, summary)
        report = report_of(
            summary,
            parameters,
            _counted(parameters, summary),
            scope=scope,
            device=device,
            model=parameters.flags.get("magicmind_model", ""),
        )
        yield replace(
            report,
            options={**report.options, **_options(parameters, report.batch_size)},
            warnings=(*report.warnings, *doubts),
        )


def _counted(parameters: Parameters, summary: Summary) -> Counted:
    """The batch is known where all inputs of all iterations have the same; a log does not say which one is meant."""
    groups = [group.batches for group in summary.groups] or [parameters.numbers("batch_size")]
    tops = {top for batches in groups for top in batches}
    inputs = max(groups, key=len)
    return Counted(tops.pop() if len(tops) == 1 else None, inputs)


def _scope(parameters: Parameters, summary: Summary) -> tuple[str, tuple[RowWarning, ...]]:
    """Without the copies it is ``device-io``; then their times are printed as 0 (``trace.cc``)."""
    is_disabled = parameters.switch("disable_data_copy")
    if is_disabled is not None:
        return ("device-io" if is_disabled else "host"), ()
    copies = [
        statistics["max"]
        for group in summary.groups
        for (stage, clock), statistics in group.stages.items()
        if stage in ("h2d", "d2h") and clock in ("host", "dev") and "max" in statistics
    ]
    if copies:
        return ("host" if max(copies) > 0 else "device-io"), ()
    return "host", (row_warnings.scope_assumed(),)


def _options(parameters: Parameters, batch: int | None) -> dict[str, str]:
    """The flags that are no axis, by our names and in our form, as a sweep of the same would have them."""
    flags = {flag: parameters.flags.get(flag, "") for flag in (*PATHS, "trace_time", *SWITCHES)}
    found = {flag: value for flag, value in flags.items() if value and value != _DEFAULTS.get(flag)}
    shapes = parameters.flags.get("input_dims", "").split()
    batches = parameters.numbers("batch_size")
    if shapes:
        found["input_dims"] = ":".join(_with_batch(shape.split(","), batch) for shape in shapes)
    if len(batches) > 1:
        found["input_batches"] = ":".join(_with_batch([str(top)], batch) for top in batches)
    if parameters.number("buffer_depth") != parameters.number("infer_depth"):
        found["buffer_depth"] = parameters.flags.get("buffer_depth", "")
    return found


def _with_batch(dims: Sequence[str], batch: int | None) -> str:
    return "x".join((BATCH if dims[0] == str(batch) else dims[0], *dims[1:]))


def _of_trace(trace: Trace) -> Report:
    """Iterations and shapes are all that a trace tells for certain."""
    tops = {shape[0] for shapes in trace.shapes for shape in shapes if shape}
    return Report(
        scope="host",
        device=trace.device,
        batch_size=tops.pop() if len(tops) == 1 else None,
        requests=trace.iterations,
        warnings=(row_warnings.only_a_trace(),),
    )
