"""How often a night's verdict is a false alarm, and how soon it finds a step, over years of nights of known truth.

Families of 200 series are judged together every night of a year. Every series has normal noise, isolated bad nights
(0.5 % of all, 5 to 30 % slower), missing nights (3 %) and other circumstances twice a year, with another speed after
each. In the first table nothing changes for the worse besides. In the second every fourth series has one step; found
means a **regression**, which takes three nights. The demands: fewer than 1 false alarm in 100 series-years; fewer than
1 % of the bad nights in a false alarm; 98 % of the steps of 5 % at a noise of 1 % within three nights.

Run by hand; it takes a quarter of an hour of two cores. ``--record`` writes nightly_verdicts.md.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from record import arguments, tell_lines

sys.path.insert(0, str(Path(__file__).parents[1]))

from nights_study import NIGHTS, NOISES, STEPS, Found, study

SERIES = 200
QUIET_FAMILIES, STEP_FAMILIES = 5, 3
WITHIN = (2, 3, 4, 5, 10)


def families(count: int, series: int, with_steps: float, nights: int) -> Found:
    """All of them, on every core."""
    total = Found()
    with ProcessPoolExecutor() as pool:
        for found in pool.map(partial(study, 1, series, with_steps=with_steps, nights=nights), range(count)):
            total.add(found)
    return total


def quiet_table(found: Found) -> list[str]:
    """False alarms and suspicions where nothing got worse."""
    return [
        "| series-years | false alarms | in 100 series-years | bad nights | in a false alarm | good nights suspected |",
        "|--:|--:|--:|--:|--:|--:|",
        f"| {found.years} | {found.false} | {100 * found.false / found.years:.2f} | {found.bad} | "
        f"{100 * found.bad_flagged / max(1, found.bad):.2f} % | {100 * found.suspicions / found.nights:.3f} % |",
    ]


def step_table(found: Found) -> list[str]:
    """The share of steps found within so many nights that were measured."""
    lines = [
        f"| noise | step | steps | {' | '.join(f'within {nights} nights' for nights in WITHIN)} |",
        f"|--:|--:|--:|{'--:|' * len(WITHIN)}",
    ]
    for noise in NOISES:
        for step in STEPS:
            count = found.steps[noise, step]
            if count:
                shares = [f"{100 * found.share_within(noise, step, nights):.1f} %" for nights in WITHIN]
                lines.append(f"| {100 * noise:g} % | {100 * step:g} % | {count} | {' | '.join(shares)} |")
    return lines


def main() -> None:
    """Both tables."""
    options = arguments(__doc__)
    series, nights = (4, 60) if options.quick else (SERIES, NIGHTS)
    quiet = families(1 if options.quick else QUIET_FAMILIES, series, 0.0, nights)
    steps = families(1 if options.quick else STEP_FAMILIES, series, 0.25, nights)
    tell_lines(__file__, __doc__, [*quiet_table(quiet), "", *step_table(steps)], options.record)


if __name__ == "__main__":
    main()
