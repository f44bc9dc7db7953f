"""Whether mm_run measured what it was asked for: else there is an error, and no row of something else."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from clipperf.errors import CaseFailed
from clipperf.tools.base import Command, ToolCase
from clipperf.tools.mm_run.inputs import Inputs
from clipperf.tools.mm_run.parameters import Parameters
from clipperf.tools.mm_run.summary import Summary

_ECHOED = ("threads", "infer_depth", "buffer_depth", "iterations", "duration", "batch_size")


def check_taken(command: Command, parameters: Parameters) -> None:
    """Raises CaseFailed where the flags that mm_run says it took are not those that it was given."""
    for flag in _ECHOED:
        if f"--{flag}" not in command.argv or flag not in parameters.flags:
            continue
        after = command.argv[command.argv.index(f"--{flag}") + 1 :]
        given = tuple(itertools.takewhile(lambda value: not value.startswith("--"), after))
        if parameters.numbers(flag) != tuple(map(int, given)):
            raise CaseFailed(
                "flag-ignored",
                f"mm_run was given --{flag} {' '.join(given)} and says that it took "
                f"{parameters.flags[flag] or 'nothing'}: what it measured is not what was asked.",
            )


def check_devices(command: Command, summaries: Sequence[Summary]) -> Mapping[str, Summary]:
    """The summary of each device that the command is for; raises CaseFailed where one is missing or another is there.

    A summary without its device is that of a command for a single one.
    """
    asked = command.device.split(",")
    told = [summary.device or asked[0] for summary in summaries]
    if sorted(told) != sorted(asked):
        raise CaseFailed(
            "devices-missing",
            f"mm_run was to measure on device {', '.join(asked)} and reported {', '.join(told)}; the others cannot be "
            "told. Leave --vendor-multi-device away: then each device has a process of its own.",
        )
    return dict(zip(told, summaries, strict=True))


def check_batch(case: ToolCase, inputs: Inputs, summary: Summary) -> None:
    """Raises CaseFailed where the shapes that ran have another batch than the case.

    A model that was built for one batch may go its own way, and the file of ``run_config`` overrides all shapes.
    """
    for group in (group for group in summary.groups if group.shapes):
        ran = group.shapes[inputs.counted][:1] if inputs.counted < len(group.shapes) else ()
        if ran != (case.batch_size,):
            shapes = ", ".join("x".join(map(str, shape)) or "_" for shape in group.shapes)
            raise CaseFailed(
                "other-batch",
                f"--batch {case.batch_size}: mm_run measured inputs of {shapes}. Give the batch that the model, or the "
                "file of --option run_config, is for.",
            )
