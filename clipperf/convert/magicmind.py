"""Cambricon's MagicMind: an ONNX file to a model for MLUs, by the script of the CLIP guide's repository.

The flags are those with which ``gen_model/run.sh`` of magicmind_cloud's ``buildin/cv/other/clip_pytorch`` calls
``gen_model.py``; the files get the names that the guide gives them.
"""

from __future__ import annotations

from collections.abc import Iterator

from clipperf.convert.conversion import Conversion, Source, Wanted
from clipperf.errors import UsageError

WORDS = {"fp32": "force_float32", "fp16": "force_float16", "int8": "qint8_mixed_float16"}
"""MagicMind's word of a precision."""

CALIBRATED = "clip"
"""The only model for which the repository has a calibration: both inputs, with the images of CIFAR-100."""

_REMEDY = (
    "Install Cambricon's MagicMind for Python, check out https://github.com/Cambricon/magicmind_cloud and "
    "'source env.sh' in its buildin/cv/other/clip_pytorch."
)


def conversions(source: Source, wanted: Wanted) -> tuple[Conversion, ...]:
    """A command for each precision, and for each batch size where the batch is fixed.

    Raises UsageError for a precision that MagicMind has no word for, or for which it cannot be calibrated.
    """
    able = tuple(word for word in WORDS if word != "int8" or source.name == CALIBRATED)
    for precision in wanted.precisions:
        if precision not in WORDS:
            raise UsageError(f"--precision {precision}: take one of {', '.join(WORDS)}.")
        if precision not in able:
            raise UsageError(
                f"--precision {precision}: it needs a calibration, and magicmind_cloud has one for {CALIBRATED} alone; "
                f"take one of {', '.join(able)} for {source.name}."
            )
    sizes = [(batch,) for batch in wanted.batches] if wanted.is_batch_fixed else [wanted.batches]
    return tuple(
        _conversion(source, wanted, WORDS[precision], batches)
        for precision in wanted.precisions or able
        for batches in sizes
    )


def _conversion(source: Source, wanted: Wanted, word: str, batches: tuple[int, ...]) -> Conversion:
    ending = f"false_{batches[0]}" if wanted.is_batch_fixed else "true"
    output = wanted.folder.absolute() / f"{source.name}_onnx_{word}_{ending}"
    argv = ("python", "gen_model.py", "--precision", word, *_shapes(source, batches, wanted.is_batch_fixed))
    argv += ("--magicmind_model", str(output), "--onnx", str(source.path.absolute()))
    # MLUs have no 64-bit integers, which is what token ids are.
    argv += ("--type64to32_conversion", "true", "--conv_scale_fold", "true", "--device_id", "0")
    argv += () if wanted.chip is None else ("--mlu_arch", wanted.chip)
    # Read by the calibration itself, from the environment.
    variables = ("CIFAR100_DATASETS_PATH",) if word == WORDS["int8"] else ()
    return Conversion(argv, output, _REMEDY, "PROJ_ROOT_PATH", "gen_model", variables)


def _shapes(source: Source, batches: tuple[int, ...], is_batch_fixed: bool) -> Iterator[str]:
    least, most = min(batches), max(batches)
    for one in source.inputs:
        yield from ("--input_dims", *map(str, one.at(most)))
    yield from ("--batch_size", *(str(one.at(most)[0]) for one in source.inputs))
    yield from ("--dynamic_shape", "false" if is_batch_fixed else "true")
    for one in () if is_batch_fixed else source.inputs:
        yield from ("--dim_range_min", *map(str, one.at(least)))
        yield from ("--dim_range_max", *map(str, one.at(most)))
