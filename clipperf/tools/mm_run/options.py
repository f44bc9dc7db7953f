"""What ``--option`` may hold for mm_run, and the flags that it becomes.

Lists take colons, since a comma begins the next value of an axis; relative paths mean those of the command, while
mm_run runs in a folder of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from clipperf.errors import Unsupported
from clipperf.runners.base import Option, take_options
from clipperf.tools.mm_run.inputs import read_inputs

SWITCHES = ("bind_cluster", "host_async", "kernel_capture")
PATHS = ("run_config", "input_files", "plugin")
CLOCKS = ("none", "host", "dev", "both")
KNOWN = ("command", "input_batches", "input_dims", *PATHS, *SWITCHES, "trace", "trace_time")
"""``trace`` has mm_run write its JSON of each device, beside the log in the run folder."""

_WRITTEN_OTHERWISE = {
    "magicmind_model": "--model",
    "batch_size": "--batch, and --option input_batches for several inputs",
    "devices": "--device",
    "threads": "--instances",
    "infer_depth": "--queue-depth",
    "buffer_depth": "--queue-depth",
    "warmup": "--warmup",
    "duration": "--duration",
    "iterations": "--iterations",
    "disable_data_copy": "--scope device-io",
    "trace_path": "--option trace=true",
}
_SWITCH_VALUES = {"true": True, "1": True, "false": False, "0": False}


def check(options: Mapping[str, Option]) -> None:
    """Raises Unsupported for options that mm_run has not, or has by another name here, and for wrong values."""
    for key in sorted(set(options) & set(_WRITTEN_OTHERWISE)):
        raise Unsupported(f"--option {key}: for mm_run this is {_WRITTEN_OTHERWISE[key]}.")
    take_options("mm_run", options, KNOWN)
    read_inputs(options, 1)
    for key in (*SWITCHES, "trace"):
        if key in options:
            is_on(options, key)
    if str(options.get("trace_time", CLOCKS[0])) not in CLOCKS:
        raise Unsupported(f"--option trace_time={options['trace_time']}: take one of {', '.join(CLOCKS)}.")
    for key in PATHS:
        for path in _paths(options, key):
            if not os.path.isfile(path):
                raise Unsupported(f"--option {key}={options[key]}: there is no file {path}.")


def is_on(options: Mapping[str, Option], key: str) -> bool:
    """Whether a switch is on, off where it is not given; raises Unsupported for anything but true and false."""
    value = _SWITCH_VALUES.get(str(options.get(key, False)).lower())
    if value is None:
        raise Unsupported(f"--option {key}={options[key]}: give true or false.")
    return value


def arguments(options: Mapping[str, Option]) -> Iterator[str]:
    """The flags that are passed through, as mm_run takes them: each followed by its values."""
    for key in PATHS:
        if key in options:
            yield from (f"--{key}", *_paths(options, key))
    for key in SWITCHES:
        if key in options:
            yield from (f"--{key}", "true" if is_on(options, key) else "false")
    if "trace_time" in options:
        yield from ("--trace_time", str(options["trace_time"]))


def _paths(options: Mapping[str, Option], key: str) -> list[str]:
    return [os.path.abspath(path) for path in str(options[key]).split(":")] if key in options else []
