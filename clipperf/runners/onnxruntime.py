"""onnxruntime, in this process: an InferenceSession per instance, arrays or bound tensors per slot.

On the CPU provider a device is a set of cores: the worker's affinity is set to them before onnxruntime is imported,
because ``session.intra_op_thread_affinities`` pins the pool's threads only, and with one thread nothing at all.
Elsewhere the device id goes to the execution provider. ``InferenceSession.run`` may be called from several threads at
once and releases the GIL (onnxruntime's own documentation of its C++ API and of the Python binding).
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any, Mapping

import numpy as np

from clipperf.errors import RunnerUnavailable
from clipperf.runners import onnxruntime_options
from clipperf.runners.base import Abilities, Instance, OpenSpec, Option, Probe, Ran, Runner, Slot
from clipperf.runners.cpu_cores import available_cores, format_cores, parse_cores
from clipperf.runners.onnxruntime_binding import HOST, BoundSlot, CopyingSlot
from clipperf.runners.onnxruntime_limits import ARRAYS, check_limits, form_of, place_of
from clipperf.runners.onnxruntime_placement import (
    check_placement,
    placed_by,
    placed_in,
    provider_word,
    record_placement,
)
from clipperf.runners.onnxruntime_precision import (
    PRECISIONS,
    VARIANTS,
    Profiling,
    check_precision,
    precision_in,
)
from clipperf.runners.onnxruntime_providers import CPU, OPENVINO, Provider, check_built, order_of
from clipperf.runners.onnxruntime_session import open_session
from clipperf.runners.onnxruntime_slots import ArraysSlot
from clipperf.runners.onnxruntime_switches import precision_told
from clipperf.runners.onnxruntime_types import signature_of
from clipperf.runners.openvino_devices import cores_of_plugin
from clipperf.runners.vendor_sdk import device_number

_MOST_DEVICE = 255


class OnnxRuntimeInstance(Instance):
    """One InferenceSession."""

    def __init__(
        self, ort: Any, session: Any, spec: OpenSpec, order: tuple[Provider, ...], profiling: Profiling
    ) -> None:
        self._session, self._asked, self._order = session, spec.precision, order
        self._profiling: Profiling | None = profiling
        self.signature = signature_of(session)
        placed = placed_by(session, order)
        check_placement(placed, order)
        threads = session.get_session_options().intra_op_num_threads if order == (CPU,) else 0
        self.ran = Ran(provider=provider_word(placed, order), precision="", threads=threads or None)
        self.slots = tuple(self._slot(ort, spec) for _ in range(spec.slots))

    def look_at_first(self) -> None:
        """Ends the profiling after the first request, and tells in ``ran`` what that showed.

        Raises Unsupported where that was another precision, or a provider that was not asked for.
        """
        if self._profiling is None:
            return
        profiling, self._profiling = self._profiling, None
        events = profiling.end(self._session)
        check_placement(placed_in(events), self._order)
        first = self._order[0]
        precision = precision_told(self._order, self._session.get_provider_options(), precision_in(events, first.name))
        self.ran = replace(self.ran, precision=precision)
        check_precision(self._asked, precision, first.name)

    def close(self) -> None:
        """Drops the session, which frees its memory."""
        self.slots = ()
        self._session, self._profiling = None, None

    def _slot(self, ort: Any, spec: OpenSpec) -> Slot:
        if form_of(spec.scope, self._order, spec.options) == ARRAYS:
            names = [tensor.name for tensor in self.signature.outputs]
            return ArraysSlot(self._session, names, self.look_at_first)
        place = place_of(ort, self._order[0], spec.device)
        kind = BoundSlot if spec.scope == "device-io" or place.memory == HOST else CopyingSlot
        return kind(ort, self._session, self.signature, place, self.look_at_first)


class OnnxRuntimeRunner(Runner):
    """Any .onnx file on any execution provider of the installed build."""

    def probe(self) -> Probe:
        """onnxruntime's version and build; its devices are this host's cores."""
        ort = _import()
        return Probe(
            version=ort.__version__,
            devices=tuple(str(core) for core in available_cores()),
            default_device=format_cores(available_cores()),
            model_formats=(".onnx", ".ort"),
            libraries={
                "onnxruntime providers": ", ".join(ort.get_available_providers()),
                # Builds before 1.13 do not tell how they were made.
                "onnxruntime build": getattr(ort, "get_build_info", str)(),
                "numpy": np.__version__,
            },
        )

    def abilities(self, model: str) -> Abilities:
        """Both scopes; any batch size and any number of requests for one copy, unless options say otherwise."""
        return Abilities(frozenset({"host", "device-io"}), PRECISIONS, True, True, True, VARIANTS)

    def takes_any_batch(self, model: str, options: Mapping[str, Option]) -> bool:
        """On the CPU provider; for any other the sizes are fixed when the session opens."""
        return order_of(options) == (CPU,)

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Names and values; of what is not known here only open can judge."""
        onnxruntime_options.check(options)

    def default_device(self, options: Mapping[str, Option]) -> str:
        """All cores where a device is made of cores, else the first device."""
        return super().default_device(options) if order_of(options)[0] in (CPU, OPENVINO) else "0"

    def cores(self, device: str, options: Mapping[str, Option]) -> tuple[int, ...] | None:
        """The cores named by ``device`` on the CPU provider and OpenVINO's CPU plugin, None for any other device."""
        first = order_of(options)[0]
        if first == CPU:
            return parse_cores(device)
        if first == OPENVINO:
            return cores_of_plugin(device)
        device_number(device, _MOST_DEVICE)
        return None

    def open(self, spec: OpenSpec) -> OnnxRuntimeInstance:
        """A session on the providers asked for; raises Unsupported where onnxruntime replaced one of them silently."""
        ort = _import()
        order = order_of(spec.options)
        check_built(ort, order)
        check_limits(ort, spec, order)
        cores = self.cores(spec.device, spec.options)
        chosen = onnxruntime_options.session_options(ort, spec.options, cores)
        record_placement(ort, chosen, order)
        profiling = Profiling(chosen)
        session = open_session(ort, spec, order, cores, chosen)
        return OnnxRuntimeInstance(ort, session, spec, order, profiling)


def _import() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise RunnerUnavailable(
            f"--runner onnxruntime: {sys.executable} cannot import onnxruntime ({error}); install it there with "
            "pip install onnxruntime."
        ) from error
    return onnxruntime
