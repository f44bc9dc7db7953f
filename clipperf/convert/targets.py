"""Whom a model can be converted for, and what each of their programs is told and leaves to its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from clipperf.convert import atc, bmnetp, magicmind, torch_aie, tpu_mlir
from clipperf.convert.conversion import Conversion, Source, Wanted
from clipperf.errors import ProfileError

ONNX = ".onnx"
TORCHSCRIPT = ".pt"
_CALIBRATION = frozenset({"calibration", "calibration_samples"})


@dataclass(frozen=True)
class Target:
    """A device or a family of them; ``takes`` are the fields of `Wanted` that its program has a flag for.

    ``chip`` is the vendor's name of the device where the target is a single one. ``reads`` is the ending of the files
    that the conversion begins with, "" where it begins with a name alone.
    """

    what: str
    convert: Callable[[Source, Wanted], tuple[Conversion, ...]]
    takes: frozenset[str]
    chip: str | None = None
    reads: str = ONNX


TARGETS: Mapping[str, Target] = {
    "ascend-910b4": Target("atc, for ais_bench and acl", atc.conversions, frozenset(), chip="910B4"),
    "ascend": Target("atc for the chip of --chip", atc.conversions, frozenset({"chip"})),
    "ascend-310p3": Target("torch_aie", torch_aie.conversions, frozenset({"precisions", "optim_levels"}), reads=""),
    "cambricon-mlu": Target(
        "MagicMind, for mm_run and magicmind",
        magicmind.conversions,
        frozenset({"precisions", "chip", "is_batch_fixed"}),
    ),
    "sophon-bm1684": Target(
        "bmnetp and umodels, for sail and bmrt_test",
        bmnetp.conversions,
        frozenset({"precisions"}) | _CALIBRATION,
        reads=TORCHSCRIPT,
    ),
    "sophon-bm1684x": Target(
        "TPU-MLIR, for bmrt_test and sail",
        tpu_mlir.conversions,
        frozenset({"precisions"}) | _CALIBRATION,
        chip="bm1684x",
    ),
    "sophon": Target(
        "TPU-MLIR for the chip of --chip", tpu_mlir.conversions, frozenset({"precisions", "chip"}) | _CALIBRATION
    ),
}
"""By the name that ``--for`` takes, which is that of the profile that measures the files."""

_FLAGS = {
    "precisions": "--precision",
    "optim_levels": "--optim-level",
    "chip": "--chip",
    "is_batch_fixed": "--static-batch",
    "calibration": "--calibration",
    "calibration_samples": "--calibration-samples",
}


def conversions(name: str, source: Source, wanted: Wanted) -> tuple[Conversion, ...]:
    """The commands for a target of the table; raises ProfileError for every flag that its program has no use for."""
    target = TARGETS[name]
    given = [field for field in _FLAGS if getattr(wanted, field)]
    problems = [
        f"{_FLAGS[field]}: --for {name} takes none, its program gets what the vendor's guide gives it; leave it out."
        for field in given
        if field not in target.takes
    ]
    if problems:
        raise ProfileError(problems)
    return target.convert(source, wanted if wanted.chip else replace(wanted, chip=target.chip))
