"""``clipperf tune`` against whole grids: how far its choice is from the best, and what it spends of the grid's time.

On the simulated devices of tests/tune_devices.py, whose true figures are known, in virtual time (tune_onnxruntime.py
does it on a real processor). Of the simulated devices twenty were looked at while the search was made and four were
not; the seeds are others than those it was made with. "regret" is how far the true figure of the chosen point is from
the true best, "share" what the search with its second measurements took of the device's time that the grid takes by
the default stop rule. Under a limit of p99 the grid takes at least 400 requests of every point, since with fewer no
row shows a p99 to be within it; the best is then that of the points that most grids show to hold the limit, the
number of which is "shown": where it is 0 the grid has no answer either. "of the truth" is the worst regret against
all points that hold the limit in truth. Goals: regret ≤ 2 % and share ≤ 25 % on every device.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from record import arguments, tell_lines

sys.path.insert(0, str(Path(__file__).parents[1]))

from tune_devices import DEVICES, HELD_OUT, Device
from tune_study import Found, study, study_goals

SEEDS = range(8000, 8010)


def simulated(seeds: Sequence[int], devices: Sequence[Device]) -> list[str]:
    """A table for each goal."""
    lines = []
    for title, place in (("Most qps", 0), ("Most qps under a limit of p99", 1), ("Least p99", 2)):
        goals = [str(study_goals(device)[place]) for device in devices]
        found = [study(device, place, seeds) for device in devices]
        lines += [f"## {title}, seeds {seeds[0]} to {seeds[-1]}", "", *_table(devices, found, goals), ""]
    return lines


def _table(devices: Sequence[Device], found: Sequence[Found], goals: Sequence[str]) -> list[str]:
    lines = [
        "| device | points | sought | shown | grid | regret: median | worst | of the truth | share: median | worst "
        "| grid's regret |",
        "|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for device, one, goal in zip(devices, found, goals, strict=True):
        cells = [
            median(one.regrets),
            max(one.regrets),
            max(one.of_truth),
            median(one.shares),
            max(one.shares),
            max(one.of_grid),
        ]
        told = " | ".join(f"{100 * cell:.1f} %" for cell in cells)
        name = f"{device.name} (held out)" if device in HELD_OUT else device.name
        lines.append(f"| {name} | {len(device.cases)} | {goal} | {one.shown} | {one.grid_s:.0f} s | {told} |")
    regrets, shares = (
        [value for one in found for value in one.regrets],
        [share for one in found for share in one.shares],
    )
    near = sum(value <= 0.02 for value in regrets)
    within = sum(max(one.regrets) <= 0.02 and max(one.shares) <= 0.25 for one in found)
    lines += [
        "",
        f"All {len(regrets)} searches: {near} with a regret of 2 % at most, the worst {100 * max(regrets):.1f} %; "
        f"share median {100 * median(shares):.1f} %, worst {100 * max(shares):.1f} %. Every seed within both goals on "
        f"{within} of {len(found)} devices.",
    ]
    return lines


def main() -> None:
    """``--quick`` looks at one device with one seed."""
    chosen = arguments(__doc__)
    seeds, devices = (SEEDS[:1], DEVICES[:1]) if chosen.quick else (SEEDS, (*DEVICES, *HELD_OUT))
    tell_lines(__file__, __doc__, simulated(seeds, devices), chosen.record)


if __name__ == "__main__":
    main()
