"""Requests of VastStreamX: samples to the device, through the stream, and back, as far as the scope goes.

``run_sync`` returns when the device has finished, and several threads may be in it: so VastStreamX's own profilers keep
several requests in flight. The current device belongs to the thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Mapping, Sequence

import numpy as np

from clipperf.runners.base import Slot, Tensor
from clipperf.runners.vendor_sdk import EachThread


class VaccFailed(RuntimeError):
    """A call of VastStreamX answered with a status, or with less than it was given."""


@dataclass(frozen=True)
class Built:
    """A stream over a loaded model on one device, and what its requests are made of.

    ``preprocess`` makes the model's tensor of an image on the device; it is None where the stream does that, or nobody.
    """

    sdk: Any
    stream: Any
    device: int
    inputs: tuple[Tensor, ...]
    has_image: bool
    preprocess: Callable[[Any], Any] | None
    set_device: EachThread

    def place(self, sample: Sequence[np.ndarray]) -> Any:
        """A sample on the device: an image, or its tensors."""
        if self.has_image:
            height, width = sample[0].shape[:2]
            kind = self.sdk.ImageFormat.BGR_INTERLEAVE
            return self.sdk.create_image(sample[0], kind, width, height, self.device)
        return [self.sdk.from_numpy(array, self.device) for array in sample]

    def prepare(self, placed: Any) -> Any:
        """What the stream takes of it."""
        return placed if self.preprocess is None else [self.preprocess(placed)]

    def execute(self, prepared: Sequence[Any]) -> list[Any]:
        """The outputs of each sample. With CLIP's image operators one by one, as its sample; else the whole batch."""
        if self.preprocess is None:
            answers = list(self.stream.run_sync(list(prepared)))
        else:
            answers = [answer for one in prepared for answer in self.stream.run_sync([one])]
        if len(answers) != len(prepared):
            raise VaccFailed(f"run_sync gave {len(answers)} answers to {len(prepared)} samples.")
        return answers

    def fetch(self, answers: Sequence[Any]) -> list[list[np.ndarray]]:
        """Arrays on the host, by sample and output."""
        return [[self.sdk.as_numpy(tensor) for tensor in answer] for answer in answers]


class VaccSlot(Slot):
    """One request; ``_staged`` is its input as far as the scope has it made before the clock starts."""

    def __init__(self, built: Built) -> None:
        self._built = built
        self._staged: list[Any] = []
        self._answers: list[list[np.ndarray]] = []

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """A batch sample by sample."""
        self._built.set_device()
        arrays = [inputs[tensor.name] for tensor in self._built.inputs]
        self._staged = [self._stage([np.asarray(array[place]) for array in arrays]) for place in range(len(arrays[0]))]

    def outputs(self) -> dict[str, np.ndarray]:
        """The answer of the last run."""
        by_output = [[np.array(array) for array in arrays] for arrays in zip(*self._fetched())]
        return {f"output{place}": _batch(arrays) for place, arrays in enumerate(by_output)}

    def _stage(self, sample: Sequence[np.ndarray]) -> Any:
        raise NotImplementedError

    def _fetched(self) -> list[list[np.ndarray]]:
        return self._answers


class FromHostSlot(VaccSlot):
    """Arrays on the host to arrays on the host."""

    def run(self) -> None:
        """Copies, preprocesses where the scope has that, executes and copies back."""
        built = self._built
        built.set_device()
        prepared = [built.prepare(built.place(sample)) for sample in self._staged]
        self._answers = built.fetch(built.execute(prepared))

    def _stage(self, sample: Sequence[np.ndarray]) -> Any:
        return sample


class FromDeviceSlot(VaccSlot):
    """Images or tensors on the device, not yet preprocessed, to arrays on the host."""

    def run(self) -> None:
        """Preprocesses, executes and copies back."""
        built = self._built
        built.set_device()
        self._answers = built.fetch(built.execute([built.prepare(placed) for placed in self._staged]))

    def _stage(self, sample: Sequence[np.ndarray]) -> Any:
        return self._built.place(sample)


class OnDeviceSlot(VaccSlot):
    """Tensors on the device to tensors on the device."""

    def __init__(self, built: Built) -> None:
        super().__init__(built)
        self._left: list[Any] = []

    def run(self) -> None:
        """Executes."""
        self._built.set_device()
        self._left = self._built.execute(self._staged)

    def _stage(self, sample: Sequence[np.ndarray]) -> Any:
        return self._built.prepare(self._built.place(sample))

    def _fetched(self) -> list[list[np.ndarray]]:
        self._built.set_device()
        return self._built.fetch(self._left)


def _batch(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """One array of the samples', which may or may not have a batch of one of their own."""
    return np.concatenate(arrays) if arrays[0].ndim > 1 and len(arrays[0]) == 1 else np.stack(arrays)
