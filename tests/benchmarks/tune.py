"""``clipperf tune`` against whole grids: how far its choice is from the best, and what it spends of the grid's time.

First on the twenty simulated devices of tests/tune_devices.py, whose true figures are known, in virtual time and with
several seeds; then on onnxruntime's processor. "regret" is how far the true figure of the chosen point is from the true
best, "share" what the search with its second measurements took of the device's time that the grid takes by the default
stop rule. Goals: regret ≤ 2 % and share ≤ 25 % on every device.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median

from record import arguments, tell_lines

sys.path.insert(0, str(Path(__file__).parents[1]))

from tune_devices import DEVICES
from tune_study import Found, study, study_goals

from clipperf.analysis.cost import spent_s
from clipperf.analysis.goal import Goal, ranked_by, standings
from clipperf.analysis.quantity import QUANTITIES
from clipperf.profile import make_profile
from clipperf.results.folder import RESULTS
from clipperf.results.frame import read_rows, records
from clipperf.search.tune import start_tune
from clipperf.search.tune_wanted import make_wanted
from clipperf.sweeping.display import Silent
from clipperf.sweeping.planning import make_plan
from clipperf.sweeping.run import start_sweep

SEEDS = 10
REAL = {"batch": [1, 2, 4, 8, 16, 32], "instances": [1, 2, 4], "option": {"intra_op_num_threads": [1, 2]}}


def simulated(seeds: int, devices: int) -> list[str]:
    """A table for each goal."""
    lines = []
    with ProcessPoolExecutor() as cores:
        for title, place in (("Most qps", 0), ("Most qps under a limit of p99", 1), ("Least p99", 2)):
            goals = [study_goals(device)[place] for device in DEVICES[:devices]]
            found = list(cores.map(study, range(devices), [place] * devices, [seeds] * devices))
            lines += [f"## {title}, {seeds} seeds a device", "", *_table(found, [str(goal) for goal in goals]), ""]
    return lines


def _table(found: Sequence[Found], goals: Sequence[str]) -> list[str]:
    lines = [
        "| device | points | sought | grid | regret: median | worst | share: median | worst | the grid's worst |",
        "|---|--:|---|--:|--:|--:|--:|--:|--:|",
    ]
    for device, one, goal in zip(DEVICES, found, goals, strict=False):
        cells = [median(one.regrets), max(one.regrets), median(one.shares), max(one.shares), max(one.of_grid)]
        told = " | ".join(f"{100 * cell:.2f} %" for cell in cells)
        lines.append(f"| {device.name} | {len(device.cases)} | {goal} | {one.grid_s:.0f} s | {told} |")
    regrets, shares = ([value for one in found for value in values] for values in zip_all(found))
    within = sum(max(one.regrets) <= 0.02 and max(one.shares) <= 0.25 for one in found)
    lines += [
        "",
        f"All searches: regret median {100 * median(regrets):.2f} %, worst {100 * max(regrets):.2f} %; share median "
        f"{100 * median(shares):.1f} %, worst {100 * max(shares):.1f} %. Every seed within both goals on {within} of "
        f"{len(found)} devices.",
    ]
    return lines


def zip_all(found: Sequence[Found]) -> tuple[list[Sequence[float]], list[Sequence[float]]]:
    """The regrets and the shares of every device."""
    return [one.regrets for one in found], [one.shares for one in found]


def real(quick: bool) -> list[str]:
    """``tiny-vision`` on onnxruntime: a search, the whole grid, and both choices again in the grid's rows."""
    axes = {"batch": [1, 4], "instances": [1, 2]} if quick else REAL
    length = {"iterations": 30, "warmup": "2"} if quick else {}
    keys = {"model": "tiny-vision", "runner": "onnxruntime", "control": False, **axes, **length}
    plan = make_plan(make_profile(keys, {}))
    goal = Goal(QUANTITIES["qps"])
    with tempfile.TemporaryDirectory() as folder:
        _, answer = start_tune(plan, make_wanted("qps", (), None, 3), Path(folder, "tune"), Silent())
        grid = records(read_rows(start_sweep(plan, Path(folder, "grid"), Silent()) / RESULTS))
    known = standings(goal, grid)
    best = ranked_by(known)[0]
    assert best.estimate is not None
    lines = ["## onnxruntime, tiny-vision, most qps", ""]
    if answer.chosen is None:
        return [*lines, "Nothing was chosen."]
    there = known[answer.chosen.case_id]
    assert there.estimate is not None
    behind = 1 - there.estimate.figure.value / best.estimate.figure.value
    share = answer.spent_s / spent_s(grid)
    return [
        *lines,
        f"{len(plan.cases)} points: {answer.measurements} measurements of {answer.spent_s:.0f} s against "
        f"{spent_s(grid):.0f} s of the grid, a share of {100 * share:.1f} %. In the grid's own rows the chosen point "
        f"has {100 * behind:.2f} % less qps than the best of them, which was chosen for being the best of noisy figures.",
    ]


def main() -> None:
    """``--quick`` looks at one device with one seed and at four points of the real one."""
    chosen = arguments(__doc__)
    seeds, devices = (1, 1) if chosen.quick else (SEEDS, len(DEVICES))
    tell_lines(__file__, __doc__, [*simulated(seeds, devices), *real(chosen.quick)], chosen.record)


if __name__ == "__main__":
    main()
