"""onnxruntime, in this process: an InferenceSession per instance, a dictionary of input arrays per slot.

On the CPU provider a device is a set of cores: the worker's affinity is set to them before onnxruntime is imported,
because ``session.intra_op_thread_affinities`` pins the pool's threads only, and with one thread nothing at all.
Elsewhere the device id goes to the execution provider. ``InferenceSession.run`` may be called from several threads at
once and releases the GIL (onnxruntime's own documentation of its C++ API and of the Python binding).
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any, Mapping, Sequence

import numpy as np

from clipperf.errors import RunnerUnavailable, Unsupported
from clipperf.runners import onnxruntime_options
from clipperf.runners.base import Abilities, Instance, OpenSpec, Option, Probe, Ran, Runner, Slot
from clipperf.runners.cpu_cores import available_cores, format_cores, parse_cores
from clipperf.runners.onnxruntime_precision import (
    PRECISIONS,
    VARIANTS,
    Profiling,
    check_precision,
    precision_in,
)
from clipperf.runners.onnxruntime_providers import PROVIDERS, provider_of
from clipperf.runners.onnxruntime_types import signature_of


class OnnxRuntimeSlot(Slot):
    """The feeds of one request; sessions are shared by the slots of an instance."""

    def __init__(self, instance: OnnxRuntimeInstance, session: Any, output_names: list[str]) -> None:
        self._instance, self._session_run = instance, session.run
        self._run = self._run_profiled
        self._output_names = output_names
        self._feeds: dict[str, np.ndarray] = {}
        self._answers: Sequence[np.ndarray] = ()

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """Keeps the arrays; onnxruntime reads numpy memory in place on the CPU provider."""
        self._feeds = dict(inputs)

    def run(self) -> None:
        """Input on the host to output on the host."""
        self._answers = self._run(self._output_names, self._feeds)

    def outputs(self) -> dict[str, np.ndarray]:
        """The answer of the last run; raises Unsupported where the first one of all shows another precision."""
        if self._answers:
            self._settle()
        return {name: np.asarray(answer) for name, answer in zip(self._output_names, self._answers)}

    def _run_profiled(self, names: list[str], feeds: dict[str, np.ndarray]) -> Sequence[np.ndarray]:
        """The first request; the second ends the profiling where nobody has taken the first one's answer."""
        if self._answers:
            self._settle()
        answers: Sequence[np.ndarray] = self._session_run(names, feeds)
        return answers

    def _settle(self) -> None:
        self._run = self._session_run
        self._instance.look_at_first()


class OnnxRuntimeInstance(Instance):
    """One InferenceSession."""

    def __init__(self, session: Any, spec: OpenSpec, provider: str, profiling: Profiling) -> None:
        self._session, self._asked = session, spec.precision
        self._profiling: Profiling | None = profiling
        self.signature = signature_of(session)
        threads = session.get_session_options().intra_op_num_threads
        self.ran = Ran(provider=provider, precision="", threads=threads or None)
        names = [tensor.name for tensor in self.signature.outputs]
        self.slots = tuple(OnnxRuntimeSlot(self, session, names) for _ in range(spec.slots))

    def look_at_first(self) -> None:
        """Ends the profiling after the first request, and tells in ``ran`` what that showed."""
        if self._profiling is None:
            return
        profiling, self._profiling = self._profiling, None
        provider = self.ran.provider
        self.ran = replace(self.ran, precision=precision_in(profiling.end(self._session), provider))
        check_precision(self._asked, self.ran.precision, provider)

    def close(self) -> None:
        """Drops the session, which frees its memory."""
        self.slots = ()
        self._session, self._profiling = None, None


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
        """Host scope; any batch size and any number of requests for one copy."""
        return Abilities(frozenset({"host"}), PRECISIONS, True, True, True, VARIANTS)

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Names and values; a key with a dot is a session configuration entry, which only open can judge."""
        onnxruntime_options.check(options)

    def default_device(self, options: Mapping[str, Option]) -> str:
        """All cores on the CPU provider, the first device on any other."""
        return super().default_device(options) if provider_of(options) == PROVIDERS["cpu"] else "0"

    def cores(self, device: str, options: Mapping[str, Option]) -> tuple[int, ...] | None:
        """The cores named by ``device`` on the CPU provider, None on any other."""
        return parse_cores(device) if provider_of(options) == PROVIDERS["cpu"] else None

    def open(self, spec: OpenSpec) -> OnnxRuntimeInstance:
        """A session on the provider asked for; raises Unsupported where onnxruntime replaced that silently."""
        ort = _import()
        provider = provider_of(spec.options)
        if provider not in ort.get_available_providers():
            raise Unsupported(
                f"--option provider: this build of onnxruntime ({ort.__version__}) has no {provider}, only "
                f"{', '.join(ort.get_available_providers())}; install the build that has it."
            )
        cores = self.cores(spec.device, spec.options)
        settings: Any = {} if cores is not None else {"device_id": spec.device}
        chosen = onnxruntime_options.session_options(ort, spec.options, cores)
        profiling = Profiling(chosen)
        session = ort.InferenceSession(spec.model, sess_options=chosen, providers=[(provider, settings)])
        ran = session.get_providers()[0]
        if ran != provider:
            raise Unsupported(
                f"--option provider: {provider} was asked for and onnxruntime silently took {ran}; see the case's log "
                "for why it could not be loaded."
            )
        return OnnxRuntimeInstance(session, spec, provider, profiling)


def _import() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise RunnerUnavailable(
            f"--runner onnxruntime: {sys.executable} cannot import onnxruntime ({error}); install it there with "
            "pip install onnxruntime."
        ) from error
    return onnxruntime
