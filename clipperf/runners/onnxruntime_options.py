"""Options of the onnxruntime runner: its own, settings of providers and entries of the session's configuration.

What stands before a key's first dot tells: ``cuda.use_tf32`` is a setting of a provider, ``session.dynamic_block_base``
an entry of the configuration.
"""

from __future__ import annotations

import re
from typing import Any, Mapping

from clipperf.errors import Unsupported
from clipperf.runners.base import Option, take_options
from clipperf.runners.onnxruntime_providers import DIRECTML, OPENVINO, PROVIDERS, Provider, order_of, provider_named
from clipperf.runners.onnxruntime_settings import as_text

_THREADS = ("intra_op_num_threads", "inter_op_num_threads")
_MOST_THREADS = 1024
_LEVELS = {
    "disable": "ORT_DISABLE_ALL",
    "basic": "ORT_ENABLE_BASIC",
    "extended": "ORT_ENABLE_EXTENDED",
    "all": "ORT_ENABLE_ALL",
}
_MODES = {"sequential": "ORT_SEQUENTIAL", "parallel": "ORT_PARALLEL"}
_IO = ("arrays", "binding")
_WORDS = {"execution_mode": tuple(_MODES), "graph_optimization_level": tuple(_LEVELS), "io": _IO}
_ENTRIES = ("session", "optimization", "ep", "mlas", "memory")
"""Families of configuration entries (onnxruntime_session_options_config_keys.h); it takes any other name in silence."""

_PROPERTY = re.compile(r"[A-Z][A-Z0-9_]*")


def check(options: Mapping[str, Option]) -> None:
    """Raises Unsupported for names and values that cannot be; what is not known here only ``open`` can judge."""
    named = {key: value for key, value in options.items() if "." not in key}
    take_options("onnxruntime", named, ("provider", *_WORDS, *_THREADS))
    order = order_of(options)
    for key, allowed in _WORDS.items():
        if named.get(key, allowed[0]) not in allowed:
            raise Unsupported(f"--option {key}={named[key]}: take one of {', '.join(allowed)}.")
    for key in _THREADS:
        threads = named.get(key, 1)
        if not isinstance(threads, int) or not 0 <= threads <= _MOST_THREADS:
            raise Unsupported(
                f"--option {key}={threads}: give a whole number of threads up to {_MOST_THREADS}, 0 for "
                "onnxruntime's own choice."
            )
    for key in set(options) - set(named):
        _check_family(key, order)
    for provider in order:
        settings_given(provider, options)
    if DIRECTML in order and named.get("execution_mode") == "parallel":
        raise Unsupported("--option execution_mode=parallel: DirectML executes in sequence only; leave the option out.")


def settings_given(provider: Provider, options: Mapping[str, Option]) -> dict[str, str]:
    """The provider's settings among the options, by its own names; raises Unsupported for values that cannot be."""
    given: dict[str, str] = {}
    for key, value in options.items():
        prefix, dot, name = key.partition(".")
        if not dot or provider_named(prefix) != provider:
            continue
        _check_name(key, name, provider)
        if name in given:
            raise Unsupported(f"--option {key}: it is given twice, by two names of one provider; give one of them.")
        given[name] = as_text(key, value, provider.settings.get(name, "a text"))
    return given


def is_property(provider: Provider, name: str) -> bool:
    """Whether a setting is a property of an OpenVINO plugin, which is written in capitals."""
    return provider == OPENVINO and _PROPERTY.fullmatch(name) is not None


def session_options(ort: Any, options: Mapping[str, Option], cores: tuple[int, ...] | None) -> Any:
    """The session options, with the entries of its configuration."""
    chosen = ort.SessionOptions()
    if cores is not None:
        chosen.intra_op_num_threads = len(cores)
    if DIRECTML in order_of(options):
        # Its documentation: with memory patterns or parallel execution there is no session.
        chosen.enable_mem_pattern = False
        chosen.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    for key, value in options.items():
        if key in _THREADS:
            setattr(chosen, key, value)
        elif key == "execution_mode":
            chosen.execution_mode = getattr(ort.ExecutionMode, _MODES[value])
        elif key == "graph_optimization_level":
            chosen.graph_optimization_level = getattr(ort.GraphOptimizationLevel, _LEVELS[value])
        elif key.partition(".")[0] in _ENTRIES:
            chosen.add_session_config_entry(key, str(value))
    return chosen


def _check_family(key: str, order: tuple[Provider, ...]) -> None:
    prefix = key.partition(".")[0]
    provider = provider_named(prefix)
    if provider is None and prefix not in _ENTRIES:
        raise Unsupported(
            f"--option {key}: what stands before the dot is neither a provider ({', '.join(PROVIDERS)}) nor a family "
            f"of onnxruntime's configuration ({', '.join(_ENTRIES)}); onnxruntime would ignore it."
        )
    if provider is not None and provider not in order:
        raise Unsupported(
            f"--option {key}: the session has no {provider.short}, only {'+'.join(one.short for one in order)}; "
            "leave it out, or name that provider in --option provider."
        )


def _check_name(key: str, name: str, provider: Provider) -> None:
    if name in ("device_id", "device_type"):
        raise Unsupported(f"--option {key}: the device is what --device names; leave the option out.")
    if provider.is_deaf and name not in provider.settings:
        raise Unsupported(
            f"--option {key}: {provider.name} has no such setting, and would ignore it; it takes "
            f"{', '.join(sorted(provider.settings)) or 'none'}."
        )
