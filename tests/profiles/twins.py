"""The cases of a simulated twin, and what they come to on a host that loses no time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from clipperf.measure.percentile import nearest_rank
from clipperf.plan import Case, expand, option_sets
from clipperf.profile import make_profile, overridden, read_profile
from clipperf.runners.base import OpenSpec
from clipperf.runners.simulated import SimulatedRunner

VACC_RUNTIMES = {"vacc": "VastStreamX C++", "vacc-python": "VastStreamX Python"}
"""The published profilers of VACC by the name of their table."""

_MS = 1_000_000


@dataclass(frozen=True)
class VirtualRun:
    """The instants of every request in ns, in the order in which they were sent, those of the ramp-up left out."""

    begun_ns: np.ndarray
    ended_ns: np.ndarray
    batch_size: int

    @property
    def qps(self) -> float:
        """Samples a second from the first completion to the last."""
        return self.batch_size * (len(self.ended_ns) - 1) / (self.ended_ns[-1] - self.ended_ns[0]) * 1e9

    @property
    def latency_ms(self) -> dict[str, float]:
        """Mean and percentiles by the names of the published columns."""
        lengths = np.sort(self.ended_ns - self.begun_ns) / _MS
        shares = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
        return {"mean": float(lengths.mean()), **{name: nearest_rank(lengths, share) for name, share in shares.items()}}

    @property
    def in_flight(self) -> float:
        """Mean number of requests in flight, by Little's law."""
        return self.qps / self.batch_size * self.latency_ms["mean"] / 1e3


def twin_cases(profile: str, **given: Any) -> list[Case]:
    """The cases of a shipped profile with what flags override."""
    keys, _ = read_profile(profile)
    made = make_profile(overridden(keys, given), {})
    return expand(made, ["0"] * len(option_sets(made)), dict.fromkeys(made.model, "fp32"))


def virtual_run(case: Case, requests: int = 50) -> VirtualRun:
    """The case where every completion is answered at once by the next request."""
    options = dict(case.options)
    runner = SimulatedRunner()
    runner.check_options(options)
    spec = OpenSpec(case.model, "0", "fp32", "host", None, case.queue_depth, options)
    device = runner.open(spec).slots[0]._device
    free, begun, ended = [_MS] * case.queue_depth, [], []
    for _ in range(requests):
        slot = free.index(min(free))
        begun.append(free[slot])
        free[slot] = device.submit(free[slot], case.batch_size).done_ns
        ended.append(free[slot])
    ramp = 2 * case.queue_depth
    return VirtualRun(np.array(begun[ramp:]), np.array(ended[ramp:]), case.batch_size)
