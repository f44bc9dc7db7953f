"""Models in other precisions, made of an fp32 file by the libraries of ``recipes`` and kept in the cache."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipperf.errors import CaseFailed
from clipperf.models.build import BuiltModel, cache_folder, sha256_of
from clipperf.models.own_program import ProgramFailed, run_program
from clipperf.models.placing import placed
from clipperf.models.recipes import Recipe

if TYPE_CHECKING:
    import numpy as np

Feeds = Sequence[Mapping[str, "np.ndarray"]]
"""Requests, each an array for every input by name."""

_LIBRARIES = ("onnxruntime", "onnx")


def variant_path(source: BuiltModel, recipe: Recipe, feeds: Feeds, folder: Path | None = None) -> Path:
    """Where ``make_variant`` with the same arguments finds or puts the file.

    The name holds all that decides its bytes: the source, the recipe, the versions of the libraries and what it is
    calibrated with.
    """
    whole = hashlib.sha256(f"{source.sha256} {recipe.text} {_versions()}".encode())
    for feed in feeds:
        for name in sorted(feed):
            whole.update(f"{name} {feed[name].dtype} {feed[name].shape} ".encode())
            whole.update(feed[name].tobytes())
    what = "-".join(filter(None, (source.path.stem, recipe.precision, recipe.name, _versions())))
    return (folder or cache_folder()) / f"{what}-{whole.hexdigest()[:12]}.onnx"


def make_variant(source: BuiltModel, recipe: Recipe, feeds: Feeds, folder: Path | None = None) -> BuiltModel:
    """The model of ``source`` by a recipe, made unless it is in the folder already; ``feeds`` calibrate it.

    The same arguments and versions give the same bytes on one machine; ranges that are calibrated depend on how its
    processor rounds. Raises CaseFailed with what the library said where it cannot make the model.
    """
    path = variant_path(source, recipe, feeds, folder)
    if not path.exists():
        try:
            with placed(path) as temporary, tempfile.TemporaryDirectory(prefix="clipperf-") as work:
                _convert(source.path, temporary, recipe, feeds, Path(work))
        except OSError as error:
            raise CaseFailed(
                "variant",
                f"The {recipe.precision} model of {source.path.name} cannot be written to {path.parent} "
                f"({error.strerror}); free space there, or set CLIPPERF_CACHE to a folder that can hold it.",
            ) from None
    return BuiltModel(path, sha256_of(path))


def _convert(source: Path, output: Path, recipe: Recipe, feeds: Feeds, work: Path) -> None:
    import numpy as np

    paths = []
    for number, feed in enumerate(feeds):
        paths.append(work / f"feed{number}.npz")
        arrays: dict[str, Any] = {f"values{place}": array for place, array in enumerate(feed.values())}
        np.savez(paths[-1], names=np.array(list(feed)), **arrays)
    order = {
        "source": str(source.resolve()),
        "output": str(output.resolve()),
        "precision": recipe.precision,
        "settings": dict(recipe.settings),
        "feeds": [str(path) for path in paths],
    }
    try:
        run_program("clipperf.models.variant_program", order, work)
    except ProgramFailed as error:
        message = f"The {recipe.precision} model of {source.name} could not be made: {error}"
        raise CaseFailed("variant", message) from None


def _versions() -> str:
    return "-".join(f"{name}{_version(name)}" for name in _LIBRARIES)


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        # A build for other devices is a distribution of another name; the files it makes are the same.
        return ""
