"""What ``--option`` may hold for a profiler, by the names of its own flags, and what it becomes.

Any flag that the program's help lists may be given, but for those that the case itself says: each profiler of the
family has some of its own. Lists take colons, since a comma begins the next value of an axis, and shapes are written
with x: ``shape=3x224x224``, ``percentiles=50:90:95:99``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from clipperf.errors import Unsupported
from clipperf.runners.base import Option, take_options
from clipperf.tools.vsx_prof.program import OPTION, Program
from clipperf.tools.vsx_prof.queue_size import FAMILIES

FILES = ("vdsp_params", "hw_config", "norm_elf", "space2depth_elf", "elf_file", "test_input_npz")
PERCENTILES = "50:90:95:99"
"""Those for which a row has columns."""

_OURS = (OPTION, "family")
_LISTED = "percentiles"
_SHAPE = "shape"
_SWITCH = "input_host"
_WRITTEN_OTHERWISE = {
    "model_prefix": "--model",
    "device_ids": "--device",
    "batch_size": "--batch",
    "instance": "--instances, which is per device",
    "iterations": "--iterations or --duration",
    "queue_size": "--queue-depth: 1 is a queue size of 0, and q + 2 one of q",
}
_SWITCH_VALUES = {"true": "1", "1": "1", "false": "0", "0": "0"}


def check(options: Mapping[str, Option], program: Program) -> None:
    """Raises Unsupported for options that the program has not, or has otherwise here, and for wrong values."""
    for key in sorted(set(options) & set(_WRITTEN_OTHERWISE)):
        raise Unsupported(f"--option {key}: for vsx_prof this is {_WRITTEN_OTHERWISE[key]}.")
    take_options(program.name, options, (*_OURS, *sorted(program.flags - set(_WRITTEN_OTHERWISE))))
    if str(options.get("family", FAMILIES[0])) not in FAMILIES:
        raise Unsupported(f"--option family={options['family']}: take one of {', '.join(FAMILIES)}.")
    for key in FILES:
        if key in options and not os.path.isfile(str(options[key])):
            raise Unsupported(f"--option {key}={options[key]}: there is no such file.")
    dict(arguments(options, program))
    _check_missing(options, program)


def arguments(options: Mapping[str, Option], program: Program) -> Iterator[tuple[str, str]]:
    """The flags that are passed on, each with its value as the profilers take it.

    ``input_host`` is given in any case: without it the input lies on the device, which is no pipeline.
    """
    if _LISTED in program.flags:
        yield _LISTED, _list(str(options.get(_LISTED, PERCENTILES)))
    if _SWITCH in program.flags:
        yield _SWITCH, "1" if has_host_input(options) else "0"
    for key in sorted(set(options) - {*_OURS, _LISTED, _SWITCH}):
        value = str(options[key])
        if key == _SHAPE:
            value = _shape(value)
        elif os.path.exists(value):
            # The profiler runs in a folder of its own, where a relative path means another file.
            value = os.path.abspath(value)
        yield key, value


def has_host_input(options: Mapping[str, Option]) -> bool:
    """Whether the input is copied to the device inside the clock; raises Unsupported for neither yes nor no."""
    value = _SWITCH_VALUES.get(str(options.get(_SWITCH, True)).lower())
    if value is None:
        raise Unsupported(f"--option {_SWITCH}={options[_SWITCH]}: give true or false.")
    return value == "1"


def of_command(flags: Mapping[str, str]) -> dict[str, Any]:
    """What a row from a log keeps of a command that stands in it, in the words of ``--option``."""
    kept: dict[str, Any] = {}
    if _SWITCH_VALUES.get(flags.get(_SWITCH, "")) is not None:
        kept[_SWITCH] = _SWITCH_VALUES[flags[_SWITCH]] == "1"
    if numbers := re.findall(r"[0-9]+", flags.get(_SHAPE, "")):
        kept[_SHAPE] = "x".join(numbers)
    return kept


def _check_missing(options: Mapping[str, Option], program: Program) -> None:
    lacking = [key for key in program.required if key not in options and key not in _WRITTEN_OTHERWISE]
    if "vdsp_params" in program.flags and "vdsp_params" not in options:
        # Its default is relative to the folder in which the samples were built.
        lacking.append("vdsp_params")
    if lacking:
        wanted = " and ".join(f"--option {key}=FILE" for key in dict.fromkeys(lacking))
        raise Unsupported(f"{program.name} needs {wanted}; its sources have such files in data/configs, or make them.")


def _list(text: str) -> str:
    parts = text.split(":")
    if not all(re.fullmatch(r"[0-9]{1,3}", part) and int(part) <= 100 for part in parts):
        raise Unsupported(f"--option {_LISTED}={text}: give whole percentages with colons between, such as 50:90:99.")
    return f"[{','.join(str(int(part)) for part in parts)}]"


def _shape(text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]{0,8}(?:x[1-9][0-9]{0,8})*", text):
        raise Unsupported(f"--option {_SHAPE}={text}: give dimensions with x between, such as 3x224x224.")
    return f"[{text.replace('x', ',')}]"
