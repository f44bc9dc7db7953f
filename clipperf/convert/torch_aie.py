"""Huawei's torch_aie: weights of timm to TorchScript, and that compiled, by the scripts of the ViT guide.

Both lie in ``AscendIE/TorchAIE/built-in/cv/classification/ViT-base`` of Ascend's ModelZoo-PyTorch, where the guide has
one work. TorchScript is written by PyTorch from timm's own code, so that clipperf's ONNX files are no way to it.
"""

from __future__ import annotations

from pathlib import Path

from clipperf.convert.conversion import Conversion, Source, Wanted
from clipperf.errors import UsageError

MODELS = tuple(f"vit_base_patch{sizes}" for sizes in ("8_224", "16_224", "16_384", "32_224", "32_384"))
"""Those of the guide."""

LEVELS = ("0", "1", "2")
_GUIDE_LEVELS = ("1", "2")
_REMEDY = (
    "Go to AscendIE/TorchAIE/built-in/cv/classification/ViT-base in a checkout of Ascend's ModelZoo-PyTorch, with "
    "torch, timm and torch_aie installed as its README says."
)


def conversions(source: Source, wanted: Wanted) -> tuple[Conversion, ...]:
    """The export to TorchScript, which the torch_aie runner compiles itself, then a compiled file for each batch size
    and optimisation level.

    Raises UsageError for other models, precisions and levels than the guide's scripts have.
    """
    if source.name not in MODELS:
        raise UsageError(
            f"'{source.name}' is no model that the guide's export.py makes of timm; give one of {', '.join(MODELS)}."
        )
    for precision in wanted.precisions:
        if precision != "fp16":
            raise UsageError(f"--precision {precision}: the guide's compile.py has fp16 written into it; give fp16.")
    for level in wanted.optim_levels:
        if level not in LEVELS:
            raise UsageError(f"--optim-level {level}: give one of {', '.join(LEVELS)}.")
    return (
        _export(source),
        *(
            _compiled(source, wanted, batch, level)
            for batch in wanted.batches
            for level in wanted.optim_levels or _GUIDE_LEVELS
        ),
    )


def _export(source: Source) -> Conversion:
    argv = ("python3", "export.py", "--model_name", source.name, "--checkpoint_path", f"./{source.name}.npz")
    return Conversion((*argv, "--image_size", _size(source)), _exported(source), _REMEDY)


def _compiled(source: Source, wanted: Wanted, batch_size: int, level: str) -> Conversion:
    output = wanted.folder / f"{source.name}_bs{batch_size}_optim{level}_aie.ts"
    argv = ("python3", "compile.py", "--model_path", f"./{_exported(source)}", "--batch_size", str(batch_size))
    compiling = ("--image_size", _size(source), "--optim_level", level, "--output_path", str(output))
    return Conversion((*argv, *compiling), output, _REMEDY, needs=(_exported(source),))


def _exported(source: Source) -> Path:
    return Path(f"{source.name}.ts")


def _size(source: Source) -> str:
    return str(source.inputs[0].dims[-1])
