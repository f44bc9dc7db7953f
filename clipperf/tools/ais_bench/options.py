"""What ``--option`` may hold for ais_bench, by the names of its own flags, and what it becomes.

Lists take colons, since a comma begins the next value of an axis, and shapes are written with x: ``dymHW=300x500``,
``dymShape=image:{batch}x3x224x224;mask:1x77``. ``{batch}`` stands for the batch size of the case.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from clipperf.errors import Unsupported
from clipperf.runners.base import Option, take_options
from clipperf.tools.ais_bench.arguments import TRUE
from clipperf.tools.ais_bench.model_file import check_file

_CHOICES = {"pure_data_type": ("zero", "random"), "run_mode": ("array", "files", "tensor", "full")}
_SHAPES = ("dymHW", "dymDims", "dymShape")
KNOWN = (
    *("python", "command", "dymBatch", "batchsize", "input", "aipp_config", "outputSize", "output_batchsize_axis"),
    *(*_CHOICES, *_SHAPES),
)
_DIMENSION = r"(?:\d+|\{batch\})"
_ONE_SHAPE = rf"(?:[\w./-]+:)?{_DIMENSION}(?:[x,]{_DIMENSION})*"
_MOST_AXIS = 8

_WRITTEN_OTHERWISE = {
    "model": "--model",
    "loop": "--iterations",
    "warmup_count": "--warmup",
    "device": "--device",
    "threads": "--instances, which starts a process each; a log measured with --threads can be imported",
    "thread": "--instances, which starts a process each; a log measured with --thread can be imported",
}
_PIPELINE = (
    "it keeps up to a dozen requests of a session in its threads, which is no queue depth, and its compute times are "
    "the same without; a log measured with it can be imported"
)
_NEVER = {
    "pipeline": _PIPELINE,
    "profiler": "a profiler changes what is measured; run it by hand",
    "profiler_rename": "it belongs to --profiler, which changes what is measured",
    "dump": "writing every tensor changes what is measured; run it by hand",
    "dump_npy": "writing every tensor changes what is measured; run it by hand",
    "acl_json_path": "it turns on profiling or dumping, which change what is measured",
    "debug": "it prints lines in every request, which changes what is measured",
    "energy_consumption": "it reads the power twice, around everything, and fails on 910 and 910B, where npu-smi has "
    "another name for it; clipperf reads the power itself",
    "npu_id": "it belongs to --energy_consumption; clipperf reads the power itself",
    "perf": "it measures with NVIDIA's trtexec",
    "backend": "it measures with NVIDIA's trtexec",
    "dymShape_range": "it starts a measurement for every shape; give --batch several sizes and dymShape with {batch}",
    "auto_set_dymshape_mode": "it takes shapes from files, so that requests differ; give dymShape",
    "auto_set_dymdims_mode": "it takes shapes from files, so that requests differ; give dymDims",
    "divide_input": "devices would measure different numbers of requests",
    "display_all_summary": "it is always on: it only prints more",
    "output": "clipperf has the results in the run folder",
    "output_dirname": "clipperf has the results in the run folder",
    "outfmt": "what the model answers is not read",
}


def check(options: Mapping[str, Option]) -> None:
    """Raises Unsupported for options that ais_bench has not, or has otherwise here, and for wrong values."""
    for key in options:
        if key in _WRITTEN_OTHERWISE:
            raise Unsupported(f"--option {key}: for ais_bench this is {_WRITTEN_OTHERWISE[key]}.")
        if key in _NEVER:
            raise Unsupported(f"--option {key}: {_NEVER[key]}.")
    take_options("ais_bench", options, KNOWN)
    for key, allowed in _CHOICES.items():
        if str(options.get(key, allowed[0])) not in allowed:
            raise Unsupported(f"--option {key}={options[key]}: take one of {', '.join(allowed)}.")
    if {"python", "command"} <= options.keys():
        raise Unsupported("--option python and --option command both say what to start: give one of them.")
    shapes = [key for key in ("dymBatch", *_SHAPES) if key in options]
    if len(shapes) > 1:
        raise Unsupported(f"--option {' and --option '.join(shapes)}: a model is dynamic in one way; give one of them.")
    _check_values(options)


def _check_values(options: Mapping[str, Option]) -> None:
    for key in _SHAPES:
        if key in options and not re.fullmatch(rf"{_ONE_SHAPE}(?:;{_ONE_SHAPE})*", str(options[key])):
            raise Unsupported(
                f"--option {key}={options[key]}: write such as 300x500, or image:{{batch}}x3x224x224;mask:1x77."
            )
    if "batchsize" in options and str(options["batchsize"]).lower() not in TRUE:
        raise Unsupported(
            f"--option batchsize={options['batchsize']}: true has the batch size of the case passed on and believed; "
            "without it, it is compared with the model's own."
        )
    axis = options.get("output_batchsize_axis", 0)
    if not isinstance(axis, int) or isinstance(axis, bool) or not 0 <= axis <= _MOST_AXIS:
        raise Unsupported(f"--option output_batchsize_axis={axis}: give a whole number from 0 to {_MOST_AXIS}.")
    if "outputSize" in options and not re.fullmatch(r"\d+(:\d+)*", str(options["outputSize"])):
        raise Unsupported(
            f"--option outputSize={options['outputSize']}: give bytes for each output, such as 8192:2048."
        )
    if "input" in options and "pure_data_type" in options:
        raise Unsupported("--option input and --option pure_data_type: data from files or made up; give one of them.")
    for path in _paths(options):
        if os.path.isdir(path):
            raise Unsupported(
                f"--option input={options['input']}: {path} is a folder, of which every batch would be measured as "
                "often as asked; give one file for each input of the model, with a colon between."
            )
        check_file(path, "--option input")
    if "aipp_config" in options:
        check_file(str(options["aipp_config"]), "--option aipp_config")
        if not str(options["aipp_config"]).endswith(".config"):
            raise Unsupported(
                f"--option aipp_config={options['aipp_config']}: ais_bench wants its name to end in .config."
            )


def check_batch(options: Mapping[str, Option], batch_size: int) -> None:
    """Raises Unsupported where ``dymBatch`` says another size than the case."""
    value = options.get("dymBatch", True)
    is_same = str(value) == str(batch_size)
    if not is_same and (str(value) == "1" or str(value).lower() not in TRUE):
        raise Unsupported(
            f"--option dymBatch={value}: the case has --batch {batch_size}; dymBatch=true passes on that of each case."
        )


def arguments(options: Mapping[str, Option], batch_size: int) -> Iterator[tuple[str, str]]:
    """The flags that are passed on, each with its value as the program takes it."""
    if "dymBatch" in options:
        yield "dymBatch", str(batch_size)
    if "batchsize" in options:
        yield "batchsize", str(batch_size)
    for key in _SHAPES:
        if key in options:
            yield key, _shape(str(options[key]).replace("{batch}", str(batch_size)))
    for key in (*_CHOICES, "output_batchsize_axis"):
        if key in options:
            yield key, str(options[key])
    if "outputSize" in options:
        yield "outputSize", str(options["outputSize"]).replace(":", ",")
    if "input" in options:
        yield "input", ",".join(_paths(options))
    if "aipp_config" in options:
        yield "aipp_config", os.path.abspath(str(options["aipp_config"]))


def _paths(options: Mapping[str, Option]) -> list[str]:
    return [os.path.abspath(path) for path in str(options["input"]).split(":")] if "input" in options else []


def _shape(text: str) -> str:
    """Names may hold an x, numbers between which it stands are what it separates."""
    return ";".join(
        re.sub(r"\d+(?:x\d+)+$", lambda found: found.group().replace("x", ","), part) for part in text.split(";")
    )
