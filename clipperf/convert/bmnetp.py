"""Sophgo's BMNNSDK2 for BM1684: TorchScript to a .bmodel file of each batch size, as the CLIP-ViT guide goes about it.

fp32 is compiled by bmnetp. int8 goes by way of two intermediate models: the traced one becomes an fp32 umodel, that is
calibrated and becomes an int8 umodel, and that is compiled. The guide names scripts for the steps and does not print
them; flags and names of files are those that such scripts have in Sophgo's published examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from clipperf.convert.calibration import INT8, precisions_of, samples_of
from clipperf.convert.conversion import Conversion, Source, Wanted
from clipperf.errors import UsageError

MODEL = "vision"
"""The only model of the catalogue that the guide traces."""

_TRACED = Path("ViT_224_1b.pt")
_TARGET = "BM1684"
COMPILED = "compilation.bmodel"
"""What the compilers call the file that they make."""

_REMEDY = (
    "Run these in the container of Sophgo's BMNNSDK2 or TPU-NNTC, after './install_lib.sh nntc' and 'source "
    "envsetup_cmodel.sh' in its scripts."
)
_EXPORT_REMEDY = (
    "The guide's export.py traces clip.load('ViT-B/32', 'cpu'), changed so that forward(image) gives the normalised "
    f"features, with torch.rand([1, 3, 224, 224]), and saves it as {_TRACED}."
)


def conversions(source: Source, wanted: Wanted) -> tuple[Conversion, ...]:
    """The commands for every precision and batch size, in the order in which they have to run.

    Raises UsageError for another model of the catalogue than the guide's, and what ``precisions_of`` raises.
    """
    precisions = precisions_of(wanted, ("fp32", INT8), "fp32")
    is_own = source.path.suffix == ".pt"
    if not is_own and source.name != MODEL:
        raise UsageError(
            f"'{source.name}' is no model that the guide traces; give {MODEL}, or the path of a .pt file with its "
            "--shape, or compile it from ONNX by --for sophon --chip bm1684."
        )
    traced = source.path if is_own else _TRACED
    steps = [] if is_own else [Conversion(("python3", "export.py"), traced, _EXPORT_REMEDY)]
    for precision in precisions:
        steps += _int8(source, wanted, traced) if precision == INT8 else _fp32(source, wanted, traced)
    return tuple(steps)


def _fp32(source: Source, wanted: Wanted, traced: Path) -> Iterator[Conversion]:
    folder = wanted.folder / "fp32model"
    name = _name(traced)
    for batch in wanted.batches:
        made = folder / str(batch) / COMPILED
        argv = ("python3", "-m", "bmnetp", "--mode=compile", f"--model={traced}", f"--outdir={made.parent}")
        what = (f"--target={_TARGET}", f"--shapes=[{_shapes(source, batch)}]", f"--net_name={name}")
        yield Conversion((*argv, *what, "--opt=2", "--dyn=False", "--cmp=True"), made, _REMEDY, needs=(traced,))
        yield _copied(made, folder / f"{name}_fp32_{batch}b.bmodel")


def _int8(source: Source, wanted: Wanted, traced: Path) -> Iterator[Conversion]:
    if len(source.inputs) > 1:
        raise UsageError(
            f"--precision int8: how pt_to_umodel is told {len(source.inputs)} inputs is not known; leave it out, or "
            "take TPU-MLIR by --for sophon --chip bm1684."
        )
    folder = wanted.folder / "int8model"
    # The umodel tools derive all these names from that of the traced file.
    stem = f"{folder / traced.stem}_bmnetp"
    fp32, int8 = Path(f"{stem}.fp32umodel"), Path(f"{stem}.int8umodel")
    shape = f"({','.join(map(str, source.inputs[0].at(1)))})"
    told: tuple[str, ...] = ("-m", str(traced), "-s", shape, "-d", str(folder), "-D", str(wanted.calibration), "--cmp")
    yield Conversion(("python3", "-m", "ufw.tools.pt_to_umodel", *told), fp32, _REMEDY, needs=(traced,))
    told = (f"-model={stem}_test_fp32.prototxt", f"-weights={fp32}", f"-iterations={samples_of(wanted)}")
    yield Conversion(("calibration_use_pb", "quantize", *told, "-bitwidth=TO_INT8"), int8, _REMEDY, needs=(fp32,))
    for batch in wanted.batches:
        made = folder / str(batch) / COMPILED
        told = (f"-model={stem}_deploy_int8_unique_top.prototxt", f"-weight={int8}", f"-max_n={batch}", "-prec=INT8")
        told += ("-dyn=0", "-cmp=1", f"-target={_TARGET}", f"-outdir={made.parent}")
        yield Conversion(("bmnetu", *told), made, _REMEDY, needs=(int8,))
        yield _copied(made, folder / f"{_name(traced)}_int8_{batch}b.bmodel")


def _copied(made: Path, output: Path) -> Conversion:
    return Conversion(("cp", str(made), str(output)), output, _REMEDY, needs=(made,))


def _name(traced: Path) -> str:
    """That of the traced file without the batch size at which it was traced."""
    return re.sub(r"_[0-9]+b$", "", traced.stem)


def _shapes(source: Source, batch_size: int) -> str:
    return ",".join(f"[{','.join(map(str, one.at(batch_size)))}]" for one in source.inputs)
