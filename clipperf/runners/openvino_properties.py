"""Options of the openvino runner as the plugin's properties, and which of them the plugin did not take as given."""

from __future__ import annotations

import contextlib
import re
from typing import Any, Mapping

from clipperf.errors import Unsupported
from clipperf.runners.base import OpenSpec, Option, take_options

HINT, THREADS, STREAMS = "PERFORMANCE_HINT", "INFERENCE_NUM_THREADS", "NUM_STREAMS"
PRECISION, PINNING = "INFERENCE_PRECISION_HINT", "ENABLE_CPU_PINNING"
SHAPES = ("static", "dynamic")
_NAMED = {
    "performance_hint": HINT,
    "num_streams": STREAMS,
    "inference_num_threads": THREADS,
    "inference_precision": PRECISION,
}
_HINTS = ("latency", "throughput", "cumulative_throughput", "none")
_COUNTS = ("num_streams", "inference_num_threads")
_MOST = 1024
_PROPERTY = re.compile(r"[A-Z][A-Z0-9_]*")
_WORDS = {"fp32": "f32", "bf16": "bf16", "fp16": "f16", "int8": "f32"}
"""The hint for a precision; what a quantised model leaves unquantised runs in f32, as with other runtimes."""


def check(options: Mapping[str, Option]) -> None:
    """Raises Unsupported for names and values that cannot be; a plugin's own properties only ``open`` can judge."""
    named = {key: value for key, value in options.items() if not _PROPERTY.fullmatch(key)}
    take_options("openvino", named, ("shape", *_NAMED))
    for key, allowed in (("performance_hint", _HINTS), ("shape", SHAPES)):
        if named.get(key, allowed[0]) not in allowed:
            raise Unsupported(f"--option {key}={named[key]}: take one of {', '.join(allowed)}.")
    for key in _COUNTS:
        count = named.get(key, 1)
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= _MOST:
            raise Unsupported(f"--option {key}={count}: give a whole number from 1 to {_MOST}.")
    for key in named:
        if _NAMED.get(key) in options:
            raise Unsupported(f"--option {key}: {_NAMED[key]} is the same property; give one of them.")


def properties_of(spec: OpenSpec, cores: tuple[int, ...] | None, able: Mapping[str, Any]) -> dict[str, Option]:
    """What to compile with: the case's precision and the device's cores, unless options say otherwise.

    ``able`` holds the properties that the device has. A file's own precision, which is that of a case without one, is
    kept by the execution mode for accuracy. Fewer threads than cores are not pinned to single cores: those of several
    copies of a model in one process would all be pinned to the same ones, beside cores that stay idle.
    """
    chosen: dict[str, Option] = {HINT: "LATENCY"}
    if cores is not None:
        chosen[THREADS] = len(cores)
    if not spec.precision:
        chosen["EXECUTION_MODE_HINT"] = "ACCURACY"
    elif PRECISION in able:
        chosen[PRECISION] = _WORDS[spec.precision]
        _check_asked_once(spec)
    for key, value in spec.options.items():
        if key == "performance_hint":
            chosen[HINT] = str(value).upper()
        elif key != "shape":
            chosen[_NAMED.get(key, key)] = _value(value)
    if chosen[HINT] == "NONE":
        del chosen[HINT]
    if cores is not None and chosen[THREADS] != len(cores) and PINNING in able:
        chosen.setdefault(PINNING, False)
    return chosen


def refused(core: Any, model: Any, device: str, options: Mapping[str, Option]) -> str:
    """The sentence on the option that the plugin does not take, found one by one; "" where the reason is another.

    ``model`` is a small one. A core takes any property for a device; plugins look at them when they compile.
    """
    for key, value in options.items():
        name = _NAMED.get(key, key)
        if key == "shape" or (name == HINT and key != HINT):
            continue
        try:
            core.compile_model(model, device, {name: _value(value)})
        except RuntimeError as error:
            return f"--option {key}={value}: OpenVINO's {device} does not take it: {last_line(error)}"
    return ""


def check_taken(compiled: Any, device: str, options: Mapping[str, Option]) -> None:
    """Raises Unsupported where a number was silently replaced, as streams and threads beyond the cores are."""
    for key, value in options.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            continue
        with contextlib.suppress(RuntimeError):  # Some properties are the core's and cannot be read back.
            taken = compiled.get_property(_NAMED.get(key, key))
            if isinstance(taken, (int, float)) and taken != value:
                raise Unsupported(f"--option {key}={value}: OpenVINO's {device} silently took {taken}; give that.")


def _value(value: Option) -> Option:
    """As properties are given from Python: releases before 2026 do not take all words for yes and no."""
    return {"true": True, "false": False}.get(str(value).lower(), value)


def _check_asked_once(spec: OpenSpec) -> None:
    """Raises Unsupported where the option asks for another precision than the case; int8 may leave layers in any."""
    told = str(spec.options.get("inference_precision", spec.options.get(PRECISION, "")))
    others = [ours for ours, word in _WORDS.items() if word == told and spec.precision not in (ours, "int8")]
    if others and _WORDS[spec.precision] != told:
        raise Unsupported(
            f"--option inference_precision={told}: the case asks for --precision {spec.precision}; give --precision "
            f"{others[0]} in place of the option."
        )


def last_line(error: Exception) -> str:
    """What OpenVINO says after the places in its source."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
