"""From the row of a chosen configuration to the case that is measured beside another tower."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from provisioning import chosen, made

from clipperf.errors import UsageError
from clipperf.results.folder import PROFILE
from clipperf.search.colocate_plans import plan_of

ROW = made(
    "any", 8, 4.0, runner="simulated", device="0", options='{"execute_ms": "1:2/8:4", "seed": 3}',
    queue_depth=2, instances=3, case_id="any",
)  # fmt: skip


def test_a_row_gives_the_axes_and_the_profile_of_its_folder_the_rest(tmp_path: Path):
    stored = {"seed": 7, "case_timeout": 9.0, "warmup": "50ms", "batch": [1, 2], "rate": [5.0], "iterations": 400}
    # As clipperf sweep leaves it, and as those that store more than a profile.
    for whole in (stored, {"modes": {"pairs": 2}, "profile": stored}):
        (tmp_path / PROFILE).write_text(yaml.safe_dump(whole))
        plan = plan_of(tmp_path, chosen([ROW], 10.0), 12.5, 4.0)
        (case,) = plan.cases
        assert (case.model, case.batch_size, case.instances, case.queue_depth) == ("any", 8, 3, 2)
        assert (case.loop, case.arrival, case.offered_rate) == ("open", "poisson", 12.5)
        assert dict(case.options) == {"execute_ms": "1:2/8:4", "seed": 3}
        assert (plan.profile.seed, plan.profile.case_timeout, plan.profile.warmup) == (7, 9.0, "50ms")
        assert (plan.profile.duration, plan.profile.iterations) == (4.0, None)


@pytest.mark.parametrize("warmup", [None, "auto", "12"])
def test_both_towers_warm_up_for_the_same_time(tmp_path: Path, warmup: str | None):
    if warmup is not None:
        (tmp_path / PROFILE).write_text(yaml.safe_dump({"warmup": warmup}))
    assert plan_of(tmp_path, chosen([ROW], 10.0), 12.5, 4.0).profile.warmup == "2s"


def test_nothing_is_measured_beside_a_program_that_makes_its_own_load(tmp_path: Path):
    told = chosen([{**ROW, "measured_by": "ais_bench 0.0.2"}], 10.0)
    with pytest.raises(UsageError, match=r"any was measured by ais_bench 0\.0\.2, which makes the load itself"):
        plan_of(tmp_path, told, 12.5, 4.0)
