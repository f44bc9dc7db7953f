"""What a row from VastStreamX's profilers has to say against itself."""

from __future__ import annotations

from clipperf.measure.row_warning import RowWarning

_MATERIAL = 0.05
"""The begin and the end of a run, where fewer are in flight, weigh 1 % at 300 requests of depth 3."""


def no_warm_up(requests: int, in_flight: int) -> RowWarning:
    """Whether the requests began cold, as a profiler without a warm-up has them."""
    ramp = f", and so are the begin and the end of the run, where fewer than {in_flight} are in flight"
    return RowWarning(
        "no-warm-up",
        f"The profiler has no warm-up: its first requests are among the {requests} of this row"
        f"{ramp if in_flight > 1 else ''}. The least and the largest latency are often theirs.",
        "Let them weigh less, with more --iterations or a longer --duration.",
    )


def batch_in_turn(batch_size: int) -> RowWarning:
    """Whether the samples of a batch were executed one after the other instead of together."""
    return RowWarning(
        "batch-in-turn",
        f"The image profiler runs the {batch_size} images of a request one after the other, so that nothing is batched "
        "on the device: latency grows with the batch size and throughput does not.",
        "Do not take this for what the device does with a batch; --runner vacc measures that.",
    )


def input_on_device() -> RowWarning:
    """Whether the input lay on the device already, so that a copy is missing in the pipeline."""
    return RowWarning(
        "input-on-device",
        "With input_host off the raw input is on the device before the clock starts, so that its copy from the host is "
        "not in these figures; the rest of the pipeline is.",
        "Leave --option input_host away where the copy belongs to it.",
    )


def pool_too_small(depth: int, threads: int, processors: int) -> RowWarning:
    """Whether Python's pool of threads let fewer requests run than the queue asked for."""
    return RowWarning(
        "thread-pool",
        f"A depth of {depth} is more than the {threads} threads that the Python profiler has for an instance, with "
        f"{processors} processors: {threads} requests run at once, and the latencies hold the wait of the others.",
        f"Give --queue-depth {threads} or less, or take the profiler in C++, which starts a thread for each request.",
    )


def check_in_flight(found: float, instances: int, depth: int, rounding: float, causes: str) -> RowWarning | None:
    """Whether throughput and latency agree with the requests in flight that were asked for, by Little's law."""
    expected = instances * depth
    if abs(found - expected) <= (_MATERIAL + rounding) * expected:
        return None
    return RowWarning(
        "in-flight-differs",
        f"qps × mean latency ÷ batch size gives {found:.3g} requests in flight; {instances} × {depth} were asked for. "
        f"{causes}",
        "Read in_flight_mean as what this row was measured with, not queue_depth.",
    )


def depth_from_figures(found: float, instances: int) -> RowWarning:
    """Whether the queue depth had to be taken from throughput and latency, by Little's law."""
    return RowWarning(
        "depth-from-figures",
        f"The block does not tell its requests in flight: by qps × mean latency ÷ batch size they are {found:.3g} in "
        f"{instances} instances, and queue_depth is that, rounded.",
        "Read in_flight_mean where the rounding matters.",
    )


def batch_not_told() -> RowWarning:
    """Whether the batch size is 1 because the block has no line for it."""
    return RowWarning(
        "batch-not-told",
        "The block has no line for its batch size, as those of the family's decoders and operators, which take one "
        "sample a request: 1 is taken.",
        "Look at the program if it is another one.",
    )


def devices_idle(listed: int, used: int) -> RowWarning:
    """Whether devices are in the printed list that no instance ran on."""
    return RowWarning(
        "devices-idle",
        f"{listed} devices were asked for and printed, but there were only {used} instances in all, which take the "
        f"devices of the list in turn: the last {listed - used} did nothing. The row names those that ran.",
        "Give --instance as a multiple of the devices: in these profilers it is a total, whatever their help says.",
    )


def instances_uneven(instances: int, devices: int) -> RowWarning:
    """Whether some devices had more instances than others."""
    return RowWarning(
        "instances-uneven",
        f"{instances} instances took {devices} devices in turn, so that some had one more than others; there is no "
        "number of instances per device, and the slower share is in the figures.",
        "Give --instance as a multiple of the devices.",
    )


def from_command(program: str, line: int) -> RowWarning:
    """Whether the model comes from a command that stands above the block, and not from the block."""
    return RowWarning(
        "told-by-command",
        f"The block itself does not name its model: it and the options are those of the last {program} above it (line "
        f"{line}) with the same instances, devices, queue and batch size.",
        "Check in the text that the command belongs to the result.",
    )


def blocks_left_out(lines: str) -> RowWarning:
    """Whether the text has more blocks, which could not be read whole."""
    return RowWarning(
        "blocks-left-out",
        f"Blocks that begin at line {lines} are not whole, or contradict themselves, and are left out.",
        "Look at them in the file; where it was cut off, import the whole of it.",
    )


def last_line_open() -> RowWarning:
    """Whether the text ends inside a line of figures."""
    return RowWarning(
        "last-line-open",
        "The text ends without a line feed in this block: the last figure may be cut off, and is left out.",
        "Import the whole file, or end it with a line feed where it is whole.",
    )
