"""Catalogue models as TorchScript: the same networks and weights as the ONNX files, traced by PyTorch."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from clipperf.errors import CaseFailed, UsageError
from clipperf.models.build import (
    BuiltModel,
    cache_folder,
    check_arguments,
    chosen_activation,
    sha256_of,
    weights_label,
)
from clipperf.models.catalogue import find
from clipperf.models.own_program import ProgramFailed, run_program
from clipperf.models.placing import placed

if TYPE_CHECKING:
    from clipperf.models.checkpoint import Checkpoint

TRACE_VERSION = 1
"""Part of every cached name; to be raised with every change of what is traced for the same request."""


def build_torchscript(
    name: str,
    *,
    seed: int = 0,
    static_batch: int | None = None,
    activation: str | None = None,
    folder: Path | None = None,
    checkpoint: Checkpoint | None = None,
) -> BuiltModel:
    """The TorchScript file of a catalogue model, traced unless it is in the folder already; arguments as for `build`.

    One torch in one place gives the same bytes for the same arguments; others order their archives in other ways.
    Raises `UsageError` for a name, an argument or a folder that cannot be used and where clipperf's own Python has no
    torch, `CaseFailed` with what torch said where it cannot trace the model.
    """
    activation = chosen_activation(activation, checkpoint)
    check_arguments(static_batch, activation)
    path = torchscript_path(
        name, seed=seed, static_batch=static_batch, activation=activation, folder=folder, checkpoint=checkpoint
    )
    if not path.exists():
        weights = None if checkpoint is None else str(checkpoint.path.resolve())
        order = {"name": name, "seed": seed, "static_batch": static_batch, "activation": activation}
        _trace(name, path, {**order, "weights": weights})
    return BuiltModel(path, sha256_of(path))


def torchscript_path(
    name: str,
    *,
    seed: int = 0,
    static_batch: int | None = None,
    activation: str = "gelu",
    folder: Path | None = None,
    checkpoint: Checkpoint | None = None,
) -> Path:
    """Where ``build_torchscript`` with the same arguments finds or puts the file; raises `UsageError` as that does."""
    batch = "dynamic" if static_batch is None else f"batch{static_batch}"
    model = find(name)
    try:
        torch = f"torch{metadata.version('torch')}"
    except metadata.PackageNotFoundError:
        raise UsageError(
            f"TorchScript of '{model.name}' is traced by torch, which clipperf's own Python lacks; pip install "
            "'clipperf[torch]', or build it on another machine by `clipperf models build "
            f"{model.name} --as torchscript` and give the file."
        ) from None
    weights = weights_label(seed, checkpoint)
    return (folder or cache_folder()) / f"{model.name}-{batch}-{activation}-{weights}-{torch}-v{TRACE_VERSION}.pt"


def _trace(name: str, path: Path, order: Mapping[str, object]) -> None:
    try:
        with placed(path) as temporary, tempfile.TemporaryDirectory(prefix="clipperf-") as work:
            output = str(temporary.resolve())
            run_program("clipperf.models.torchscript_program", {**order, "output": output}, Path(work))
    except ProgramFailed as error:
        raise CaseFailed("torchscript", f"{name} could not be traced by torch: {error}") from None
    except OSError as error:
        raise UsageError(
            f"The model '{name}' cannot be written to '{path.parent}' ({error.strerror}); free space there, or set "
            "CLIPPERF_CACHE to a folder that can hold it."
        ) from None
