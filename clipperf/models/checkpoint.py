"""A trained checkpoint as the source of a catalogue model's weights, and what a file built of it says of that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clipperf.models.layouts import Origin
from clipperf.models.parameters import Parameter
from clipperf.models.tensor_file import TensorFile

_SHA256_DIGITS = 12


@dataclass(frozen=True)
class Checkpoint:
    """Every weight of one model, found in one file.

    ``activation`` is what the file's ``layout`` or the configuration beside it says, and ``activation_from`` which of
    them. ``of_other_parts`` counts the tensors of the layout's other towers, ``unknown`` names what the network has
    no place for: neither is used.
    """

    path: Path
    sha256: str
    layout: str
    activation: str
    activation_from: str
    of_other_parts: int
    unknown: tuple[str, ...]
    origins: Mapping[str, Origin]
    file: TensorFile

    def weights(self, parameter: Parameter) -> NDArray[np.float32]:
        """The numbers of a parameter, of its shape; a `weights.Weights`."""
        origin = self.origins[parameter.name]
        joined = origin.join([self.file.read(piece.name) for piece in origin.pieces])
        return np.ascontiguousarray(joined).reshape(parameter.shape)

    @property
    def label(self) -> str:
        """The part of a built file's name that says where its weights come from, as ``seed0`` does of drawn ones."""
        return f"{re.sub(r'[^A-Za-z0-9_.]+', '_', self.path.stem)}-{self.sha256[:_SHA256_DIGITS]}"

    def record(self, activation: str) -> dict[str, str]:
        """What is written into a built file of its weights and of the activation that it has."""
        return {
            "clipperf.weights": self.path.name,
            "clipperf.weights_sha256": self.sha256,
            "clipperf.weights_layout": self.layout,
            "clipperf.activation": activation,
        }
