"""Options of the onnxruntime runner, checked, and the session options that they make."""

from __future__ import annotations

from typing import Any, Mapping

from clipperf.errors import Unsupported
from clipperf.runners.base import Option, take_options
from clipperf.runners.onnxruntime_providers import provider_of

_THREADS = ("intra_op_num_threads", "inter_op_num_threads")
_MOST_THREADS = 1024
_LEVELS = {
    "disable": "ORT_DISABLE_ALL",
    "basic": "ORT_ENABLE_BASIC",
    "extended": "ORT_ENABLE_EXTENDED",
    "all": "ORT_ENABLE_ALL",
}
_MODES = {"sequential": "ORT_SEQUENTIAL", "parallel": "ORT_PARALLEL"}


def check(options: Mapping[str, Option]) -> None:
    """Raises Unsupported for names and values that cannot be; a key with a dot only ``open`` can judge."""
    named = {key: value for key, value in options.items() if "." not in key}
    take_options("onnxruntime", named, ("provider", "execution_mode", "graph_optimization_level", *_THREADS))
    provider_of(options)
    for key, allowed in (("execution_mode", _MODES), ("graph_optimization_level", _LEVELS)):
        if key in named and named[key] not in allowed:
            raise Unsupported(f"--option {key}={named[key]}: take one of {', '.join(allowed)}.")
    for key in _THREADS:
        threads = named.get(key, 1)
        if not isinstance(threads, int) or not 0 <= threads <= _MOST_THREADS:
            raise Unsupported(
                f"--option {key}={threads}: give a whole number of threads up to {_MOST_THREADS}, 0 for "
                "onnxruntime's own choice."
            )


def session_options(ort: Any, options: Mapping[str, Option], cores: tuple[int, ...] | None) -> Any:
    """The session options; a key with a dot is one of onnxruntime's own session configuration entries."""
    chosen = ort.SessionOptions()
    if cores is not None:
        chosen.intra_op_num_threads = len(cores)
    for key, value in options.items():
        if key in _THREADS:
            setattr(chosen, key, value)
        elif key == "execution_mode":
            chosen.execution_mode = getattr(ort.ExecutionMode, _MODES[value])
        elif key == "graph_optimization_level":
            chosen.graph_optimization_level = getattr(ort.GraphOptimizationLevel, _LEVELS[value])
        elif "." in key:
            chosen.add_session_config_entry(key, str(value))
    return chosen
