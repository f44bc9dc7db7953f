"""Why further copies of a model bring less than as many times the throughput: what two rows give as evidence.

Each reason is a function of the row of the fewest copies and of that of more copies, everything else equal; it gives
the reason with the figures that speak for it, or None. They are inferences: several may hold, and where none does,
nobody knows. In a closed loop a copy's qps is queue depth × batch ÷ mean latency (Little, 1961), so what a request
takes longer is exactly what is lost, and its parts can be held against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from clipperf.results.axes import Row
from clipperf.results.warning_cell import codes_in, warnings_in

FULL = 0.9
"""Of what there is; harness, monitors and the system take their part of a full host, and a full device has gaps."""

CHANGED = 0.05
"""Smaller changes are what runs differ by in clocks and times."""

_FULL_UTIL_PCT = 95.0
_WARMER_C = 5.0
_WITH_COPIES = ("host", "pipeline")
_HEAT = ("hot", "frequency-change")
_DISTURBED = ("host-busy", "steal", "throttled", "swap", "device-busy")

EVIDENCE = ("cpu_pct", "threads_ran", "cpu_mhz", "compute_mean_ms", "device_util_pct", "power_w", "temperature_c")
"""The columns that a reason is found by and that not every runner, host and device tells."""


@dataclass(frozen=True)
class Reason:
    """Its name, the evidence in a sentence, and what may help."""

    code: str
    sentence: str
    remedy: str


def reasons_for(one: Row, more: Row) -> tuple[Reason, ...]:
    """All reasons that the rows speak for; ``one`` is that of the fewest copies."""
    found = (reason(one, more) for reason in REASONS)
    return tuple(reason for reason in found if reason is not None)


def untold(one: Row, more: Row) -> list[str]:
    """The columns of evidence that not both rows have."""
    return [name for name in EVIDENCE if _both(one, more, name) is None]


def host_bound(one: Row, more: Row) -> Reason | None:
    """The processor is full, and has not grown with the copies, as a set of cores that are devices does."""
    busy, cores = _both(one, more, "cpu_pct"), _both(one, more, "cpu_cores")
    if busy is None or cores is None:
        return None
    if busy[1] < 100 * FULL * cores[1] or cores[1] >= cores[0] * _copies(more) / _copies(one):
        return None
    return Reason(
        "host-bound",
        f"{busy[1] / 100:.2f} of {cores[1]:.0f} cores are busy (with {_words(one)}: {busy[0] / 100:.2f}).",
        "Use fewer copies or larger batches, or a host with more cores.",
    )


def oversubscribed(one: Row, more: Row) -> Reason | None:
    """The copies have more threads together than there are cores."""
    threads, cores = _both(one, more, "threads_ran"), _both(one, more, "cpu_cores")
    if threads is None or cores is None:
        return None
    before, now = threads[0] * _copies(one), threads[1] * _copies(more)
    if now <= cores[1] or now / cores[1] <= before / cores[0]:
        return None
    return Reason(
        "oversubscribed",
        f"{now:.0f} threads share {cores[1]:.0f} cores (with {_words(one)}: {before:.0f} share {cores[0]:.0f}).",
        "Give each copy a part of the cores (--option intra_op_num_threads=… or the runner's own), or use fewer.",
    )


def device_full(one: Row, more: Row) -> Reason | None:
    """Instances on the same devices, which have no time left to execute more."""
    if more["devices"] != one["devices"]:
        return None
    util, share = _both(one, more, "device_util_pct"), _executing(one, more)
    if util is not None and util[1] >= _FULL_UTIL_PCT:
        evidence = f"Each device is busy {util[1]:.0f} % of the time (with {_words(one)}: {util[0]:.0f} %)."
    # Beyond 1 a device executes several at once, and nobody knows how many it could.
    elif util is None and share is not None and FULL <= share[1] <= 1 + CHANGED:
        evidence = (
            f"Each device executes {100 * share[1]:.0f} % of the time (with {_words(one)}: {100 * share[0]:.0f} %)."
        )
    else:
        return None
    return Reason("device-full", evidence, "More throughput takes larger batches or more devices, not more instances.")


def copies_grow(one: Row, more: Row) -> Reason | None:
    """What a request takes outside of the execution grew most, while the devices were not full."""
    latency, compute = _both(one, more, "latency_mean_ms"), _both(one, more, "compute_mean_ms")
    if latency is None or compute is None or more["scope"] not in _WITH_COPIES or device_full(one, more) is not None:
        return None
    outside = latency[0] - compute[0], latency[1] - compute[1]
    grown = latency[1] - latency[0]
    if grown <= CHANGED * latency[0] or outside[1] - outside[0] < grown / 2:
        return None
    return Reason(
        "copies",
        f"Outside of the execution a request takes {outside[1]:.3g} ms (with {_words(one)}: {outside[0]:.3g} ms), the "
        f"execution itself {compute[1]:.3g} ms ({compute[0]:.3g} ms): copies share a link, or wait for the host.",
        "See what is left without copies (--scope device-io where the runner has it), or use devices on links of "
        "their own.",
    )


def queue_starved(one: Row, more: Row) -> Reason | None:
    """Fewer requests were in flight than asked for, or the devices idle more than the fewest copies explain."""
    in_flight, util = _both(one, more, "in_flight_mean"), _both(one, more, "device_util_pct")
    if in_flight is not None:
        asked = _copies(one) * one["queue_depth"], _copies(more) * more["queue_depth"]
        share = in_flight[0] / asked[0], in_flight[1] / asked[1]
        if share[1] < min(1.0, share[0]) * (1 - CHANGED):
            return Reason(
                "queue-starved",
                f"On average {in_flight[1]:.3g} of {asked[1]} requests are in flight (with {_words(one)}: "
                f"{in_flight[0]:.3g} of {asked[0]}): slots wait to be given work.",
                "Raise --queue-depth, or see harness_ms: what issues the requests is late.",
            )
    if util is not None:
        # The same devices are used more by more copies, other devices each as much as the first.
        per_device = _copies(more) / more["devices"] * one["devices"] / _copies(one)
        expected = min(100.0, util[0] * per_device)
        if util[1] < 100 * FULL and util[1] < expected * FULL:
            return Reason(
                "queue-starved",
                f"The devices are busy {util[1]:.0f} % of the time, where {expected:.0f} % was to be expected of "
                f"{util[0]:.0f} % with {_words(one)}: they wait for work.",
                "Raise --queue-depth or the batch size, and look at the host's part of a request.",
            )
    return None


def clocks_down(one: Row, more: Row) -> Reason | None:
    """The same work is done more slowly: clock, heat, or a rate that falls while the temperature rises."""
    remedy = "Better cooling, or a fixed lower clock for both, so that copies are held against each other at one speed."
    clock, compute = _both(one, more, "cpu_mhz"), _both(one, more, "compute_mean_ms")
    heat, drift = _both(one, more, "temperature_c"), more.get("drift_pct")
    evidence = _new_warnings(one, more, _HEAT)
    if clock is not None and clock[1] < clock[0] * (1 - CHANGED):
        evidence.append(f"The processor's clock is {clock[1]:.0f} MHz (with {_words(one)}: {clock[0]:.0f} MHz).")
    if drift is not None and heat is not None and drift < -100 * CHANGED and heat[1] >= heat[0] + _WARMER_C:
        evidence.append(
            f"The rate fell by {-drift:.2g} % over the window, at up to {heat[1]:.0f} °C (with {_words(one)}: "
            f"{heat[0]:.0f} °C)."
        )
    # Devices of their own execute for one copy each: where that takes longer, they are slower.
    if compute is not None and more["devices"] > one["devices"] and compute[1] > compute[0] * (1 + CHANGED):
        evidence.append(
            f"The execution itself takes {compute[1]:.3g} ms on {more['devices']} devices (with {_words(one)}: "
            f"{compute[0]:.3g} ms), as where clocks go down."
        )
    return Reason("clocks-down", " ".join(evidence), remedy) if evidence else None


def power_cap(one: Row, more: Row) -> Reason | None:
    """Each of several devices takes less power while it is no less busy."""
    power, util = _both(one, more, "power_w"), _both(one, more, "device_util_pct")
    if power is None or util is None or more["devices"] <= one["devices"] or _shares_meter(one, more):
        return None
    each = power[0] / one["devices"], power[1] / more["devices"]
    if each[1] >= each[0] * FULL or util[1] < util[0] * (1 - CHANGED):
        return None
    return Reason(
        "power-cap",
        f"Each device takes {each[1]:.3g} W (with {_words(one)}: {each[0]:.3g} W) and is as busy: {util[1]:.0f} % "
        f"({util[0]:.0f} %).",
        "Look at the limit that the devices' board or chassis has for all of them.",
    )


def disturbed(one: Row, more: Row) -> Reason | None:
    """Something else took the machine while more copies were measured, which need more of it."""
    evidence = _warnings(more, _DISTURBED)
    if evidence and not _new_warnings(one, more, _DISTURBED):
        evidence.append(f"So it was with {_words(one)}.")
    return Reason("disturbed", " ".join(evidence), "Measure again on a quiet machine.") if evidence else None


REASONS: tuple[Callable[[Row, Row], Reason | None], ...] = (
    oversubscribed, host_bound, device_full, copies_grow, queue_starved, clocks_down, power_cap, disturbed,
)  # fmt: skip


def _both(one: Row, more: Row, name: str) -> tuple[float, float] | None:
    values = one.get(name), more.get(name)
    return None if values[0] is None or values[1] is None else (float(values[0]), float(values[1]))


def _copies(row: Row) -> int:
    return int(row["devices"] * row["instances"])


def _words(row: Row) -> str:
    counts = [(row["devices"], "device"), (row["instances"], "instance")]
    told = [f"{count} {word}" + ("s" if count > 1 else "") for count, word in counts if count > 1]
    return " × ".join(told) or "1"


def _executing(one: Row, more: Row) -> tuple[float, float] | None:
    """How many requests each device executes on average, by Little's law of the stage of execution."""
    compute, rate = _both(one, more, "compute_mean_ms"), _both(one, more, "requests_per_s")
    if compute is None or rate is None:
        return None
    return tuple(ms / 1e3 * per_s / row["devices"] for ms, per_s, row in zip(compute, rate, (one, more), strict=True))


def _new_warnings(one: Row, more: Row, codes: Collection[str]) -> list[str]:
    return _warnings(more, set(codes) - codes_in(one.get("warnings")))


def _warnings(row: Row, codes: Collection[str]) -> list[str]:
    return [warning["sentence"] for warning in warnings_in(row.get("warnings")) if warning["code"] in codes]


def _shares_meter(one: Row, more: Row) -> bool:
    return any("shared-meter" in codes_in(row.get("warnings")) for row in (one, more))
