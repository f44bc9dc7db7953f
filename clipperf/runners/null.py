"""A device that answers at once, so that what is measured is the harness itself."""

from __future__ import annotations

from typing import Mapping

import numpy as np

from clipperf.runners.base import Abilities, Instance, OpenSpec, Probe, Ran, Runner, Signature, Slot, Tensor


class NullSlot(Slot):
    """Does nothing, as fast as Python can."""

    def __init__(self) -> None:
        self._batch_size = 1

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """Keeps the batch size."""
        self._batch_size = len(inputs["input"])

    def run(self) -> None:
        """Returns."""

    def outputs(self) -> dict[str, np.ndarray]:
        """Two different numbers a sample, so that the answer is not constant."""
        return {"output": np.arange(2 * self._batch_size, dtype=np.float32).reshape(-1, 2)}


class NullInstance(Instance):
    """Holds ``slots`` null slots."""

    signature = Signature((Tensor("input", "float32", (None, 1)),), (Tensor("output", "float32", (None, 2)),))
    ran = Ran(provider="null", precision="fp32")

    def __init__(self, slots: int) -> None:
        self.slots = tuple(NullSlot() for _ in range(slots))

    def close(self) -> None:
        """Has nothing to give back."""


class NullRunner(Runner):
    """Any number of devices and any model name; no file is read."""

    def probe(self) -> Probe:
        """Always here."""
        return Probe(version="1", devices=(), default_device="0")

    def abilities(self, model: str) -> Abilities:
        """Everything in fp32 at host scope; it holds the GIL only as long as a Python call takes."""
        return Abilities(frozenset({"host"}), frozenset({"fp32"}), True, True, True)

    def open(self, spec: OpenSpec) -> NullInstance:
        """A copy of nothing."""
        return NullInstance(spec.slots)
