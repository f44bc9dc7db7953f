"""``clipperf models``: the catalogue, and building a model from it."""

from __future__ import annotations

from pathlib import Path

import click

from clipperf.cli.common import debug_option, format_option


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
@click.option("--activation", type=click.Choice(["gelu", "quick-gelu"]), help="Activation of the MLPs; default: gelu.")
@click.option(
    "--opset", type=int, metavar="N", help="Of ONNX; below 17 LayerNormalization is decomposed. [default: 17]"
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Seed of the weights.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder to write to; default: the cache.")
@debug_option
def build(
    name: str,
    form: str,
    static_batch: int | None,
    activation: str | None,
    opset: int | None,
    seed: int,
    out: Path | None,
) -> None:
    """Write the model NAME as a file, weights drawn from the seed, and print its path."""
    from clipperf.errors import UsageError
    from clipperf.models.build import DEFAULT_OPSET
    from clipperf.models.build import build as build_onnx
    from clipperf.models.torchscript import build_torchscript

    if form == "onnx":
        opset = DEFAULT_OPSET if opset is None else opset
        built = build_onnx(name, seed=seed, static_batch=static_batch, activation=activation, opset=opset, folder=out)
    elif opset is not None:
        raise UsageError(f"--opset {opset}: it belongs to ONNX; leave it out with --as torchscript.")
    else:
        built = build_torchscript(
            name, seed=seed, static_batch=static_batch, activation=activation or "gelu", folder=out
        )
    click.echo(str(built.path))
    click.echo(f"sha256 {built.sha256}", err=True)
