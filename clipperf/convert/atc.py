"""Huawei's ATC: an ONNX file to an .om file of one batch size, as the OpenCLIP guide for Ascend 910B4 calls it."""

from __future__ import annotations

from clipperf.convert.conversion import Conversion, Source, Wanted
from clipperf.errors import UsageError

_REMEDY = (
    "Install Huawei's CANN toolkit, which brings it, and put it on PATH with "
    "'source /usr/local/Ascend/ascend-toolkit/set_env.sh'."
)
_NAMES = {
    f"{tower}{suffix}": f"{name}_{tower}"
    for suffix, name in {"": "vit_b_32", "-b16": "vit_b_16", "-l14": "vit_l_14"}.items()
    for tower in ("vision", "text")
}
"""The guide exports the towers of ViT-B-32 under such names; all others keep their own."""

_IMAGE_RANK = 4


def conversions(source: Source, wanted: Wanted) -> tuple[Conversion, ...]:
    """A command for each batch size; raises UsageError where the chip is not known."""
    if wanted.chip is None:
        raise UsageError(
            "--chip: atc compiles for one chip; give its name as 'npu-smi info' prints it, such as --chip 310P3."
        )
    # Ascend before the name that npu-smi prints, as the guide puts it together.
    chip = wanted.chip if wanted.chip.startswith("Ascend") else f"Ascend{wanted.chip}"
    return tuple(_conversion(source, wanted, batch, chip) for batch in wanted.batches)


def _conversion(source: Source, wanted: Wanted, batch_size: int, chip: str) -> Conversion:
    output = wanted.folder / f"{_NAMES.get(source.name, source.name)}_bs{batch_size}"
    shapes = (f"{one.name}:{','.join(map(str, one.at(batch_size)))}" for one in source.inputs)
    is_image = all(len(one.dims) == _IMAGE_RANK for one in source.inputs)
    argv = (
        "atc",
        "--framework=5",  # ONNX
        f"--model={source.path}",
        f"--output={output}",  # atc adds the ending
        f"--input_format={'NCHW' if is_image else 'ND'}",
        f"--input_shape={';'.join(shapes)}",
        "--log=error",
        f"--soc_version={chip}",
    )
    return Conversion(argv, output.with_name(f"{output.name}.om"), _REMEDY)
