"""The command line: one file a verb, imported when it is called, and one translator of errors to exit codes."""

from __future__ import annotations

import importlib
import keyword
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

import clipperf
from clipperf.errors import ClipperfError

VERBS = {
    "sweep": "Measure a model over batch sizes, instances, queue depths, devices and options.",
    "doctor": "Look at this machine: is it fit to measure now, and what is to be mended?",
    "runners": "List runners and vendors' tools: which work here, with what, and what the others lack.",
    "models": "List the catalogue of models, or build one as ONNX or TorchScript.",
    "compile-command": "Print a vendor's conversion of a model for its device, or run it.",
    "validate": "Measure simulated devices of known answer: is the profiler right on this machine?",
    "compare": "Compare two run folders case by case: faster, slower, same or ambiguous, with ratios and intervals.",
    "ab": "Measure two configurations in turn, A B B A ..., and compare them pair by pair.",
    "modes": "Find the operating points of most throughput and of least latency, and measure both again in turn.",
    "tune": "Find the best point of a grid, under constraints, with far fewer measurements than the grid has.",
    "capacity": "Find the highest rate of random arrivals that meets an objective, and the latency against the rate.",
    "provision": "Plan both towers: batch, instances and devices for a rate of images and texts.",
    "score": "Say how well texts fit images: the softmax over the cosines of CLIP's two towers, on any runner.",
    "import": "Make a run folder of logs that a vendor's program wrote elsewhere.",
    "export": "Print a run folder's rows in the form of a vendor's own program.",
    "nightly": "Measure profiles every night and judge them against the nights before: quiet, suspected, regression.",
    "history": "All runs in one database: list and show series night by night, annotate, acknowledge, prune, rebuild.",
    "report": "Print a run folder's table and draw its curves again, without a device.",
}
"""Each verb is the function of its name in the module of its name; the sentence is its help.

A name that Python keeps for itself has an underscore after it there, and hyphens are underscores.
"""

FINE, CASE_FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


class LazyGroup(click.Group):
    """Lists verbs without importing them, so that --help answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs in the order of the table."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb's command, imported now."""
        if cmd_name not in VERBS:
            return None
        name = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name.replace("-", "_")
        command = getattr(importlib.import_module(f"clipperf.cli.{name}"), name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """What the verb gives; a reader of the output (head, less) that has seen enough is no failure of ours."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Python would complain once more while it shuts down.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return FINE

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table."""
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


@click.command(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    epilog="Exit codes: 0 fine; 1 a case failed; 2 wrong usage or profile; 3 slower, an objective missed, or out of "
    "its bounds, where that was to be judged; 4 too noisy to say; 130 interrupted.",
)
@click.version_option(clipperf.__version__, message="clipperf %(version)s")
def group() -> None:
    """Measure how fast CLIP and ViT models run, with one harness for every vendor's accelerator."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a verb and exits with its code; errors are sentences on stderr, a traceback only with --debug."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = group.main(given, prog_name="clipperf", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        code = INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except ClipperfError as error:
        if "--debug" in given:
            raise
        for problem in getattr(error, "problems", (error,)):
            click.echo(f"Error: {problem}", err=True)
        code = USAGE
    except Exception as error:
        if "--debug" in given:
            raise
        click.echo(f"Error: {type(error).__name__}: {error}. Run again with --debug for the traceback.", err=True)
        code = CASE_FAILED
    sys.exit(code if isinstance(code, int) else FINE)
