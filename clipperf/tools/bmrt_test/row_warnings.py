"""What a row from bmrt_test has to say against itself."""

from __future__ import annotations

from clipperf.measure.row_warning import RowWarning

_MATERIAL = 0.05
"""The host's share round a launch is some microseconds."""

_REPEAT = "Measure with --loopnum 20 or more; clipperf does by itself."


def only_cold(loops: int) -> RowWarning:
    """Whether only the first loop was measured, in which everything is cold."""
    return RowWarning(
        "cold-only",
        f"bmrt_test has no warm-up, and this run has {'only the first loop' if loops == 1 else 'no other loops'}: what "
        "it does once is in these figures.",
        _REPEAT,
    )


def core_groups(groups: int, batch_size: int) -> RowWarning:
    """Whether several groups of cores executed at once, so that no single latency is told."""
    return RowWarning(
        "core-groups",
        f"{groups} groups of cores each executed a request of {batch_size} at the same time, and bmrt_test tells when "
        "the last of them was done: latencies are those of the slowest, throughput counts them all.",
        "Read latencies as upper bounds, or measure without --option core_list.",
    )


def groups_unknown() -> RowWarning:
    """Whether it is known how many groups of cores executed at once."""
    return RowWarning(
        "core-groups-unknown",
        "Several groups of cores executed at once, and the log does not say how many: there is no throughput here.",
        "Keep the command with its --core_list above the log.",
    )


def averaged(launches: int) -> RowWarning:
    """Whether each time that was told is that of many launches."""
    return RowWarning(
        "launches-averaged",
        f"Each of the times is the total of {launches} launches, one after the other: means are right, and percentiles "
        "of single requests are not known.",
        "Leave --option calculate_times away; then every launch has a time of its own.",
    )


def launches_unknown() -> RowWarning:
    """Whether it is known how many launches there are in each time that was told."""
    return RowWarning(
        "launches-unknown",
        "The log does not tell --calculate_times for certain, so that latencies are bmrt_test's own averages over the "
        "launches of a loop, in whole microseconds, and the number of requests is not known.",
        "Keep the command above the log.",
    )


def launches_assumed() -> RowWarning:
    """Whether the log has more than the totals, of which it must be believed that each is one launch."""
    return RowWarning(
        "launches-assumed",
        "Only the totals are in this log: that each of them is a single launch on one group of cores is bmrt_test's "
        "default and not known of this run.",
        "Keep the whole log.",
    )


def only_launches() -> RowWarning:
    """Whether the totals are missing, so that averages have to serve."""
    return RowWarning(
        "no-totals",
        "The lines with the totals (calculate time) are missing, so that latencies are bmrt_test's own averages over "
        "the launches of a loop.",
        "Keep the whole log.",
    )


def check_launch(total_ms: float, launch_ms: float) -> RowWarning | None:
    """Whether the total of a loop is that of its launches: the rest is time of the host between them."""
    if abs(total_ms - launch_ms) <= _MATERIAL * total_ms:
        return None
    return RowWarning(
        "launch-differs",
        f"By the totals a launch takes {total_ms:.4g} ms, by bmrt_test's average over the launches {launch_ms:.4g} ms: "
        "the host spends the rest around them.",
        "Take the totals, as Sophon's tables do, or read compute_mean_ms for the time of the NPU alone.",
    )


def others_in_turn(net: str, turns: int) -> RowWarning:
    """Whether other nets or stages of the bmodel executed between the requests."""
    return RowWarning(
        "others-in-turn",
        f"The bmodel has {turns} nets and stages, which bmrt_test executed in turn; these figures are those of {net}, "
        "and between its requests there were others.",
        "Give --option net_idx=N and --option stage_idx=N, or put model_tool on PATH, by which clipperf finds them.",
    )


def batch_by_name(batch_size: int, name: str) -> RowWarning:
    """Whether the batch size had to be taken from the name of the file."""
    return RowWarning(
        "batch-by-name",
        f"What was printed does not tell the shapes; the batch size of {batch_size} is that of the name {name}.",
        "Keep the lines with the shapes of the net in the log.",
    )


def batch_unconfirmed(batch_size: int) -> RowWarning:
    """Whether the program told that it ran the batch size of the case."""
    return RowWarning(
        "batch-unconfirmed",
        f"This bmrt_test does not print the shapes of the net, so that the batch size of {batch_size} is what was "
        "asked for, and not read back.",
        "Make sure that the model was compiled for it; model_tool --info tells.",
    )


def priority_refused() -> RowWarning:
    """Whether bmrt_test got the priority that it asks for, which only root gets."""
    return RowWarning(
        "priority-refused",
        "bmrt_test wanted the highest priority of the host and did not get it, so that other programs delay it more.",
        "Run as root, or on a host that has nothing else to do.",
    )


def output_held() -> RowWarning:
    """Whether bmrt_test could be made to print line by line."""
    return RowWarning(
        "output-held",
        "stdbuf is not on PATH, and without it bmrt_test keeps what it prints until it ends: the log of a crash is "
        "lost, and whether several processes measured at the same time cannot be told.",
        "Install stdbuf, of GNU coreutils.",
    )


def runs_failed(words: str) -> RowWarning:
    """Whether the log holds runs that measured nothing besides those that are rows."""
    return RowWarning("log-has-errors", f"The log tells of errors as well: {words}", "Look at them in the log.")


def cut_off(told: int, loops: int) -> RowWarning:
    """Whether the log goes on with a measurement that did not come to its end."""
    return RowWarning(
        "log-cut-off",
        f"The log tells {told} of the {loops} loops that were asked for: the run did not end, or its log is cut.",
        "Look in the log for what ended it, and import the whole log once it is there.",
    )
