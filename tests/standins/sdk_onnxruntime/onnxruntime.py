"""A stand-in of onnxruntime as built for accelerators: sessions on the devices behind all stand-ins.

It has the real one's silences: a provider that cannot be loaded is left out, nodes that a provider does not take go to
the CPU, DirectML ignores settings that it does not know. It punishes what the real one punishes, and more: bound
requests are over only when their outputs are synchronised. Models are those of ``standin_device``, with ``nodes`` by
operator and in ``not_taken`` the operators that a provider leaves; those of ``Shape`` are there while a size is open.

Set by environment: ``STANDIN_ORT`` is the release (1.31.1), ``STANDIN_PROVIDERS`` those of the build,
``STANDIN_ABSENT`` those whose libraries are missing, all separated by commas; with ``STANDIN_CUDA=package`` CUDA's lie
where only ``preload_dlls`` finds them.
"""

from __future__ import annotations

import enum
import json
import os
import threading
from typing import ClassVar

import numpy as np
import standin_device
from onnxruntime_memory import IOBinding, OrtValue
from onnxruntime_providers import KNOWN, Refused, told_by

__all__ = ["ExecutionMode", "Fail", "GraphOptimizationLevel", "InferenceSession", "OrtValue", "SessionOptions"]
__version__ = os.environ.get("STANDIN_ORT", "1.31.1")
_RELEASE = tuple(map(int, __version__.split(".")[:2]))
_CPU = "CPUExecutionProvider"
_RECORD = "session.record_ep_graph_assignment_info"
if _RELEASE >= (1, 23):
    OrtDeviceVendorId = {"AMD": 0x1002}


class Fail(Exception):
    """As the real one: no RuntimeError."""


class ExecutionMode(enum.Enum):
    """How operators follow each other."""

    ORT_SEQUENTIAL = 0
    ORT_PARALLEL = 1


class GraphOptimizationLevel(enum.Enum):
    """How much is optimised."""

    ORT_DISABLE_ALL = 0
    ORT_ENABLE_BASIC = 1
    ORT_ENABLE_EXTENDED = 2
    ORT_ENABLE_ALL = 99


class SessionOptions:
    """Only what exists can be set."""

    __slots__ = (
        *("enable_mem_pattern", "enable_profiling", "entries", "execution_mode", "graph_optimization_level"),
        *("inter_op_num_threads", "intra_op_num_threads", "profile_file_prefix", "sizes"),
    )

    def __init__(self) -> None:
        self.enable_mem_pattern, self.enable_profiling, self.profile_file_prefix = True, False, "onnxruntime_profile_"
        self.execution_mode = ExecutionMode.ORT_SEQUENTIAL
        self.graph_optimization_level = GraphOptimizationLevel.ORT_ENABLE_ALL
        self.intra_op_num_threads = self.inter_op_num_threads = 0
        self.entries: dict[str, str] = {}
        self.sizes: dict[str, int] = {}

    def add_session_config_entry(self, key: str, value: str) -> None:
        self.entries[key] = value

    def add_free_dimension_override_by_name(self, name: str, size: int) -> None:
        self.sizes[name] = size


class NodeArg:
    """What is said of an input or output."""

    def __init__(self, described: dict, sizes: dict[str, int]) -> None:
        self.name = described["name"]
        self.type = {"float32": "tensor(float)", "float16": "tensor(float16)"}[described["dtype"]]
        self.shape = [sizes.get("batch", "batch") if size == -1 else size for size in described["shape"]]


class AssignedNode:
    """A node that a provider took."""

    def __init__(self, op_type: str) -> None:
        self.op_type = op_type


class AssignedSubgraph:
    """Nodes that one provider took."""

    def __init__(self, name: str, nodes: list[str]) -> None:
        self.ep_name, self._nodes = name, nodes

    def get_nodes(self) -> list[AssignedNode]:
        return [AssignedNode(node) for node in self._nodes]


def preload_dlls() -> None:
    """Loads CUDA's libraries from the packages that have them."""
    _loaded.add("cuda")


_loaded = set() if os.environ.get("STANDIN_CUDA") == "package" else {"cuda"}


def get_available_providers() -> list[str]:
    """Those of this build, the CPU's always."""
    chosen = os.environ.get("STANDIN_PROVIDERS")
    return [*(chosen.split(",") if chosen else KNOWN), _CPU]


