"""Opening a session on the providers asked for, with their settings read back, or not at all."""

from __future__ import annotations

import json
from typing import Any, Mapping

from clipperf.errors import Unsupported
from clipperf.runners.base import OpenSpec
from clipperf.runners.onnxruntime_engines import engine_cache
from clipperf.runners.onnxruntime_options import is_property, settings_given
from clipperf.runners.onnxruntime_providers import CPU, CUDA, OPENVINO, TENSORRT, Provider, release
from clipperf.runners.onnxruntime_settings import is_same
from clipperf.runners.onnxruntime_switches import switches

_CONFIG, _THREADS = "load_config", "INFERENCE_NUM_THREADS"
_CONFIG_SINCE = (1, 23)
"""Earlier releases read it from a file."""

_OWN_WORDS = ("provider option", "EP option", "for the key", "Unsupported property")
"""What onnxruntime says of a setting that it does not know or whose value it does not take."""

Settings = Mapping[str, str]


def open_session(
    ort: Any, spec: OpenSpec, order: tuple[Provider, ...], cores: tuple[int, ...] | None, session_options: Any
) -> Any:
    """The session; raises Unsupported for settings that a provider does not take or silently replaced by others."""
    given = {provider.name: _given(ort, provider, spec, cores) for provider in order}
    if order != (CPU,) and spec.batch_size is not None:
        for name in _open_batches(ort, spec.model):
            session_options.add_free_dimension_override_by_name(name, spec.batch_size)
    if {CUDA.name, TENSORRT.name} & set(given) and hasattr(ort, "preload_dlls"):
        # Finds CUDA and cuDNN where they were installed as packages; their providers could not be loaded else.
        ort.preload_dlls()
    try:
        # Else what cannot be opened as asked is opened on the CPU; releases that do not know the word ignore it.
        session = ort.InferenceSession(
            spec.model, sess_options=session_options, providers=list(given.items()), enable_fallback=0
        )
    except Exception as error:
        culprits = _named_in(error, order, spec)
        if culprits and any(words in str(error) for words in _OWN_WORDS):
            raise Unsupported(f"--option {culprits}: onnxruntime does not take it: {_last(error)}") from error
        raise
    session.disable_fallback()
    _check_loaded(session, order)
    _check_taken(session, order, spec)
    return session


def _given(ort: Any, provider: Provider, spec: OpenSpec, cores: tuple[int, ...] | None) -> dict[str, str]:
    """What a provider is given: its device, the user's settings, those of the precision and the engines' folder."""
    if provider == CPU:
        return {}
    given = settings_given(provider, spec.options)
    chosen = {**switches(provider, spec.precision, release(ort), given), **given}
    if provider == TENSORRT:
        chosen.update(engine_cache(spec, ort.__version__, chosen))
    if provider == OPENVINO:
        return _openvino(ort, spec, cores, chosen)
    return {"device_id": spec.device, **chosen}


def _openvino(ort: Any, spec: OpenSpec, cores: tuple[int, ...] | None, chosen: Settings) -> dict[str, str]:
    """Properties of its plugin go together, as the JSON of ``load_config``."""
    device = "CPU" if cores is not None else spec.device
    properties = {name: value for name, value in chosen.items() if is_property(OPENVINO, name)}
    rest = {name: value for name, value in chosen.items() if name not in properties}
    if release(ort) < _CONFIG_SINCE:
        asked = sorted(set(settings_given(OPENVINO, spec.options)) & set(properties))
        if asked:
            raise Unsupported(
                f"--option openvino.{asked[0]}: onnxruntime {ort.__version__} takes no properties of the plugin, which "
                "it does since 1.23; leave it out."
            )
        return {"device_type": device, **rest}
    if _CONFIG in rest:
        if set(properties) & set(settings_given(OPENVINO, spec.options)):
            raise Unsupported("--option openvino.load_config: give properties in it or as options, not both.")
        return {"device_type": device, **rest}
    if cores is not None and "num_of_threads" not in rest:
        properties.setdefault(_THREADS, str(len(cores)))
    return {"device_type": device, _CONFIG: json.dumps({device.partition(".")[0]: properties}), **rest}


def _open_batches(ort: Any, model: str) -> set[str]:
    """Names of the inputs' first dimensions that the file leaves open.

    Providers compile or capture for sizes, and arithmetic on open ones is left to the CPU. Only a session tells the
    names; one that optimises nothing takes half a second for 350 MB.
    """
    bare = ort.SessionOptions()
    bare.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(model, sess_options=bare, providers=[CPU.name])
    return {entry.shape[0] for entry in session.get_inputs() if entry.shape and isinstance(entry.shape[0], str)}


def _check_loaded(session: Any, order: tuple[Provider, ...]) -> None:
    here = session.get_providers()
    for place, provider in enumerate(order):
        if here[place : place + 1] != [provider.name]:
            raise Unsupported(
                f"--option provider: {provider.name} was asked for and onnxruntime silently took "
                f"{', '.join(here[place:]) or 'none'}; see the case's log for why it could not be loaded."
            )


def _check_taken(session: Any, order: tuple[Provider, ...], spec: OpenSpec) -> None:
    told = session.get_provider_options()
    for provider in order:
        for name, value in settings_given(provider, spec.options).items():
            taken = told.get(provider.name, {}).get(name)
            if taken is not None and not is_same(taken, value):
                raise Unsupported(
                    f"--option {provider.short}.{name}={value}: onnxruntime silently took {taken}; give that."
                )


def _named_in(error: BaseException, order: tuple[Provider, ...], spec: OpenSpec) -> str:
    """The settings of the user's that an error speaks of."""
    given = [(provider.short, name) for provider in order for name in settings_given(provider, spec.options)]
    return ", ".join(f"{short}.{name}" for short, name in given if name in str(error))


def _last(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    # What stands before is the place in its source, by path, function and signature.
    return lines[-1].rpartition(") ")[2] if lines else type(error).__name__
