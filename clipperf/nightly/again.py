"""A build before this one, measured tonight in turn with it: whether the machine is slow, or what was built."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clipperf.analysis.compare import compare_in_turn
from clipperf.analysis.compare_case import Question
from clipperf.analysis.compare_folder import sides_of
from clipperf.analysis.compare_verdict import SAME, SLOWER, Metric
from clipperf.errors import ClipperfError
from clipperf.profile import Profile, make_profile
from clipperf.results.axes import options_of
from clipperf.results.folder import PROFILE
from clipperf.sweeping.display import Display
from clipperf.sweeping.interleaved import resume_in_turn, start_in_turn
from clipperf.sweeping.sides import make_sides

PAIRS = 4
_SECONDS = 5.0


def measure_again(
    axes: Mapping[str, Any],
    metric: Metric,
    before: str,
    profile: Profile,
    folder: Path,
    threshold: float,
    display: Display,
) -> str:
    """What to say of a series measured in turn with the Python of an earlier build, ``before``, and that of tonight.

    ``axes`` are the series', ``profile`` the one it was measured by. What keeps it from being measured is told in its
    place.
    """
    display.note(f"Measuring {axes['model']}, batch {axes['batch_size']}, in turn with {before}")
    try:
        if (folder / PROFILE).is_file():
            resume_in_turn(folder, display)
        else:
            tonight = _one_case(axes, profile)
            earlier = tonight.model_copy(update={"worker_python": before})
            start_in_turn(make_sides(earlier, tonight), PAIRS, folder, display)
        comparison = compare_in_turn(*sides_of(folder), Question((metric,), threshold))
    except (ClipperfError, OSError) as problem:
        return f"The earlier build could not be measured: {str(problem).splitlines()[0]}"
    (outcome,) = comparison.outcomes(metric)
    if outcome.ratio is None:
        return "The earlier build gave no figure tonight."
    told = f"{math.exp(outcome.ratio.middle):.3f} of its {metric.heading}"
    if outcome.verdict == SLOWER:
        return f"In turn tonight this build has {told} as the earlier one: what was built is slower."
    if outcome.verdict == SAME:
        return f"In turn tonight this build has {told} as the earlier one: what was built is as fast as before."
    return f"In turn tonight this build has {told} as the earlier one, which decides nothing."


def _one_case(axes: Mapping[str, Any], profile: Profile) -> Profile:
    """The profile with no axis left but those of the series."""
    keys = {name: [axes[name]] for name in ("model", "precision", "instances", "queue_depth", "device")}
    options = {key: [value] for key, value in options_of(axes).items() if key in profile.option}
    own = {"batch": [axes["batch_size"]], "option": options, "where": None, "repeat": 1, "control": False}
    rate = {} if axes["offered_rate"] is None else {"rate": [axes["offered_rate"]]}
    fixed = {} if profile.iterations else {"duration": _SECONDS}
    return make_profile({**profile.model_dump(exclude_none=True), **keys, **own, **rate, **fixed}, {})