class InferenceSession:
    """A model on the first provider that took a heavy node."""

    opened: ClassVar[list[dict[str, dict[str, str]]]] = []
    """What sessions of this process were given, for tests in it."""

    def __init__(self, path: str, sess_options: SessionOptions, providers: list, enable_fallback: int = 1) -> None:
        with open(path, encoding="utf-8") as file:
            described = json.load(file)
        pairs = [(one, {}) if isinstance(one, str) else one for one in providers]
        given = {name: {key: str(value) for key, value in rest.items()} for name, rest in pairs}
        InferenceSession.opened.append(given)
        self._options, self._model = sess_options, standin_device.Model(path)
        self._told: dict[str, dict[str, str]] = {}
        for name, settings in given.items():
            self._add(name, settings, bool(enable_fallback))
        self._told.setdefault(_CPU, {})
        self._place(described.get("nodes", {}), described.get("not_taken", {}))
        first = next(iter(self._told))
        number = int(given.get(first, {}).get("device_id", 0))
        self.memory, self.device = KNOWN[first].memory if first in KNOWN else "cpu", None
        if first != _CPU:
            self.device = standin_device.device(number)
        graphs = [rest.get(name) for rest in given.values() for name in ("enable_cuda_graph", "trt_cuda_graph_enable")]
        self.is_graph = "True" in graphs
        self.captured: IOBinding | None = None
        self._events: list[dict] = []
        self._is_profiled = sess_options.enable_profiling
        self._running = threading.Lock()

    def _add(self, name: str, settings: dict[str, str], may_fall_back: bool) -> None:
        if name == _CPU:
            self._told[name] = {}
            return
        if name == "DmlExecutionProvider" and (
            self._options.enable_mem_pattern or self._options.execution_mode is not ExecutionMode.ORT_SEQUENTIAL
        ):
            raise RuntimeError("Having memory pattern enabled or parallel execution is not supported by DML.")
        try:
            told = told_by(name, settings, _RELEASE)
        except Refused as error:
            if may_fall_back:
                return
            raise RuntimeError(f"/onnxruntime_src/provider_options.h Parse(const ProviderOptions&) {error}") from None
        absent = name in os.environ.get("STANDIN_ABSENT", "").split(",")
        absent = absent or (name in ("CUDAExecutionProvider", "TensorrtExecutionProvider") and "cuda" not in _loaded)
        if not absent and int(settings.get("device_id", 0)) < standin_device.device_count():
            self._told[name] = told

    def _place(self, nodes: dict[str, int], not_taken: dict[str, list[str]]) -> None:
        left = dict(nodes or {"MatMul": 12, "Add": 12})
        if "batch" in self._options.sizes:
            left.pop("Shape", None)
        self._placed: dict[str, list[str]] = {}
        for name in [*self._told, _CPU]:
            for kind in [kind for kind in left if name == _CPU or kind not in not_taken.get(name, ())]:
                self._placed.setdefault(name, []).extend([kind] * left.pop(kind))

    def get_inputs(self) -> list[NodeArg]:
        return [NodeArg(one, self._options.sizes) for one in self._model.inputs]

    def get_outputs(self) -> list[NodeArg]:
        return [NodeArg(one, self._options.sizes) for one in self._model.outputs]

    def get_providers(self) -> list[str]:
        return list(self._told)

    def get_provider_options(self) -> dict[str, dict[str, str]]:
        return self._told

    def get_session_options(self) -> SessionOptions:
        return self._options

    def disable_fallback(self) -> None:
        """There is none in ``run``."""

    def io_binding(self) -> IOBinding:
        return IOBinding(self)

    def end_profiling(self) -> str:
        path = f"{self._options.profile_file_prefix}_1.json"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self._events, file)
        self._is_profiled = False
        return path

    def run(self, names: list[str], feeds: dict[str, np.ndarray]) -> list[np.ndarray]:
        """Copies in, executes, copies out."""
        if self.is_graph:
            raise Fail("CUDA graph: inputs and outputs have to be bound to memory of the device")
        arrays = [feeds[one.name] for one in self.get_inputs()]
        if self.device is not None:
            self.device.copy("h2d")
        answers = self.answers(arrays)
        self.wait(self.start())
        if self.device is not None:
            self.device.copy("d2h")
        return answers

    def run_with_iobinding(self, binding: IOBinding) -> None:
        """Starts; the answers are there when the outputs have been synchronised."""
        if self.is_graph:
            self.captured = self.captured or binding.snapshot()
            binding = self.captured
        answers = self.answers(binding.arrays([one.name for one in self.get_inputs()]))
        binding.pending = (self.start(), answers)

    def answers(self, arrays: list[np.ndarray]) -> list[np.ndarray]:
        """Those of the model; raises for what is not as it says."""
        for one, array in zip(self.get_inputs(), arrays):
            fits = len(one.shape) == array.ndim and all(
                isinstance(size, str) or size == real for size, real in zip(one.shape, array.shape)
            )
            if not fits or f"tensor({array.dtype})".replace("float32", "float") != one.type:
                raise Fail(f"Got invalid dimensions for input: {one.name}: {array.shape} {array.dtype}")
        return self._model.answer(arrays)

    def start(self) -> tuple[int, int]:
        """Takes an execution; raises where one runs that must be alone."""
        alone = self.is_graph or "DmlExecutionProvider" in self._told
        if alone and not self._running.acquire(blocking=False):
            raise Fail("two requests at the same time on a session that takes one")
        if self._is_profiled:
            self._events += [self._event(name, kind) for name, kinds in self._placed.items() for kind in kinds]
        try:
            return (0, 0) if self.device is None else self.device.submit()
        except standin_device.DeviceFailed as error:
            raise Fail(f"[ONNXRuntimeError] : 1 : FAIL : CUDA failure: {error}") from None

    def _event(self, provider: str, kind: str) -> dict:
        """Most providers run a graph as one piece, of which a profile tells no types."""
        if provider not in (_CPU, "CUDAExecutionProvider"):
            kind = f"{provider}_subgraph"
        types = [{self.get_inputs()[0].type[len("tensor(") : -1]: [1]}]
        return {
            "name": f"{kind}_kernel_time",
            "args": {"op_name": kind, "provider": provider, "input_type_shape": types},
        }

    def wait(self, execution: tuple[int, int]) -> None:
        """Until it is over."""
        if self.device is not None:
            self.device.answer(execution)
        if self._running.locked():
            self._running.release()


def _assignment(self: InferenceSession) -> list[AssignedSubgraph]:
    if self._options.entries.get(_RECORD) != "1":
        raise Fail(f"Session configuration entry '{_RECORD}' must be set to \"1\"")
    return [AssignedSubgraph(name, kinds) for name, kinds in self._placed.items()]


if _RELEASE >= (1, 24):
    InferenceSession.get_provider_graph_assignment_info = _assignment
