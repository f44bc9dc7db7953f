"""What a row from mm_run has to say against itself."""

from __future__ import annotations

from clipperf.measure.row_warning import RowWarning

_ENOUGH = 0.9
"""Share of the longest window that all devices have to measure together."""

_LONGER = "Give a longer --duration, so that the different starts weigh less."
_MATERIAL = 0.01
"""Printed figures have five digits; beyond this they do not mean the same thing."""


def check_printed_qps(printed_qps: float, qps: float, batch_size: int) -> RowWarning | None:
    """Whether mm_run counted other samples than those of the batch that was asked for."""
    if abs(printed_qps - qps) <= _MATERIAL * qps:
        return None
    return RowWarning(
        "vendor-counts-otherwise",
        f"mm_run printed {printed_qps:.5g} qps, counting the largest of its inputs' batches in every iteration; with "
        f"the batch of {batch_size} that the row is about it is {qps:.5g}.",
        "Use qps; vendor_qps keeps what was printed. --option input_batches says which input the batch size is for.",
    )


def check_rates(iterations_per_s: float, counted_per_s: float) -> RowWarning | None:
    """Whether the rate that mm_run printed is not its iterations divided by its wall time."""
    if abs(iterations_per_s - counted_per_s) <= _MATERIAL * counted_per_s:
        return None
    return RowWarning(
        "rates-disagree",
        f"mm_run printed {iterations_per_s:.5g} iterations a second, and its iterations divided by its wall time give "
        f"{counted_per_s:.5g}.",
        "Look at the log of the case; a part of it may be missing.",
    )


def which_batch(tops: tuple[int, ...]) -> RowWarning:
    """Whether it is known which of several inputs' batches is meant."""
    return RowWarning(
        "batch-unknown",
        f"The inputs have batches of {', '.join(map(str, tops))}, and what was printed does not tell the samples of "
        "the one that is meant: mm_run's own throughput counts the largest. So there is no qps here.",
        "Multiply requests_per_s with the batch of the input that you mean.",
    )


def inputs_unknown() -> RowWarning:
    """Whether the number of inputs is known, without which the printed throughput had to be believed."""
    return RowWarning(
        "inputs-unknown",
        "The log does not tell the shapes of the inputs. For a model of one input its throughput counts samples; for "
        "several mm_run counts the largest of their batches.",
        "Keep the whole log, from Parameter Information to Performance Summary.",
    )


def several_shapes(number: int) -> RowWarning:
    """Whether the run went through several sets of shapes, each with latencies of its own."""
    return RowWarning(
        "several-shapes",
        f"The run went through {number} sets of input shapes in turn, each with latencies of its own; percentiles "
        "cannot be averaged, so there are none in the row.",
        "Measure one set of shapes a run, with --option input_dims.",
    )


def scope_assumed() -> RowWarning:
    """Whether a log tells that the copies are in its figures."""
    return RowWarning(
        "scope-assumed",
        "The log tells neither its parameters nor times of copies: that the copies are in its figures (scope host) is "
        "mm_run's default and not known of this run.",
        "Keep the whole log, from Parameter Information to Performance Summary.",
    )


def own_devices(devices: int) -> RowWarning:
    """Whether one process of mm_run drove several devices."""
    return RowWarning(
        "own-device-list",
        f"mm_run drove {devices} devices from one process. In the source that Cambricon published this ends before "
        "anything is reported, and whether all of them measured at the same time is not told.",
        "Leave --vendor-multi-device away: then each device has a process of its own.",
    )


def check_overlap(together_s: float, longest_s: float) -> RowWarning | None:
    """Whether the devices measured together; ``together_s`` is not positive where they did not."""
    if together_s <= 0:
        return RowWarning(
            "devices-did-not-overlap",
            f"The devices did not measure at the same time: the last began {-together_s:.2g} s after the first had "
            "ended. Each was alone, so their rates do not add up and there is no sum here.",
            _LONGER,
        )
    if together_s >= _ENOUGH * longest_s:
        return None
    return RowWarning(
        "devices-overlapped-partly",
        f"The devices measured together for {together_s:.3g} of {longest_s:.3g} s "
        f"({100 * together_s / longest_s:.0f} %). Their sum adds rates of the whole windows: for the rest of the time "
        "some had the host for themselves.",
        _LONGER,
    )


def check_trace(what: str, in_trace: float, in_log: float) -> RowWarning | None:
    """Whether the JSON of a device and its printed summary are of different runs, by one of their figures."""
    if abs(in_trace - in_log) <= _MATERIAL * max(in_trace, in_log):
        return None
    return RowWarning(
        "trace-disagrees",
        f"The JSON that mm_run wrote has {what} {in_trace:.5g}, and its printed summary {in_log:.5g}.",
        "Look at both in the folder of the case; the figures of the row are the printed ones.",
    )


def only_a_trace() -> RowWarning:
    """Whether there was nothing but the JSON of a device, which has no rate."""
    return RowWarning(
        "trace-only",
        "The JSON that mm_run writes has neither throughput nor wall time, and what its statistics are called is not "
        "known: the row has the iterations and no rate. That the copies are in it (scope host) is mm_run's default.",
        "Import the printed log of the same run.",
    )
