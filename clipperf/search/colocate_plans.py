"""What to measure of a tower on a shared device: its chosen configuration at the rate that the device then gets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from clipperf.analysis.provision import Proposal
from clipperf.errors import UsageError
from clipperf.profile import Profile, make_profile, read_profile
from clipperf.results.axes import options_of
from clipperf.results.folder import PROFILE
from clipperf.sweeping.planning import Plan, make_plan

_OURSELVES = "clipperf"
_KEPT = ("shape", "input", "worker_python", "seed", "case_timeout", "warmup")
"""Keys of the profile of a curve that its rows do not hold."""

_WARMUP = "2s"
"""Where the profile has no time: windows of towers that warm up until each is steady would not fall together."""


def plan_of(rows: Path, chosen: Proposal, rate: float, duration_s: float) -> Plan:
    """The plan of one case: the configuration with so many requests a second arriving, for so long.

    ``rows`` is where the curve came from: of a run folder what rows do not hold is taken from its profile. Raises
    UsageError where a vendor's program holds the clock, as it makes the load itself.
    """
    row = chosen.configuration.block.row
    if row["measured_by"] != _OURSELVES:
        raise UsageError(
            f"--colocate: {row['model']} was measured by {row['measured_by']}, which makes the load itself, so that "
            "nothing can be measured beside it; measure the curves with a runner in process."
        )
    stored = _stored(rows)
    warmup = str(stored.pop("warmup", ""))
    keys: dict[str, Any] = {
        **stored,
        "model": [row["model"]],
        "runner": row["runner"],
        "precision": [row["precision"]] if row["precision"] else [],
        "batch": [row["batch_size"]],
        "instances": [row["instances"]],
        "queue_depth": [row["queue_depth"]],
        "device": [row["device"]],
        "scope": row["scope"],
        "option": {key: [value] for key, value in options_of(row).items()},
        "rate": [rate],
        "duration": duration_s,
        "warmup": warmup if warmup.endswith("s") else _WARMUP,
        "control": False,
    }
    return make_plan(make_profile(keys, {key: f"{rows}, {key}" for key in keys}))


def _stored(rows: Path) -> dict[str, Any]:
    """Those keys of the profile that a run folder was begun with, also where it holds more than a profile."""
    if not (rows / PROFILE).is_file():
        return {}
    stored, _ = read_profile(str(rows / PROFILE))
    profile = stored.get("profile", stored)
    known = Profile.model_fields.keys() & profile.keys() if isinstance(profile, dict) else ()
    return {key: profile[key] for key in _KEPT if key in known}
