"""How often the nominal 95 % intervals hold the truth under the stop rule, in virtual runs of known noise.

Run by hand; it takes several minutes of one core. ``--record`` writes coverage.md.
"""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from coverage_study import FIGURES, LOWEST, MARGIN, Coverage, study
from noises import HARDER, NOISES
from record import arguments

SEED = 1
RUNS, QUICK_RUNS = 2000, 4
MACHINE = f"{os.cpu_count()}-core AMD EPYC VM"

PREFACE = f"""\
# coverage

Share of virtual runs whose nominal 95 % interval holds the truth, *under the default stop rule*: a closed loop of one
slot, service times of 10 ms on average, automatic warm-up, ±1 % of qps asked for, at least 100 requests and 1 s, at
most 30 s. The truth is the noise's own mean and percentiles. In brackets: what exact binomial ranks hold for as many
independent requests as the window is worth, which is over 95 % because ranks are whole numbers.

The limits, fixed beforehand: at least {100 * LOWEST:g} %, and at most the number in brackets plus {100 * MARGIN:g}
points. Where p99 has no upper bound (the last column but one says how often it has one) its interval is half open, and
both numbers count the half-open one. Inconclusive runs reached 30 s before ±1 %; they count like all others. The last
two noises are harder than what the limits are for.
"""
HEAD = (
    *("noise", "requests, median (5–95 %)", *FIGURES),
    *("inconclusive %", "called not steady %", "p99 bounded %", "outside the limits"),
)


def row(found: Coverage) -> str:
    """The line of a Markdown table."""
    cells = [f"{100 * found.held[figure]:.1f} ({100 * found.exact[figure]:.1f})" for figure in FIGURES]
    requests = f"{found.requests[1]} ({found.requests[0]}–{found.requests[2]})"
    shares = [f"{100 * share:.1f}" for share in (found.inconclusive, found.unsteady, found.bounded["p99"])]
    return f"| {found.noise} | {requests} | {' | '.join(cells)} | {' | '.join(shares)} | {', '.join(found.fails())} |"


def main() -> int:
    """Prints the table; exit code 1 where a noise that the limits are for is outside them."""
    options = arguments("how often the nominal 95 % intervals hold the truth")
    runs = QUICK_RUNS if options.quick else RUNS
    print(PREFACE)
    lines = [
        f"- date: {datetime.now(UTC):%Y-%m-%d}",
        f"- machine: {MACHINE}, Python {platform.python_version()}, numpy {np.__version__}",
        f"- command: `python tests/benchmarks/coverage.py --record`, {runs} runs a noise, seed {SEED}",
        "",
        f"| {' | '.join(HEAD)} |",
        f"|---|---|{'--:|' * (len(HEAD) - 3)}---|",
    ]
    print("\n".join(lines), flush=True)
    failed = False
    for noise in (*NOISES, *HARDER):
        found = study(noise, runs, SEED)
        failed |= noise in NOISES and bool(found.fails())
        lines.append(row(found))
        print(lines[-1], flush=True)
    if options.record:
        Path(__file__).with_suffix(".md").write_text("\n".join([PREFACE, *lines, ""]), encoding="utf-8")
    return int(failed and not options.quick)


if __name__ == "__main__":
    sys.exit(main())
