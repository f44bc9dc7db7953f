"""The simulated device with a monitor beside it; workers reach them as ``watched_runners:NAME``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from clipperf.runners.base import Option, Probe
from clipperf.runners.simulated import SimulatedRunner


class OfNpuSmi(SimulatedRunner):
    """Says that npu-smi knows its devices."""

    monitor = "npu_smi"

    def probe(self) -> Probe:
        """As the simulated device, with the name of the monitor."""
        return replace(super().probe(), monitor=self.monitor)

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Takes anything."""


class OfCnmon(OfNpuSmi):
    """Says that cnmon knows its devices."""

    monitor = "cnmon"


class OfNobody(OfNpuSmi):
    """Names a monitor that there is not."""

    monitor = "mlu_top"
