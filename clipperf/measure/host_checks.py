"""Checks of the host during a window: what else it did, and what it withheld. Each gives a warning or None.

All take plain numbers, None where the host does not tell, which is never a warning. Shares are 0 to 1. What was counted
in ticks comes with its ``resolution_share``, and must exceed the threshold by more than that: in a window of 50 ms a
single tick is a fifth of a core.
"""

from __future__ import annotations

from clipperf.measure.row_warning import RowWarning

OTHER_SHARE = 0.05
"""The services of a host at rest take under 1 %; 5 % can cost as much of qps, five times the ±1 % asked of it."""

STEAL_SHARE = 0.01
"""What is stolen is missing in qps one to one, and comes in pieces of several ms, which is where p99 is."""

FREQUENCY_CHANGE = 0.05
"""Compute-bound work follows the clock one to one; below 5 % lies the jitter of the meter itself."""

MARGIN_C = 5.0
"""Processors begin to lower their clock within a few degrees below the limit that their sensor names."""

MONITOR_SHARE = 0.01
"""Of one core: what the watching takes must stay within the ±1 % asked of qps even on a host of one core."""

DENORMAL_SHARE = 0.001
"""A denormal operand can cost some 150 cycles (Fog, Optimizing software in C++): a thousandth adds a tenth."""


def check_others(other_share: float | None, resolution_share: float, cores: int) -> RowWarning | None:
    """Whether programs that are neither measured nor measuring worked on the ``cores`` that the devices use."""
    if other_share is None or other_share <= OTHER_SHARE + resolution_share:
        return None
    return RowWarning(
        "host-busy",
        f"Other programs took {100 * other_share:.1f} % of the {_count(cores, 'core')} in use during the window.",
        "End them, or measure on cores that they leave alone (--device, taskset), then run again.",
    )


def check_steal(steal_share: float | None, resolution_share: float) -> RowWarning | None:
    """Whether the hypervisor gave this machine's cores to others."""
    if steal_share is None or steal_share <= STEAL_SHARE + resolution_share:
        return None
    return RowWarning(
        "steal",
        f"The hypervisor took {100 * steal_share:.1f} % of the processor time away from this virtual machine.",
        "Measure on a machine with dedicated cores, or again when its neighbours are quiet.",
    )


def check_throttling(throttled_periods: int | None, throttled_s: float | None) -> RowWarning | None:
    """Whether a container's quota stopped the processes in the window."""
    if not throttled_periods:
        return None
    times = "once" if throttled_periods == 1 else f"{throttled_periods} times"
    return RowWarning(
        "throttled",
        f"The container's processor quota was used up {times}; all threads stood still for {throttled_s or 0.0:.3g} s.",
        "Raise the quota (docker --cpus, Kubernetes limits.cpu) or use fewer threads than it has cores.",
    )


def check_frequency(lowest_mhz: float | None, highest_mhz: float | None) -> RowWarning | None:
    """Whether the clock of the fastest core in use moved by more than 5 % of its highest value."""
    if not lowest_mhz or not highest_mhz or 1 - lowest_mhz / highest_mhz <= FREQUENCY_CHANGE:
        return None
    return RowWarning(
        "frequency-change",
        f"The processor's clock went between {lowest_mhz:.0f} and {highest_mhz:.0f} MHz in the window.",
        "Fix it: cpupower frequency-set -g performance, turbo off, and enough cooling; or warm up for longer.",
    )


def check_threads(threads_per_instance: int | None, instances: int, cores: int | None) -> RowWarning | None:
    """Whether the instances of a device have more threads together than the device has ``cores``."""
    if threads_per_instance is None or cores is None or threads_per_instance * instances <= cores:
        return None
    return RowWarning(
        "oversubscribed",
        f"{threads_per_instance * instances} threads ({_count(instances, 'instance')} × {threads_per_instance}) share "
        f"{_count(cores, 'core')} and wait for each other.",
        f"Give each instance {_count(max(1, cores // instances), 'thread')} (--option intra_op_num_threads=… or the "
        "runner's own), or use fewer instances.",
    )


def check_quota(quota_cores: float | None, cores: int | None) -> RowWarning | None:
    """Whether the container may use less processor time than the devices' ``cores`` have; None where they are none."""
    if quota_cores is None or cores is None or quota_cores >= cores:
        return None
    return RowWarning(
        "cpu-quota",
        f"The container may use {quota_cores:g} cores' worth of time, the devices have {_count(cores, 'core')}: "
        "under load they are stopped in every period.",
        f"Raise the quota to {cores} cores, or give the devices no more than {max(1, int(quota_cores))} (--device).",
    )


def check_swap(swapped_in_pages: int | None, swapped_out_pages: int | None) -> RowWarning | None:
    """Whether the host moved memory to or from disk in the window."""
    swapped_in, swapped_out = swapped_in_pages or 0, swapped_out_pages or 0
    if swapped_in + swapped_out == 0:
        return None
    return RowWarning(
        "swap",
        f"{_count(swapped_in, 'page')} came back from swap and {swapped_out} went there during the window.",
        "Free memory, use a smaller batch or fewer instances, or turn swap off (swapoff -a).",
    )


def check_heat(
    temperature_c: float | None, margin_c: float | None, thermal_throttles: int | None = None
) -> RowWarning | None:
    """Whether heat slowed the processor, or a sensor came within 5 °C of the limit that it has of its own."""
    is_near = temperature_c is not None and margin_c is not None and margin_c < MARGIN_C
    if not thermal_throttles and not is_near:
        return None
    if thermal_throttles:
        found = f"Heat slowed the processor {'once' if thermal_throttles == 1 else f'{thermal_throttles} times'}"
        found += "" if temperature_c is None else f", at up to {temperature_c:.0f} °C"
    else:
        found = f"The processor reached {temperature_c:.0f} °C, {margin_c:.0f} °C from its sensor's own limit"
    return RowWarning(
        "hot",
        f"{found}.",
        "Better cooling, or a lower fixed clock that the cooling can hold; let it cool before the next run.",
    )


def check_monitor_cost(own_cost_share: float | None) -> RowWarning | None:
    """Whether watching the host took more than 1 % of a core, or watching the devices more than 5 %."""
    if own_cost_share is None or own_cost_share <= MONITOR_SHARE:
        return None
    return RowWarning(
        "monitor-cost",
        f"Watching the host took {100 * own_cost_share:.1f} % of one core during the window.",
        "Keep a core free for clipperf: give the devices one core fewer (--device).",
    )


def check_denormals(denormal_share: float | None) -> RowWarning | None:
    """Whether so many input values are denormal that arithmetic itself becomes slow."""
    if denormal_share is None or denormal_share <= DENORMAL_SHARE:
        return None
    return RowWarning(
        "denormal-inputs",
        f"{100 * denormal_share:.2g} % of the input values are denormal, which many processors compute far slower.",
        "Scale the inputs as the model expects them, or set such values to 0.",
    )


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
