"""Catalogue models as ONNX files: built once into a cache folder, found there afterwards."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from clipperf.errors import ProfileError, UsageError
from clipperf.models.catalogue import Model, find
from clipperf.models.placing import placed

if TYPE_CHECKING:
    from clipperf.models.checkpoint import Checkpoint

GRAPH_VERSION = 1
"""Part of every cached name and of the file; to be raised with every change of what is written for the same request."""

DEFAULT_OPSET = 17


@dataclass(frozen=True)
class BuiltModel:
    """A model on disk; ``sha256`` (hexadecimal) is that of the whole file."""

    path: Path
    sha256: str


def build(
    name: str,
    *,
    seed: int = 0,
    static_batch: int | None = None,
    activation: str | None = None,
    opset: int = DEFAULT_OPSET,
    folder: Path | None = None,
    checkpoint: Checkpoint | None = None,
) -> BuiltModel:
    """The ONNX file of a catalogue model with weights drawn from ``seed``, built unless it is in the folder already.

    ``static_batch`` fixes the batch size (and `clip`'s number of texts to 100), ``activation`` is ``gelu`` (what the
    models have unless asked otherwise) or ``quick-gelu``, ``opset`` is 11 to 21, ``folder`` replaces the cache folder.
    A ``checkpoint`` of this model stands in for the drawn weights, with its own activation unless asked otherwise.
    The same arguments give the same bytes on every machine. Raises `UsageError` for a name, an argument or a folder
    that cannot be used.
    """
    activation = chosen_activation(activation, checkpoint)
    check_arguments(static_batch, activation, opset)
    path = cached_path(
        name,
        seed=seed,
        static_batch=static_batch,
        activation=activation,
        opset=opset,
        folder=folder,
        checkpoint=checkpoint,
    )
    if path.exists():
        return BuiltModel(path, sha256_of(path))
    return BuiltModel(path, _write(path, find(name), seed, static_batch, activation, opset, checkpoint))


def cached_path(
    name: str,
    *,
    seed: int = 0,
    static_batch: int | None = None,
    activation: str = "gelu",
    opset: int = DEFAULT_OPSET,
    folder: Path | None = None,
    checkpoint: Checkpoint | None = None,
) -> Path:
    """Where ``build`` with the same arguments finds or puts the file; raises `UsageError` for an unknown name."""
    batch = "dynamic" if static_batch is None else f"batch{static_batch}"
    weights = weights_label(seed, checkpoint)
    file_name = f"{find(name).name}-{batch}-{activation}-opset{opset}-{weights}-v{GRAPH_VERSION}.onnx"
    return (folder or cache_folder()) / file_name


def weights_label(seed: int, checkpoint: Checkpoint | None) -> str:
    """The part of a cached name that says where the weights come from."""
    return f"seed{seed}" if checkpoint is None else checkpoint.label


def chosen_activation(asked: str | None, checkpoint: Checkpoint | None) -> str:
    """The activation that was asked for, or else the checkpoint's, or that of the drawn models."""
    from clipperf.models.layers import GELU

    return asked or (GELU if checkpoint is None else checkpoint.activation)


def cache_folder() -> Path:
    """Where built models are kept: ``models`` in the folder of CLIPPERF_CACHE, or else of the user's cache."""
    import platformdirs

    return Path(os.environ.get("CLIPPERF_CACHE") or platformdirs.user_cache_dir("clipperf")) / "models"


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal; about 0.3 s for ViT-B/32. Raises `UsageError` where it cannot be read."""
    import hashlib

    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(f"The model '{path}' cannot be read ({error.strerror}).") from None


def check_arguments(static_batch: int | None, activation: str, opset: int = DEFAULT_OPSET) -> None:
    """Raises `ProfileError` with every argument of a model that cannot be."""
    from clipperf.models.graph import IR_VERSIONS
    from clipperf.models.layers import ACTIVATIONS

    problems = []
    if static_batch is not None and static_batch < 1:
        problems.append(
            f"The static batch size {static_batch} is not allowed; give 1 or more, or none for a dynamic one."
        )
    if activation not in ACTIVATIONS:
        problems.append(f"The activation '{activation}' is not known; give {' or '.join(ACTIVATIONS)}.")
    if opset not in IR_VERSIONS:
        problems.append(f"Opset {opset} cannot be written; give one of {min(IR_VERSIONS)} to {max(IR_VERSIONS)}.")
    if problems:
        raise ProfileError(problems)


def _write(
    path: Path,
    model: Model,
    seed: int,
    static_batch: int | None,
    activation: str,
    opset: int,
    checkpoint: Checkpoint | None,
) -> str:
    from clipperf.models.graph import skeleton
    from clipperf.models.onnx_file import write_model
    from clipperf.models.weights import drawn

    source = f"drawn with seed {seed}, not trained" if checkpoint is None else f"of {checkpoint.path.name}"
    graph = skeleton(
        model.architecture,
        model.signature if static_batch is None else model.static_signature(static_batch),
        activation=activation,
        opset=opset,
        version=GRAPH_VERSION,
        note=f"{model.name}, weights {source}",
        record={} if checkpoint is None else checkpoint.record(activation),
    )
    try:
        with placed(path) as temporary, temporary.open("wb") as file:
            return write_model(file, graph, drawn(seed) if checkpoint is None else checkpoint.weights)
    except OSError as error:
        raise UsageError(
            f"The model '{model.name}' cannot be written to '{path.parent}' ({error.strerror}); free space there, or "
            "set CLIPPERF_CACHE to a folder that can hold it."
        ) from None
