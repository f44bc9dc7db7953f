"""Cambricon MLUs by MagicMind's Python runtime, in this process: an engine per instance, a context and queue per slot.

- Scope ``host`` times the copy of the inputs to the device, the execution and the copy of the outputs back.
- Scope ``device-io`` times the execution on inputs that were put on the device before; the outputs stay there.

``enqueue`` returns at once and ``sync`` when the queue is empty. A slot has a context, a queue and tensors of its own,
as the threads of Cambricon's mm_run have: whether two threads may use one context is not told, nor whether ``sync``
gives up the interpreter's lock. Where it keeps it, a greater queue depth brings nothing, and ``in_flight_mean`` shows
it. Calls answer with a status, which is looked at always; CNRT keeps the current device by thread.
"""

from __future__ import annotations

import sys
from typing import Any, Mapping, Sequence

import numpy as np

from clipperf.errors import RunnerUnavailable, Unsupported
from clipperf.runners.base import (
    ANY_ENDING,
    Abilities,
    Instance,
    OpenSpec,
    Option,
    Probe,
    Ran,
    Runner,
    Signature,
    Slot,
    Tensor,
)
from clipperf.runners.vendor_sdk import EachThread, device_number, version_of

_MOST_DEVICE = 255


class MagicMindError(RuntimeError):
    """A call of MagicMind answered with a status that is not ok."""


class MagicMindSlot(Slot):
    """A context, its queue, and the tensors of one request."""

    def __init__(self, context: Any, device: Any, model: Any, activate: EachThread) -> None:
        self._context, self._device, self._activate = context, device, activate
        self._queue = _made(device.create_queue(), "Device.create_queue")
        self._inputs = context.create_inputs()
        self._input_names, self._output_names = list(model.get_input_names()), list(model.get_output_names())
        self._arrays: Sequence[np.ndarray] = ()
        self._outputs: list[Any] = []

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """Puts the arrays on the device; MagicMind makes new outputs, of whatever shape follows."""
        self._activate()
        self._arrays = [inputs[name] for name in self._input_names]
        self._outputs = []
        self._copy_in()

    def outputs(self) -> dict[str, np.ndarray]:
        """The answer of the last run."""
        self._activate()
        return {name: array.copy() for name, array in zip(self._output_names, self._copy_out())}

    def _copy_in(self) -> None:
        for tensor, array in zip(self._inputs, self._arrays):
            _check(tensor.from_numpy(array), "from_numpy")
            _check(tensor.to(self._device), "to")

    def _execute(self) -> None:
        _check(self._context.enqueue(self._inputs, self._outputs, self._queue), "enqueue")
        _check(self._queue.sync(), "sync")

    def _copy_out(self) -> Sequence[np.ndarray]:
        return [tensor.asnumpy() for tensor in self._outputs]


class HostSlot(MagicMindSlot):
    """Arrays on the host to arrays on the host."""

    def run(self) -> None:
        """Copies, executes and copies back."""
        self._activate()
        self._copy_in()
        self._execute()
        self._copy_out()


class DeviceSlot(MagicMindSlot):
    """Tensors on the device to tensors on the device."""

    def run(self) -> None:
        """Executes."""
        self._activate()
        self._execute()


class MagicMindInstance(Instance):
    """One engine on one device. The precision is that of the file, which no call tells."""

    ran = Ran(provider="MLU", precision="")

    def __init__(self, mm: Any, types: Any, spec: OpenSpec) -> None:
        self._system = mm.System()
        count = self._system.__enter__().device_count()
        try:
            number = device_number(spec.device, _MOST_DEVICE)
            if number >= count:
                raise Unsupported(f"--device {number}: there are {count} MLUs here, numbered from 0.")
            self._open(mm, types, spec, number)
        except BaseException:
            self.close()
            raise

    def _open(self, mm: Any, types: Any, spec: OpenSpec, number: int) -> None:
        device = mm.Device()
        device.id = number
        activate = EachThread(lambda: _check(device.active(), "Device.active"))
        activate()
        self._model = mm.Model()
        _check(self._model.deserialize_from_file(spec.model), f"deserialize_from_file({spec.model})")
        self.signature = _signature(self._model, types)
        config = mm.Model.EngineConfig()
        config.device_type = "MLU"
        self._engine = _made(self._model.create_i_engine(config), "Model.create_i_engine")
        kind = HostSlot if spec.scope == "host" else DeviceSlot
        self.slots = tuple(
            kind(_made(self._engine.create_i_context(), "create_i_context"), device, self._model, activate)
            for _ in range(spec.slots)
        )

    def close(self) -> None:
        """Drops contexts, engine and model, in this order, then leaves the system."""
        self.slots = ()
        self._engine = self._model = None
        if self._system is not None:
            self._system.__exit__(None, None, None)
            self._system = None


