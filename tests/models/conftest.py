"""Seeded inputs for the catalogue's models, and a session to run them in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from clipperf.models import BuiltModel, build, catalogue_inputs, find


def feed(name: str, batch: int = 3) -> dict[str, np.ndarray]:
    """Inputs as the description of the model asks for."""
    random = np.random.RandomState(5)
    values = {}
    for spec in catalogue_inputs(find(name)):
        dims = tuple(batch if dim == "batch" else int(dim) for dim in spec.dims)
        values[spec.name] = random.standard_normal(dims).astype(np.float32)
        if spec.kind == "tokens":
            values[spec.name] = np.stack([_tokens(random, dims[1], spec.high) for _ in range(dims[0])])
    return values


def _tokens(random: np.random.RandomState, context: int, vocabulary: int) -> np.ndarray:
    row = random.randint(1, vocabulary - 2, size=context)
    end = random.randint(2, context)
    row[0], row[end], row[end + 1 :] = vocabulary - 2, vocabulary - 1, 0
    return row


def run(path: Path, values: dict[str, np.ndarray]) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(None, values)[0]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory):
    """`build`, into a folder that all tests share."""
    folder = tmp_path_factory.mktemp("models")

    def build_here(name: str, **options: object) -> BuiltModel:
        return build(name, folder=folder, **options)

    return build_here
