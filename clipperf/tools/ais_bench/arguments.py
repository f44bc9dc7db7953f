"""The flags of an ais_bench command line, as the program itself would read them, by its own names.

The summary holds the command line of the program (``sys.argv``), also where msit or ait started it: those write
``--dym-batch`` for ``--dymBatch``, and all of them take any prefix that is not ambiguous, as argparse does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

_NAMES = (
    *("model", "input", "output", "output_dirname", "outfmt", "loop", "debug", "device", "dymBatch", "dymHW"),
    *("dymDims", "dymShape", "outputSize", "auto_set_dymshape_mode", "auto_set_dymdims_mode", "batchsize"),
    *("pure_data_type", "profiler", "dump", "acl_json_path", "output_batchsize_axis", "run_mode"),
    *("display_all_summary", "warmup_count", "dymShape_range", "aipp_config", "energy_consumption", "npu_id"),
    *("backend", "perf", "pipeline", "profiler_rename", "dump_npy", "divide_input", "threads", "thread"),
)
MSIT_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "model": "om-model",
        "batchsize": "batch-size",
        "dymBatch": "dym-batch",
        "dymHW": "dym-hw",
        "dymDims": "dym-dims",
        "dymShape": "dym-shape",
        "dymShape_range": "dym-shape-range",
        "outputSize": "output-size",
    }
)
"""What msit and ait call otherwise; the rest differs in its dashes only."""

_SHORT = {"m": "model", "om": "model", "i": "input", "o": "output", "od": "output_dirname", "l": "loop", "d": "device"}
_OURS = {MSIT_NAMES.get(name, name.replace("_", "-")): name for name in _NAMES} | {name: name for name in _NAMES}
TRUE = ("yes", "true", "t", "y", "1")


def read_arguments(argv: Sequence[str]) -> dict[str, str]:
    """Each flag's value; what is no flag of ais_bench is left out."""
    found: dict[str, str] = {}
    for position, word in enumerate(argv):
        if not re.match(r"--?[A-Za-z]", word):
            continue
        flag, equals, value = word.partition("=")
        name = _name_of(flag)
        if name:
            found[name] = value if equals else next(iter(argv[position + 1 : position + 2]), "")
    return found


def is_on(arguments: Mapping[str, str], name: str) -> bool:
    """Whether a switch is on; off where it is not given."""
    return arguments.get(name, "").lower() in TRUE


def threads_of(arguments: Mapping[str, str]) -> int:
    """The computing threads; without ``--pipeline`` the program takes one whatever is asked."""
    text = arguments.get("threads", arguments.get("thread", "1"))
    return int(text) if text.isdecimal() and len(text) < 4 and is_on(arguments, "pipeline") else 1


def number_of(arguments: Mapping[str, str], name: str, default: int) -> int | None:
    """A whole number, the program's default where it is not given, None where it is none."""
    text = arguments.get(name, str(default))
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else None


def _name_of(flag: str) -> str:
    if not flag.startswith("--"):
        return _SHORT.get(flag[1:], "")
    word = flag[2:]
    if word in _OURS:
        return _OURS[word]
    meant = {name for spelling, name in _OURS.items() if spelling.startswith(word)} - {"thread"}
    return meant.pop() if len(meant) == 1 else ""
