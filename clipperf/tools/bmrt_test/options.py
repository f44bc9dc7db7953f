"""What ``--option`` may hold for bmrt_test, by the names of its own flags, and what it becomes.

A comma begins the next value of an axis, so that ``core_list`` has a plus between cores that execute one model
together and, as in bmrt_test, a colon between groups that execute each its own: ``0+1`` is bmrt_test's ``0,1``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from clipperf.errors import Unsupported
from clipperf.runners.base import Option, take_options
from clipperf.tools.bmrt_test.shapes import as_argument, read_shapes

SHAPES = ("shapes", "output_shapes")
NUMBERS = ("net_idx", "stage_idx")
KNOWN = ("command", "calculate_times", "core_list", *SHAPES, *NUMBERS, "memory_prealloc", "prealloc", "decrypt_lib")
_MOST_LAUNCHES = 1_000_000
_MOST_INDEX = 9999
_CORES = r"[0-9]{1,3}(?:[+,][0-9]{1,3})*"
_SWITCH_VALUES = {"true": True, "1": True, "false": False, "0": False}

_WRITTEN_OTHERWISE = {
    "bmodel": "--model",
    "devid": "--device",
    "loopnum": "--iterations or --duration",
}
_COMPARES = "it compares answers, for which it wants a folder with recorded data; run it by hand"
_WRITES = "it writes tensors to files, which changes what is measured; run it by hand"
_NEVER = {
    "thread_num": "with it bmrt_test checks answers from several threads and times nothing; --instances measures "
    "several at once",
    "profile": "a profiler changes what is measured; run it by hand",
    "subnet_time": "it times parts of the model one by one, which changes what is measured; run it by hand",
    "cascade_device": "a model that is spread over several chips is one instance on all of them; run it by hand and "
    "import its log",
    **dict.fromkeys(("export_neuron", "export_output", "debug_output"), _WRITES),
    **dict.fromkeys(
        ("context_dir", "append_dir", "bmodel_list", "compare", "accuracy_f", "accuracy_i", "only_cmp_last"), _COMPARES
    ),
    "output_ref": _COMPARES,
    "test_case": "it times nothing",
}


def check(options: Mapping[str, Option]) -> None:
    """Raises Unsupported for options that bmrt_test has not, or has otherwise here, and for wrong values."""
    for key in options:
        if key in _WRITTEN_OTHERWISE:
            raise Unsupported(f"--option {key}: for bmrt_test this is {_WRITTEN_OTHERWISE[key]}.")
        if key in _NEVER:
            raise Unsupported(f"--option {key}: {_NEVER[key]}.")
    take_options("bmrt_test", options, KNOWN)
    launches(options)
    groups(options)
    dict(arguments(options, 1))
    if "decrypt_lib" in options and not os.path.isfile(str(options["decrypt_lib"])):
        raise Unsupported(f"--option decrypt_lib={options['decrypt_lib']}: there is no such file.")


def launches(options: Mapping[str, Option]) -> int:
    """Launches in a loop; raises Unsupported for no such number."""
    return _number(options, "calculate_times", 1, 1, _MOST_LAUNCHES)


def groups(options: Mapping[str, Option]) -> int:
    """Groups of cores that execute at once; raises Unsupported for what is no list of them."""
    if "core_list" not in options:
        return 1
    text = str(options["core_list"])
    if not re.fullmatch(rf"{_CORES}(?::{_CORES})*", text):
        raise Unsupported(
            f"--option core_list={text}: give 0+1 for a model that was compiled for two cores, 0:1 for a model of one "
            "core on each of two, 0+1:2+3 for both."
        )
    cores = re.findall("[0-9]+", text)
    if len(set(cores)) < len(cores):
        raise Unsupported(f"--option core_list={text}: a core stands there twice.")
    return text.count(":") + 1


def arguments(options: Mapping[str, Option], batch_size: int) -> Iterator[tuple[str, str]]:
    """The flags that are passed on, each with its value; one that takes none has an empty one."""
    if launches(options) > 1:
        yield "calculate_times", str(launches(options))
    if "core_list" in options:
        yield "core_list", str(options["core_list"]).replace("+", ",")
    for key in SHAPES:
        if key in options:
            yield key, as_argument(read_shapes(key, str(options[key]), batch_size))
    for key in NUMBERS:
        if key in options:
            yield key, str(_number(options, key, 0, 0, _MOST_INDEX))
    if _is_on(options, "memory_prealloc"):
        yield "memory_prealloc", ""
    if "prealloc" in options:
        if not re.fullmatch("0x[0-9a-fA-F]{1,12}", str(options["prealloc"])):
            raise Unsupported(f"--option prealloc={options['prealloc']}: give bytes in hexadecimal, such as 0x4000000.")
        yield "prealloc", str(options["prealloc"])
    if "decrypt_lib" in options:
        yield "decrypt_lib", os.path.abspath(str(options["decrypt_lib"]))


def _number(options: Mapping[str, Option], key: str, default: int, low: int, high: int) -> int:
    value = options.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Unsupported(f"--option {key}={value}: give a whole number from {low} to {high}.")
    return value


def _is_on(options: Mapping[str, Option], key: str) -> bool:
    value = _SWITCH_VALUES.get(str(options.get(key, False)).lower())
    if value is None:
        raise Unsupported(f"--option {key}={options[key]}: give true or false.")
    return value
