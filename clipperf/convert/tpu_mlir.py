"""Sophgo's TPU-MLIR: an ONNX file to a .bmodel file for each batch size and precision.

The steps and the names of files are those of the CLIP sample in sophon-demo, but for what adapts int8 to its own ONNX
files: there is no table here of layers that stay in floating point. Everything is written to the folder in which the
programs run, since each model leaves its weights there for the next program.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from clipperf.convert.calibration import INT8, precisions_of, samples_of
from clipperf.convert.conversion import Conversion, Source, Wanted
from clipperf.errors import UsageError

_WORDS = {"fp32": "F32", "fp16": "F16", "bf16": "BF16", INT8: "INT8"}
"""The word of a precision; in the names of files it is in small letters."""

_WITHOUT_HALVES = {"bm1684"}
"""Chips that compute in fp32 and int8 alone, as Sophgo's scripts say."""

_NAMES = {
    f"{tower}{suffix}": f"clip_{name}_{network}"
    for suffix, network in {"": "vitb32", "-b16": "vitb16", "-l14": "vitl14"}.items()
    for tower, name in {"vision": "image", "text": "text"}.items()
}
"""The sample has such names for the towers of ViT-B/32; all others keep their own."""

_REMEDY = (
    "Run these in Sophgo's container sophgo/tpuc_dev with TPU-MLIR: pip install 'tpu_mlir[onnx]', or a release and its "
    "'source envsetup.sh'."
)


def conversions(source: Source, wanted: Wanted) -> tuple[Conversion, ...]:
    """The commands for every batch size and precision, in the order in which they have to run.

    Raises UsageError where the chip is not known, and what ``precisions_of`` raises.
    """
    if wanted.chip is None:
        raise UsageError("--chip: TPU-MLIR compiles for one chip; give its name, such as --chip bm1688.")
    chip = wanted.chip.lower()
    able = [word for word in _WORDS if chip not in _WITHOUT_HALVES or word in ("fp32", INT8)]
    precisions = precisions_of(wanted, able, "fp32" if chip in _WITHOUT_HALVES else "fp16")
    return tuple(_steps(source, wanted, chip, precisions))


def _steps(source: Source, wanted: Wanted, chip: str, precisions: tuple[str, ...]) -> Iterator[Conversion]:
    folder = wanted.folder / chip.upper()
    name = _NAMES.get(source.name, source.name)
    table = folder / f"{name}_cali_table"
    batches = sorted(wanted.batches)
    for batch in batches:
        mlir = folder / f"{name}_{batch}b.mlir"
        shapes = ",".join(f"[{','.join(map(str, one.at(batch)))}]" for one in source.inputs)
        read = ("--model_name", name, "--model_def", os.path.abspath(source.path), "--input_shapes", f"[{shapes}]")
        yield _step(("model_transform.py", *read, "--mlir", mlir.name), mlir)
        if INT8 in precisions and batch == batches[0]:
            # Ranges of layers do not depend on the batch size, so that one table serves all.
            data = ("--dataset", os.path.abspath(str(wanted.calibration)), "--input_num", str(samples_of(wanted)))
            yield _step(("run_calibration.py", mlir.name, *data, "-o", table.name), table, mlir)
        for precision in precisions:
            word = _WORDS[precision]
            output = folder / f"{name}_{chip}_{word.lower()}_{batch}b.bmodel"
            tables = (table,) if precision == INT8 else ()
            made = ("--quantize", word, *(part for one in tables for part in ("--calibration_table", one.name)))
            argv = ("model_deploy.py", "--mlir", mlir.name, *made, "--chip", chip, "--model", output.name)
            yield _step(argv, output, mlir, *tables)


def _step(argv: tuple[str, ...], output: Path, *needs: Path) -> Conversion:
    return Conversion(argv, output, _REMEDY, folder=str(output.parent), needs=needs)
