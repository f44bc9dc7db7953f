"""The grid of ``clipperf tune`` where no axes are given: that of ``modes`` with every doubling of the batch."""

from __future__ import annotations

from clipperf.profile import Profile
from clipperf.search.default_grid import Grid, default_grid
from clipperf.sweeping.preflight import RunnerFacts

_BATCHES = [1, 2, 4, 8, 16, 32, 64]


def tune_grid(profile: Profile, facts: RunnerFacts) -> Grid:
    """The axes for a runner that is known; ``profile`` is that of the user, ``facts`` are of its runner."""
    found = default_grid(profile, facts)
    shown = ",".join(map(str, found.keys["batch"]))
    why = found.why.replace(f"batch {shown}", f"batch {','.join(map(str, _BATCHES))}", 1)
    return Grid({**found.keys, "batch": _BATCHES}, why)
