"""The contract of a back end: one runtime, its loaded copies of a model, and their buffer sets.

A runner holds no clock, prints nothing, retries nothing and reads no configuration. Its module imports its SDK inside
methods only, since the table of runners must list it on machines that lack the SDK, and since the processor affinity
of a worker is set before the SDK is imported. What it cannot do it refuses with ``Unsupported``, never measures
something else instead. To add a back end, read this file and ``simulated.py`` and add one line to ``__init__.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

import numpy as np

from clipperf.errors import Unsupported

ANY_ENDING = "*"
"""A model format for SDKs whose files may be called anything."""

FILE_PREFIX = "*.*"
"""A model format for SDKs whose models are several files that begin alike: the path is that of all, without endings."""

Option = Any  # str, int or float: what a value of --option was read as


@dataclass(frozen=True)
class OpenSpec:
    """Everything that ``Runner.open`` receives; a worker is reused for as long as it stays the same.

    ``batch_size`` is None where the model's batch is dynamic: ``Slot.load`` brings the size. ``model`` is a path, or
    the plain name where the runner reads no file. ``precision`` is "" for whatever a compiled file has. ``slots`` is
    the queue depth.
    """

    model: str
    device: str
    precision: str
    scope: str
    batch_size: int | None
    slots: int
    options: Mapping[str, Option] = field(default_factory=dict)


@dataclass(frozen=True)
class Probe:
    """What was found here: the receipt that the back end works, without which nothing is measured.

    ``devices`` are the ids that exist, ``default_device`` the one to take when none is asked for; ``model_formats``
    the file endings that ``open`` reads (or ``ANY_ENDING`` or ``FILE_PREFIX``), empty where no file is needed. Models
    of the catalogue are built as the first of them, where that is .onnx or .pt (TorchScript).
    ``libraries`` go to environment.json. ``monitor`` names the monitor of these devices, in ``clipperf.monitors`` or by
    dotted path; it is empty where none knows them.
    """

    version: str
    devices: tuple[str, ...]
    default_device: str
    driver_version: str = ""
    model_formats: tuple[str, ...] = ()
    libraries: Mapping[str, str] = field(default_factory=dict)
    monitor: str = ""


@dataclass(frozen=True)
class Abilities:
    """What the runner can do with a model; the planner and the worker decide by it.

    ``precisions`` holds "" where a compiled file may be run as it is, whatever its precision. ``dynamic_batch`` is True
    where one loaded copy may take several batch sizes; a file that has just one refuses the others in ``Slot.load``.
    ``releases_gil`` is False where a blocking call keeps other Python threads from running; then every instance has a
    worker of its own. ``variants`` are those of the precisions for which an ONNX model has to be converted first:
    ``open`` gets a file in that precision. For the others it gets the file as it is, and lets the SDK do it.
    """

    scopes: frozenset[str]
    precisions: frozenset[str]
    dynamic_batch: bool
    concurrent_slots: bool
    releases_gil: bool
    variants: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Tensor:
    """One input or output as the file has it; a dimension is None where it is dynamic. ``scale`` is for int8 SDKs."""

    name: str
    dtype: str
    shape: tuple[int | None, ...]
    scale: float | None = None


@dataclass(frozen=True)
class Signature:
    """The model's inputs and outputs in their order, without outputs of which the file says nothing."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]


@dataclass(frozen=True)
class Ran:
    """What is really in effect, as read back from the SDK, never as asked; "" where it does not tell.

    What an SDK shows by a request only may be "" until the first answer was taken; the worker looks again after it.
    """

    provider: str
    precision: str
    threads: int | None = None


class Slot:
    """One buffer set, for one request in flight."""

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """Puts a batch in place; untimed. The arrays are C-contiguous, of the signature's dtypes."""
        raise NotImplementedError

    def run(self) -> object:
        """Does everything inside the scope and returns when the device has finished; called under the clock."""
        raise NotImplementedError

    def outputs(self) -> dict[str, np.ndarray]:
        """The answer of the last ``run``, by name, copied to the host; untimed."""
        raise NotImplementedError

    def stage_ns(self) -> Mapping[str, Sequence[float]]:
        """How long stages of the latest requests took by the SDK's own clock, in order, ns; untimed.

        The stage ``compute`` is the execution on the device. Where the SDK does not tell, as here, there is none.
        """
        return {}


class Instance:
    """One loaded copy of the model on one device, able to execute on its own."""

    signature: Signature
    ran: Ran
    slots: tuple[Slot, ...]

    def close(self) -> None:
        """Gives back what ``open`` took; the instance is not used again."""
        raise NotImplementedError


class Runner:
    """One runtime."""

    def probe(self) -> Probe:
        """Versions and devices found here; raises RunnerUnavailable with the remedy where the SDK is absent."""
        raise NotImplementedError

    def abilities(self, model: str) -> Abilities:
        """What this runner can do with ``model``."""
        raise NotImplementedError

    def takes_any_batch(self, model: str, options: Mapping[str, Option]) -> bool:
        """Whether one loaded copy may take several batch sizes with these options; as ``abilities`` has it if not told.

        Where it may not, ``open`` gets the batch size, and every size a copy of its own.
        """
        del options
        return self.abilities(model).dynamic_batch

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Raises Unsupported for options or values that the runner does not know; called before measuring."""
        take_options(type(self).__name__, options, ())

    def default_device(self, options: Mapping[str, Option]) -> str:
        """The device to take when none is asked for."""
        del options
        return self.probe().default_device

    def cores(self, device: str, options: Mapping[str, Option]) -> tuple[int, ...] | None:
        """The processor cores that make up ``device``, or None where a device is no set of cores.

        Called before the SDK is imported, in the worker and when a plan is checked. Raises Unsupported for cores that
        are not here.
        """
        del device, options
        return None

    def open(self, spec: OpenSpec) -> Instance:
        """One loaded copy on one device; raises Unsupported, or whatever the SDK raises."""
        raise NotImplementedError


def take_options(runner: str, given: Mapping[str, Option], allowed: Sequence[str]) -> None:
    """Raises Unsupported naming every option that the runner does not know, with those it does."""
    unknown = sorted(set(given) - set(allowed))
    if unknown:
        raise Unsupported(
            f"--option {', '.join(unknown)}: {runner} has no such option; it takes "
            f"{', '.join(sorted(allowed)) or 'none'}."
        )
