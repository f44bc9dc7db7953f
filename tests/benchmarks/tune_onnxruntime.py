"""``clipperf tune`` against the whole grid on onnxruntime's processor, with ``tiny-vision``.

The search, then the whole grid by the default stop rule; the chosen point is looked up in the grid's own rows. The
truth is not known here: the best of the grid's rows was chosen for being the best of noisy figures.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from record import arguments, tell_lines

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

AXES = {"batch": [1, 2, 4, 8, 16, 32], "instances": [1, 2, 4], "option": {"intra_op_num_threads": [1, 2]}}


def measured(quick: bool) -> list[str]:
    """What the search took and how far its choice is from the grid's, in the rows of the grid."""
    axes = {"batch": [1, 4], "instances": [1, 2]} if quick else AXES
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
    if answer.chosen is None:
        return ["Nothing was chosen."]
    there = known[answer.chosen.case_id]
    assert there.estimate is not None
    behind = 1 - there.estimate.figure.value / best.estimate.figure.value
    share = answer.spent_s / spent_s(grid)
    return [
        f"{len(plan.cases)} points: {answer.measurements} measurements of {answer.spent_s:.0f} s against "
        f"{spent_s(grid):.0f} s of the grid, a share of {100 * share:.1f} %. In the grid's own rows the chosen point "
        f"has {100 * behind:.2f} % less qps than the best of them.",
    ]


def main() -> None:
    """``--quick`` looks at four points with short windows."""
    chosen = arguments(__doc__)
    tell_lines(__file__, __doc__, measured(chosen.quick), chosen.record)


if __name__ == "__main__":
    main()
