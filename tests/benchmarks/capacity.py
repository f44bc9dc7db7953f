"""How near ``clipperf capacity`` comes to the exact answer on M/D/c devices, and how often it says "met" wrongly.

In virtual time, so the machine is of no account. Run by hand; it takes some minutes of one core. ``--record`` writes
capacity.md.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from capacity_study import DEVICES, SERVICE_MS, Device, search
from record import arguments, tell_lines

from clipperf.measure.stop_rule import StopRule
from clipperf.measure.warmup import AUTO_NS, AUTO_REQUESTS

WITHIN, ALLOWED = 0.01, 0.03
LONG = 600_000, 3
SHORT = (3_000, 60), (30_000, 20)
"""Requests of the longest window, and how many seeds."""

QUICK = 2_000, 1
PURPOSE = f"""\
The whole search of `clipperf capacity` in virtual time, on devices whose answer is known: Poisson arrivals to c servers
that take {SERVICE_MS:g} ms for every request (M/D/c). The truth is the rate at which Crommelin's distribution of the
wait puts the percentile on the limit. Every device is searched with several seeds of the arrivals; a window holds at
most the stated number of requests (at the true rate) after the shortest warm-up, and the search stops at a bracket of
{100 * WITHIN:g} %. An error is that of the highest rate met. It is below the truth by as much as the interval of the
percentile is wide, as "met" is said where its upper bound is within the limit."""


@dataclass(frozen=True)
class Found:
    """Of one device: the answers ÷ the truth − 1, NaN where no rate was met, and the measurements that each took."""

    device: Device
    errors: np.ndarray
    measurements: float


def found_of(device: Device, requests: int, seeds: int) -> Found:
    """The answers of so many searches whose windows hold at most that many requests."""
    truth = device.truth_per_s
    rule = StopRule(AUTO_REQUESTS, AUTO_NS, max_duration_ns=round(requests / truth * 1e9))
    answers = [search(device, rule, seed, WITHIN) for seed in range(seeds)]
    errors = [np.nan if one.met is None else one.met.rate / truth - 1 for one in answers]
    return Found(
        device, np.array(errors), float(np.mean([sum(trial.times for trial in one.trials) for one in answers]))
    )


def nearness(found: Sequence[Found], requests: int) -> list[str]:
    """The table of what long windows find; the demand is on the median."""
    lines = [
        f"## How near: windows of up to {requests:,} requests, {found[0].errors.size} seeds",
        "",
        f"The demand, fixed beforehand: the median is within ±{100 * ALLOWED:g} % of the truth.",
        "",
        "| servers | objective | true rate (requests/s) | load | error, median % | from % | to % | measurements |",
        "|--:|---|--:|--:|--:|--:|--:|--:|",
    ]
    for one in found:
        device, truth = one.device, one.device.truth_per_s
        load = truth * SERVICE_MS / 1e3 / device.servers
        told = [f"{100 * error:+.1f}" for error in (np.median(one.errors), one.errors.min(), one.errors.max())]
        cells = [device.servers, device.slo, f"{truth:.1f}", f"{load:.2f}", *told, f"{one.measurements:.0f}"]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return lines


def wrongly_met(found: Sequence[Found], requests: int) -> list[str]:
    """The table of how often short windows say "met" of a rate above the truth."""
    lines = [
        "",
        f"## How often wrong: windows of up to {requests:,} requests, {found[0].errors.size} seeds",
        "",
        "| servers | objective | no rate met % | error, median % | above the truth % | by over 1 % | by over 3 % |",
        "|--:|---|--:|--:|--:|--:|--:|",
    ]
    for one in found:
        none = np.isnan(one.errors)
        middle = "–" if none.all() else f"{100 * np.nanmedian(one.errors):+.1f}"
        shares = [f"{100 * float(np.mean(one.errors > least)):.0f}" for least in (0.0, 0.01, 0.03)]
        lines.append(
            f"| {one.device.servers} | {one.device.slo} | {100 * none.mean():.0f} | {middle} | {' | '.join(shares)} |"
        )
    together = np.concatenate([one.errors for one in found])
    shares = [f"{100 * float(np.mean(together > least)):.1f} %" for least in (0.0, 0.01, 0.03)]
    return [
        *lines,
        "",
        f"Of all searches, {shares[0]} are above the truth, {shares[1]} by over 1 %, {shares[2]} by over 3 %.",
    ]


def main() -> int:
    """Prints the tables; exit code 1 where a median is off by more than is allowed."""
    options = arguments("how near clipperf capacity comes to the exact answer")
    long, seeds = QUICK if options.quick else LONG
    devices = DEVICES[-1:] if options.quick else DEVICES
    near = [found_of(device, long, seeds) for device in devices]
    lines = nearness(near, long)
    for requests, seeds in [QUICK] if options.quick else SHORT:
        lines += wrongly_met([found_of(device, requests, seeds) for device in devices], requests)
    tell_lines(__file__, PURPOSE, lines, options.record)
    is_off = any(not abs(float(np.median(one.errors))) <= ALLOWED for one in near)
    return int(is_off and not options.quick)


if __name__ == "__main__":
    sys.exit(main())
