"""The model of a case as a file, with what must be known of it: hash, inputs, precision, FLOPs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clipperf.errors import ClipperfError, UsageError
from clipperf.models.build import BuiltModel, build, cached_path
from clipperf.models.catalogue import catalogue, find
from clipperf.models.inputs import catalogue_inputs, resolve_inputs
from clipperf.models.signature import read_signature
from clipperf.models.stored_precision import read_stored_precision
from clipperf.models.torchscript import build_torchscript, torchscript_path
from clipperf.profile import Profile
from clipperf.runners.base import ANY_ENDING, FILE_PREFIX
from clipperf.sweeping.file_prefix import files_of, sha256_of_files, sha256_with_weights

ONNX = ".onnx"
TORCHSCRIPT = ".pt"
BUILT = (ONNX, TORCHSCRIPT)
"""What models of the catalogue can be built as, for runners whose first format it is."""

BATCH_PATTERN = "{batch}"
DEFAULT_PRECISION = "fp32"
OWN_PRECISION = ""
"""That of a file which a vendor's compiler made and which does not tell it; the column stays empty."""


@dataclass(frozen=True)
class Artefact:
    """``location`` is what the runner opens; ``inputs`` is what the worker draws from; GFLOP are None where unknown.

    ``reference`` holds the answers to compare with, where they are to be compared. ``refusal`` is why there is nothing
    to open, or nothing to compare with; it belongs into the rows of the cases.
    """

    location: str
    sha256: str = ""
    inputs: tuple[Mapping[str, Any], ...] = ()
    gflops_per_sample: float | None = None
    gflops_per_request: float = 0.0
    reference: Path | None = None
    refusal: ClipperfError | None = None

    def gflops(self, batch_size: int) -> float | None:
        """10⁹ FLOPs of one request."""
        return None if self.gflops_per_sample is None else self.gflops_per_sample * batch_size + self.gflops_per_request


def is_file_name(model: str) -> bool:
    """Whether ``--model`` names a file and not an entry of the catalogue."""
    return "/" in model or BATCH_PATTERN in model or bool(Path(model).suffix)


def file_of(model: str, batch_size: int) -> Path:
    """The file of a pattern at a batch size."""
    return Path(model.replace(BATCH_PATTERN, str(batch_size)))


def check_models(profile: Profile, formats: Sequence[str]) -> list[str]:
    """What keeps the profile's models from being measured, as sentences; no runner formats means that none is read."""
    problems = []
    for model in profile.model if formats else ():
        try:
            if not is_file_name(model):
                _check_catalogue(model, profile, formats)
            for batch in profile.batch if is_file_name(model) else ():
                _check_file(file_of(model, batch), profile, formats)
        except UsageError as error:
            problems.append(f"--model {model}: {error}")
    return list(dict.fromkeys(problems))


def _check_catalogue(model: str, profile: Profile, formats: Sequence[str]) -> None:
    if model not in catalogue() and Path(model).exists():
        # MagicMind's files have no ending, by which files are told from names.
        raise UsageError(f"clipperf knows no model of that name; for the file of that name give ./{model}.")
    found = find(model)
    if formats[0] not in BUILT:
        raise UsageError(f"the {profile.runner} runner reads {_endings(formats)}; give a file of that kind.")
    if formats[0] == TORCHSCRIPT:
        torchscript_path(model)
    catalogue_inputs(found, profile.shape, _files(profile))


def _check_file(path: Path, profile: Profile, formats: Sequence[str]) -> None:
    if FILE_PREFIX in formats:
        files_of(path)
        return
    if path.suffix not in formats and ANY_ENDING not in formats:
        raise UsageError(f"the {profile.runner} runner reads {_endings(formats)}, not {path.suffix or 'such a file'}.")
    if path.suffix == ONNX:
        _inputs_of_file(path, profile)
    elif not path.is_file():
        raise UsageError(f"there is no file {path}.")


def _endings(formats: Sequence[str]) -> str:
    if FILE_PREFIX in formats:
        return "models of several files that begin alike, such as DIR/mod"
    return "files that the vendor's compiler made" if ANY_ENDING in formats else ", ".join(formats)


def precision_of(model: str, profile: Profile, formats: Sequence[str]) -> str:
    """The precision that the model has by itself: that of its weights, fp32 without a file, "" where none tells."""
    if not formats or not is_file_name(model):
        return DEFAULT_PRECISION
    path = file_of(model, profile.batch[0])
    return read_stored_precision(path) if path.suffix == ONNX else OWN_PRECISION


def must_build(model: str, profile: Profile, formats: Sequence[str]) -> bool:
    """Whether ``prepare`` would build a catalogue model, which takes seconds, and not find it in the cache."""
    if not formats or is_file_name(model):
        return False
    path = torchscript_path if formats[0] == TORCHSCRIPT else cached_path
    return not path(model, seed=profile.seed).exists()


def prepare(model: str, batch_size: int, profile: Profile, formats: Sequence[str]) -> Artefact:
    """The artefact of a model; a catalogue model is built into the cache unless it is there."""
    if not formats:
        return Artefact(model)
    if is_file_name(model):
        path = file_of(model, batch_size)
        if FILE_PREFIX in formats:
            return Artefact(str(path), sha256_of_files(path), _inputs_as_told(profile))
        inputs = _inputs_of_file(path, profile) if path.suffix == ONNX else _inputs_as_told(profile)
        return Artefact(str(path), sha256_with_weights(path), inputs)
    found, built = find(model), _built(model, profile, formats)
    specs = catalogue_inputs(found, profile.shape, _files(profile))
    return Artefact(
        str(built.path),
        built.sha256,
        tuple(spec.as_dict() for spec in specs),
        found.gflops_per_sample,
        found.gflops_per_request,
    )


def _built(model: str, profile: Profile, formats: Sequence[str]) -> BuiltModel:
    return (build_torchscript if formats[0] == TORCHSCRIPT else build)(model, seed=profile.seed)


def _inputs_of_file(path: Path, profile: Profile) -> tuple[Mapping[str, Any], ...]:
    specs = resolve_inputs(read_signature(path), profile.shape, _files(profile))
    return tuple(spec.as_dict() for spec in specs)


def _inputs_as_told(profile: Profile) -> tuple[Mapping[str, Any], ...]:
    """What the user says of the inputs of a file that only the runner can read; the worker knows the rest."""
    names = dict.fromkeys([*profile.shape, *profile.input])
    told: list[dict[str, Any]] = [{"name": name} for name in names]
    for entry in told:
        if entry["name"] in profile.shape:
            entry["dims"] = ["batch", *profile.shape[entry["name"]]]
        if entry["name"] in profile.input:
            entry.update(kind="file", path=profile.input[entry["name"]])
    return tuple(told)


def _files(profile: Profile) -> dict[str, Path]:
    return {name: Path(path) for name, path in profile.input.items()}
