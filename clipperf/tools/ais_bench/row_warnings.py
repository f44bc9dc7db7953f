"""What a row from ais_bench has to say against itself."""

from __future__ import annotations

from collections.abc import Sequence

from clipperf.measure.row_warning import RowWarning

_BUSY = 0.9
"""Share of the wall time below which it is worth saying that the device was idle."""


def check_wall_time(busy_s: float, wall_s: float) -> RowWarning | None:
    """Whether qps is about the device: ais_bench's wall time goes round its first copies and its progress bar too."""
    if busy_s >= _BUSY * wall_s:
        return None
    return RowWarning(
        "short-run",
        f"The device executed for {busy_s:.3g} s of the {wall_s:.3g} s that qps is about; the rest is what ais_bench "
        "does once a run, such as making inputs, copying and saving.",
        "Measure for longer, with more --loop, or use qps_compute.",
    )


def threads_idle(threads: int) -> RowWarning:
    """Whether ais_bench had as much input as threads."""
    return RowWarning(
        "threads-idle",
        f"{threads} computing threads were asked for without --input: that makes one item of input, on which only the "
        "first thread works. These are the figures of one thread.",
        "Give --input at least as many whole-batch files as threads, or measure with --instances.",
    )


def threads_ignored() -> RowWarning:
    """Whether ais_bench took the threads that were asked for, which it does only with `--pipeline`."""
    return RowWarning(
        "threads-ignored",
        "Several threads were asked for without --pipeline, so that ais_bench took one.",
        "Measure with --instances, or give ais_bench --pipeline 1.",
    )


def divided_by_threads(threads: int) -> RowWarning:
    """Whether the build divides every latency by its threads, as ait did from 2023-09 to 2023-10."""
    return RowWarning(
        "latency-divided-by-threads",
        f"This build of ais_bench divides every latency by its {threads} threads, as if they never waited for each "
        "other: its figures with threads are no measurement. They are kept as printed, nothing is derived.",
        "Use a build from 2023-10-10 on, whose --help lists --threads, or measure with --instances.",
    )


def merged_wrongly(printed: float, counted: float) -> RowWarning:
    """Whether the mean over threads is that of their intervals, which ait of 2023-10 merges wrongly."""
    return RowWarning(
        "vendor-merges-wrongly",
        f"ais_bench printed a mean of {printed:.4g} ms; the time in which any thread was executing, divided by the "
        f"requests, is {counted:.4g} ms. Builds of 2023-10 lose the ends of intervals that overlap.",
        "Use qps_compute, which is counted from the intervals; vendor_qps keeps what was printed.",
    )


def merges_wrongly() -> RowWarning:
    """Whether the mean over threads is that of their intervals, which ait of 2023-10 merges wrongly.

    Here for a log, which has no intervals to count by.
    """
    return RowWarning(
        "vendor-merges-wrongly",
        "This build, of 2023-10, loses the ends of intervals that overlap, so that its mean with several threads is "
        "too small. It is kept as printed, nothing is derived.",
        "Import its summary, which has the intervals, or use a build from 2023-10-10 on.",
    )


def instants_as_durations() -> RowWarning:
    """Whether ais_bench took the instants of a newer aclruntime for durations."""
    return RowWarning(
        "instants-as-durations",
        "The figures that ais_bench printed are spread evenly from first to last, as instants are and times are not: "
        "an older ais_bench over a newer aclruntime takes the begin and end of each request for its time.",
        "Install ais_bench and aclruntime of the same release; nothing is derived from these figures.",
    )


def coarse_clock(step_ms: float, median_ms: float, age_s: float) -> RowWarning:
    """Whether the session became so old that ais_bench's instants in float32 are too coarse for its requests."""
    return RowWarning(
        "coarse-clock",
        f"ais_bench keeps instants as float32 milliseconds since the session began: after {age_s:.0f} s they come in "
        f"steps of {step_ms:.3g} ms, {100 * step_ms / median_ms:.2g} % of the median. Percentiles are rounded.",
        "Measure for a shorter time, with --duration or --iterations, and repeat with --repeat.",
    )


def mode_forced() -> RowWarning:
    """Whether ais_bench changed `run_mode` by itself, as it does where it cannot tell the version of aclruntime."""
    return RowWarning(
        "run-mode-forced",
        "ais_bench could not tell the version of aclruntime and took --run_mode tensor whatever was asked: inputs wait "
        "on the device. Its compute time means the same, the time of copies does not.",
        "Install setuptools below version 82 in its Python, which has the pkg_resources that it looks with.",
    )


def no_single_latencies(why: str) -> RowWarning:
    """Whether the summary with the single latencies is missing or unreadable, so that printed figures have to serve."""
    return RowWarning(
        "no-summary",
        f"The summary with the single latencies {why}, so these figures are those that ais_bench printed.",
        "Look at the folder of the case: a full disk or a folder that may not be written are the usual causes.",
    )


def times_not_positive() -> RowWarning:
    """Whether requests took no time, or less, by ais_bench's clock."""
    return RowWarning(
        "times-not-positive",
        "Some requests took no time or less by ais_bench's clock, which is the wall clock in float32: it was set while "
        "measuring, or is too coarse for this model by now. So there are no percentiles of clipperf's own.",
        "Measure again, for a shorter time.",
    )


def device_failed(words: str) -> RowWarning:
    """Whether one of the devices that a log asked for told no figures."""
    return RowWarning(
        "device-failed",
        f"Not all devices of this run measured: {words}",
        "Do not take the summary throughput of the log for that of all devices.",
    )


def runs_failed(reasons: Sequence[str]) -> RowWarning:
    """Whether the log holds runs that failed besides those that are rows."""
    return RowWarning(
        "log-has-failures",
        f"The log holds {len(reasons)} more that failed: {' '.join(reasons)}",
        "Measure those again.",
    )
