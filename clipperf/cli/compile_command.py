"""``clipperf compile-command``: a vendor's conversion of a model, to be typed, or to be run where that is asked for."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clipperf.cli import CASE_FAILED, FINE
from clipperf.cli.common import debug_option, quiet_option
from clipperf.convert.conversion import Conversion, Source, Wanted
from clipperf.convert.targets import ONNX, TARGETS, TORCHSCRIPT, conversions

if TYPE_CHECKING:
    from clipperf.profile import Profile


@click.command("compile-command")
@click.argument("model")
@click.option("--for", "target", required=True, type=click.Choice(list(TARGETS)), help="The device.")
@click.option("--batch", default="1", show_default=True, metavar="VALUE", help="Batch sizes, such as 1,4,8.")
@click.option(
    "--precision", metavar="VALUE", help="Precisions, such as fp32,fp16; default: those of the vendor's guide."
)
@click.option("--optim-level", metavar="VALUE", help="Optimisation levels of torch_aie; default: 1,2 as in its guide.")
@click.option("--chip", metavar="NAME", help="The vendor's name of the chip, where --for does not say it.")
@click.option(
    "--calibration",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Data for int8, preprocessed as the model takes it: an LMDB for bmnetp, .npz files for TPU-MLIR.",
)
@click.option("--calibration-samples", type=click.IntRange(1), metavar="N", help="How many of them; default: 100.")
@click.option("--static-batch", is_flag=True, help="A file for each batch size also where one could serve all (MLU).")
@click.option("--shape", multiple=True, metavar="NAME=DIMS", help="Dimensions after the batch that a file leaves open.")
@click.option(
    "--opset", type=click.IntRange(11, 21), default=11, show_default=True, help="Of the ONNX file that clipperf builds."
)
@click.option(
    "--out",
    default="models",
    show_default=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder to write to.",
)
@click.option("--run", "is_run", is_flag=True, help="Build the ONNX file and run the commands, with a log of each.")
@quiet_option
@debug_option
def compile_command(
    model: str,
    target: str,
    batch: str,
    precision: str | None,
    optim_level: str | None,
    chip: str | None,
    calibration: Path | None,
    calibration_samples: int | None,
    static_batch: bool,
    shape: tuple[str, ...],
    opset: int,
    out: Path,
    is_run: bool,
    quiet: bool,
) -> int:
    """Print the vendor's conversion of MODEL, a name of the catalogue or a file: one shell line for each step.

    Nothing is run without --run. The files get the names that the profile for the device measures.
    """
    from clipperf.profile import make_profile

    given = {"batch": batch, "precision": precision, "shape": list(shape) or None, "option": _levels(optim_level)}
    sources = {"batch": f"--batch {batch}", "precision": f"--precision {precision}", "option": "--optim-level"}
    axes = make_profile({key: value for key, value in given.items() if value is not None}, sources)
    source = _source(model, target, axes, opset)
    wanted = Wanted(
        out,
        tuple(dict.fromkeys(axes.batch)),
        tuple(dict.fromkeys(axes.precision)),
        tuple(map(str, axes.option.get("optim_level", ()))),
        chip,
        static_batch,
        calibration,
        calibration_samples,
    )
    found = conversions(target, source, wanted)
    to_build = None if _is_file(model) or TARGETS[target].reads != ONNX else opset
    if is_run:
        return _run(found, source, to_build, quiet)
    for one in found:
        click.echo(one.line)
    if not quiet:
        _say_what_is_needed(found, source, to_build)
    return FINE


def _source(model: str, target: str, axes: Profile, opset: int) -> Source:
    from clipperf.convert.source import of_catalogue, of_file, of_torchscript

    if not _is_file(model):
        return of_catalogue(model, axes.shape, opset)
    if TARGETS[target].reads == TORCHSCRIPT:
        return of_torchscript(Path(model), axes.shape)
    return of_file(Path(model), axes.shape, axes.batch)


def _is_file(model: str) -> bool:
    return "/" in model or bool(Path(model).suffix)


def _levels(optim_level: str | None) -> dict[str, str] | None:
    return None if optim_level is None else {"optim_level": optim_level}


def _say_what_is_needed(found: Sequence[Conversion], source: Source, to_build: int | None) -> None:
    folders = dict.fromkeys(one.output.parent for one in found if not one.output.parent.exists())
    before = [shlex.join(("mkdir", "-p", *map(str, folders)))] if folders else []
    if to_build is not None and not source.path.exists():
        before.append(f"clipperf models build {source.name} --opset {to_build}")
    variables = dict.fromkeys(variable for one in found for variable in one.variables)
    click.echo("", err=True)
    if before:
        click.echo(f"First: {' && '.join(before)}", err=True)
    if variables:
        click.echo(f"Set in the environment: {', '.join(variables)}.", err=True)
    for remedy in dict.fromkeys(one.remedy for one in found):
        click.echo(remedy, err=True)
    click.echo("--run does the rest where all of that is here.", err=True)


def _run(found: Sequence[Conversion], source: Source, to_build: int | None, quiet: bool) -> int:
    """Prints the path of every file that was made, on stdout; what failed is told on stderr, and the others go on."""
    from clipperf.convert.running import check_here, convert
    from clipperf.errors import CaseFailed
    from clipperf.models.build import build

    check_here(found)
    if to_build is not None:
        build(source.name, opset=to_build)
    lacking: set[Path] = set()
    for one in found:
        try:
            missing = [path for path in one.needs if path in lacking]
            if missing:
                raise CaseFailed("conversion", f"{one.output.name}: it is made from {missing[0].name}, which failed.")
            if not quiet:
                click.echo(one.line, err=True)
            convert(one, one.output.with_name(f"{one.output.name}.log"))
        except CaseFailed as error:
            click.echo(f"Error: {error}", err=True)
            lacking.add(one.output)
        else:
            click.echo(str(one.output))
    return CASE_FAILED if lacking else FINE
