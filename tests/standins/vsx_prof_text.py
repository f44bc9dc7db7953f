"""The command lines and the printed results of VastStreamX's profilers, in C++ and in Python, for the stand-in."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Flag:
    """A flag of a profiler: its type in the words of the C++ help, its default (None where it must be given)."""

    name: str
    kind: str
    default: str | None
    short: str = ""


_MODEL = Flag("model_prefix", "string", "/opt/models/mod", "m")
_COMMON = (
    Flag("hw_config", "string", ""),
    Flag("device_ids", "string", "[0]", "d"),
    Flag("batch_size", "unsigned int", "1", "b"),
    Flag("instance", "unsigned int", "1", "i"),
    Flag("iterations", "int", "10240"),
    Flag("percentiles", "string", "[50, 90, 95, 99]"),
    Flag("input_host", "bool", "0"),
    Flag("queue_size", "unsigned int", "1", "q"),
)
_IMAGE = (Flag("norm_elf", "string", "/opt/elf/n"), Flag("space2depth_elf", "string", "/opt/elf/s"))
_SHAPE = Flag("shape", "string", "", "s")
_VDSP = Flag("vdsp_params", "string", "../data/configs/clip_txt_vdsp.json")
FLAGS: Mapping[str, tuple[Flag, ...]] = {
    "clip_image_prof": (_MODEL, *_IMAGE, *_COMMON, _SHAPE),
    "clip_text_prof": (_MODEL, _VDSP, *_COMMON, Flag("test_input_npz", "string", None)),
    "run_stream_async_prof": (_MODEL, _VDSP, *_COMMON, _SHAPE),
    "argmax_prof": tuple(flag for flag in _COMMON if flag.name not in ("queue_size", "batch_size", "hw_config")),
}
"""Of each profiler; the Python twin of the text one has no npz file."""


def read_flags(program: str, arguments: Sequence[str]) -> dict[str, str]:
    """The values of all flags; helps and refuses in the way of the language, and ends then."""
    is_python = program.endswith(".py")
    flags = FLAGS[program.removesuffix(".py")]
    return _argparse(program, flags, arguments) if is_python else _cmdline(program, flags, arguments)


def _argparse(program: str, flags: Sequence[Flag], arguments: Sequence[str]) -> dict[str, str]:
    parser = argparse.ArgumentParser(prog=program)
    for flag in flags:
        if flag.default is not None:
            spellings = [f"-{flag.short}"] if flag.short and flag.name != "queue_size" else []
            kind: Any = int if flag.kind != "string" else str
            parser.add_argument(*spellings, f"--{flag.name}", default=flag.default, type=kind, help=f"the {flag.name}")
    return {name: str(value) for name, value in vars(parser.parse_args(list(arguments))).items()}


def _cmdline(program: str, flags: Sequence[Flag], arguments: Sequence[str]) -> dict[str, str]:
    by_name = {flag.name: flag for flag in flags}
    by_name |= {flag.short: flag for flag in flags if flag.short}
    values = {flag.name: flag.default for flag in flags}
    problems: list[str] = []
    words = iter(arguments)
    for word in words:
        name, equals, value = word.lstrip("-").partition("=")
        if name in ("help", "?"):
            print(_usage(program, flags), file=sys.stderr)
            sys.exit(0)
        if name not in by_name:
            problems.append(f"undefined option: --{name}")
            continue
        given = value if equals else next(words, None)
        if given is None:
            problems.append(f"option needs value: --{name}")
        elif by_name[name].kind != "string" and not given.lstrip("-").isdigit():
            problems.append(f"option value is invalid: --{name}={given}")
        else:
            values[by_name[name].name] = given
    problems += [f"need option: --{name}" for name, value in values.items() if value is None]
    if problems:
        print(problems[0], _usage(program, flags), sep="\n", file=sys.stderr)
        sys.exit(1)
    return {name: str(value) for name, value in values.items()}


def _usage(program: str, flags: Sequence[Flag]) -> str:
    needed = " ".join(f"--{flag.name}={flag.kind}" for flag in flags if flag.default is None)
    lines = [f"usage: ./bin/{program} {needed} [options] ... ", "options:"]
    for flag in flags:
        head = f"  -{flag.short}, " if flag.short else "      "
        default = "" if flag.default is None else f" [={flag.default}]"
        lines.append(f"{head}--{flag.name:<20}what it is ({flag.kind}{default})")
    return "\n".join([*lines, "  -?, --help                print this message"])


@dataclass(frozen=True)
class Result:
    """What a run gave; latencies in µs, not sorted."""

    instances: int
    devices: Sequence[int]
    queue_size: int | None
    batch_size: int | None
    qps: float
    latencies_us: Sequence[float]
    percentiles: Sequence[int] = (50, 90, 95, 99)


def block(result: Result, is_python: bool, is_swapped: bool = False) -> str:
    """The result as the profiler prints it."""
    listed = ", ".join(map(str, result.devices)) if is_python else " " + "".join(f"{one} " for one in result.devices)
    settings = [f"- number of instances: {result.instances}", f"  devices: [{listed}]"]
    sizes = [
        *([] if result.queue_size is None else [f"  queue size: {result.queue_size}"]),
        *([] if result.batch_size is None else [f"  batch size: {result.batch_size}"]),
    ]
    ordered = sorted(result.latencies_us)
    at = _linear if is_python else _nearest
    figures = {
        "avg": int(sum(ordered) / len(ordered)),
        "min": at(ordered, 0),
        "max": at(ordered, 100),
        **{f"p{percent}": at(ordered, percent) for percent in result.percentiles},
    }
    rate = f"{result.qps:.2f}" if is_python else f"{result.qps:.6g}"
    lines = [*settings, *(reversed(sizes) if is_swapped else sizes), f"  throughput (qps): {rate}", "  latency (us):"]
    return "\n" + "\n".join([*lines, *(f"    {name} latency: {us}" for name, us in figures.items())]) + "\n"


def _linear(ordered: Sequence[float], percent: int) -> int:
    place = (len(ordered) - 1) * percent / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return int(ordered[low] + (ordered[high] - ordered[low]) * (place - low))


def _nearest(ordered: Sequence[float], percent: int) -> int:
    return int(ordered[int(percent / 100 * (len(ordered) - 1) + 0.5)])