class MagicMindRunner(Runner):
    """Any file that MagicMind's builder serialised; Cambricon's own samples give them no ending."""

    def probe(self) -> Probe:
        """MagicMind's version and the number of devices."""
        mm, _ = _import()
        with mm.System() as system:
            count = system.device_count()
        if not count:
            raise RunnerUnavailable("--runner magicmind: MagicMind finds no MLU here; look at what cnmon says.")
        return Probe(
            version=version_of("magicmind") or str(getattr(mm, "__version__", "not told")),
            devices=tuple(map(str, range(count))),
            default_device="0",
            model_formats=(ANY_ENDING,),
            monitor="cnmon",
            libraries={"numpy": np.__version__},
        )

    def abilities(self, model: str) -> Abilities:
        """Several requests at a time, in the precision of the file, at the batch sizes that the file itself tells."""
        return Abilities(frozenset({"host", "device-io"}), frozenset({""}), True, True, False)

    def cores(self, device: str, options: Mapping[str, Option]) -> None:
        """None; raises Unsupported for what is no device number."""
        device_number(device, _MOST_DEVICE)

    def open(self, spec: OpenSpec) -> MagicMindInstance:
        """An engine on the device; raises MagicMindError with the status of a call that failed."""
        return MagicMindInstance(*_import(), spec)


def _import() -> tuple[Any, Any]:
    try:
        import magicmind.python.runtime as mm
        from magicmind.python.common import types
    except ImportError as error:
        raise RunnerUnavailable(
            f"--runner magicmind: {sys.executable} cannot import magicmind.python.runtime ({error}); install the wheel "
            "of Cambricon's MagicMind there, set NEUWARE_HOME and LD_LIBRARY_PATH as it says, and name that "
            "interpreter by --worker-python."
        ) from error
    return mm, types


def _check(status: Any, call: str) -> None:
    if status is not None and not status.ok():
        raise MagicMindError(f"{call}: {' '.join(str(status.error_message()).split())}")


def _made(thing: Any, call: str) -> Any:
    if thing is None:
        raise MagicMindError(f"{call} gave nothing; see the case's log for what MagicMind printed.")
    return thing


def _signature(model: Any, types: Any) -> Signature:
    """Names, types and dimensions as the file has them.

    Where inputs have open dimensions, an output without any is one that the file does not yet know, and left out.
    """
    try:
        inputs = _tensors(types, model.get_input_names(), model.get_input_data_types(), model.get_input_dimensions())
        outputs = _tensors(
            types, model.get_output_names(), model.get_output_data_types(), model.get_output_dimensions()
        )
    except AttributeError as error:
        raise Unsupported(
            f"This release of MagicMind does not tell what a model's inputs and outputs are ({error}); take the one "
            "that built the model, or a newer one."
        ) from error
    if any(None in tensor.shape for tensor in inputs):
        outputs = tuple(tensor for tensor in outputs if tensor.shape)
    return Signature(inputs, outputs)


def _tensors(types: Any, names: Sequence[str], kinds: Sequence[Any], dims: Sequence[Any]) -> tuple[Tensor, ...]:
    return tuple(
        Tensor(
            name,
            np.dtype(types.get_numpy_dtype_by_datatype(kind)).name,
            tuple(size if size >= 0 else None for size in shape.GetDims()),
        )
        for name, kind, shape in zip(names, kinds, dims)
    )
