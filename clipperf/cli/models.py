"""``clipperf models``: the catalogue, and building a model from it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click

from clipperf.cli.common import debug_option, format_option

if TYPE_CHECKING:
    from clipperf.models.checkpoint import Checkpoint


class _Asked(TypedDict):
    seed: int
    static_batch: int | None
    activation: str | None
    folder: Path | None
    checkpoint: Checkpoint | None


@click.group(invoke_without_command=True, subcommand_metavar="[COMMAND] [ARGS]...")
@format_option
@debug_option
@click.pass_context
def models(context: click.Context, format_: str | None) -> None:
    """List the models that clipperf knows by name; `clipperf models build NAME` writes one as a file."""
    if context.invoked_subcommand is not None:
        return
    from clipperf.models.catalogue import catalogue
    from clipperf.report.records import records_text

    records = [
        {
            "name": model.name,
            "description": model.description,
            "inputs": ", ".join(str(tensor) for tensor in model.signature.inputs),
            "output": ", ".join(str(tensor) for tensor in model.signature.outputs),
            "parameters": model.parameters,
            "gflops_per_sample": round(model.gflops_per_sample, 4),
        }
        for model in catalogue().values()
    ]
    click.echo(records_text(records, format_ or "plain"), nl=format_ != "csv")


@models.command()
@click.argument("name")
@click.option(
    "--as",
    "form",
    type=click.Choice(["onnx", "torchscript"]),
    default="onnx",
    show_default=True,
    help="Kind of file; TorchScript is traced by torch, of which clipperf's own Python needs any build.",
)
@click.option("--static-batch", type=click.IntRange(min=1), metavar="N", help="Fix the batch size; default: dynamic.")
@click.option(
    "--activation",
    type=click.Choice(["gelu", "quick-gelu"]),
    help="Activation of the MLPs; default: gelu, or the checkpoint's.",
)
@click.option(
    "--opset", type=int, metavar="N", help="Of ONNX; below 17 LayerNormalization is decomposed. [default: 17]"
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Seed of drawn weights. [default: 0]")
@click.option(
    "--weights",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Checkpoint of open_clip, OpenAI, Hugging Face, timm or JAX; default: weights drawn from the seed.",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder to write to; default: the cache.")
@debug_option
def build(
    name: str,
    form: str,
    static_batch: int | None,
    activation: str | None,
    opset: int | None,
    seed: int | None,
    weights: Path | None,
    out: Path | None,
) -> None:
    """Write the model NAME as a file, its weights drawn or trained, and print its path."""
    from clipperf.errors import UsageError
    from clipperf.models.build import DEFAULT_OPSET
    from clipperf.models.build import build as build_onnx
    from clipperf.models.torchscript import build_torchscript

    if form == "torchscript" and opset is not None:
        raise UsageError(f"--opset {opset}: it belongs to ONNX; leave it out with --as torchscript.")
    if weights is not None and seed is not None:
        raise UsageError(f"--seed {seed}: it draws weights, which --weights {weights} holds; leave one of them out.")
    checkpoint = None if weights is None else _opened(weights, name, activation)
    asked = _Asked(seed=seed or 0, static_batch=static_batch, activation=activation, folder=out, checkpoint=checkpoint)
    if form == "onnx":
        built = build_onnx(name, **asked, opset=DEFAULT_OPSET if opset is None else opset)
    else:
        built = build_torchscript(name, **asked)
    click.echo(str(built.path))
    click.echo(f"sha256 {built.sha256}", err=True)


def _opened(weights: Path, name: str, activation: str | None) -> Checkpoint:
    """The checkpoint; what is found in it, and what is not used of it, goes to stderr."""
    from clipperf.models.checkpoint_matching import open_checkpoint

    checkpoint = open_checkpoint(weights, name)
    chosen, reason = (activation, "--activation") if activation else (checkpoint.activation, checkpoint.activation_from)
    click.echo(f"weights of {weights}, layout {checkpoint.layout}; activation {chosen}, from {reason}", err=True)
    if checkpoint.of_other_parts:
        click.echo(f"left out: {checkpoint.of_other_parts} tensors of other parts of the model", err=True)
    if checkpoint.unknown:
        click.echo(f"left out, since the network has no place for them: {', '.join(checkpoint.unknown)}", err=True)
    return checkpoint
