"""Ascend NPUs by ais_bench's ``InferSession``, in this process: a session per instance, one request in flight.

A call to a session is synchronous and keeps the interpreter's lock (aclruntime's source of 2023 never gives it up), so
that every instance has a worker of its own, and a queue depth above 1 does not exist: more sessions are more instances.

- Scope ``host`` times ``infer``: arrays in, arrays out, with the copies to and from the device.
- Scope ``device-io`` times ``run`` on inputs that were put on the device before; the outputs stay there.

Options: ``mode`` (``static``, ``dymbatch``, ``dymhw``, ``dymdims``, ``dymshape``) says how the file is dynamic; where
it is left out, a file whose batch alone is open is taken as ``dymbatch``. ``output_size`` is the room for each output
in bytes that ``dymshape`` needs. All releases of ais_bench call themselves 0.0.2 and differ in their methods, which are
looked for by name. ACL keeps the current context by thread, and a session sets it only where it was made.
"""

from __future__ import annotations

import os
import stat
import sys
from typing import Any, Mapping, Sequence

import numpy as np

from clipperf.errors import RunnerUnavailable, Unsupported
from clipperf.runners.acl_mode import MODES, mode_of, set_mode
from clipperf.runners.base import (
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
    take_options,
)
from clipperf.runners.vendor_sdk import EachThread, device_number, version_of

_MOST_DEVICE = 255
"""As ais_bench itself checks it."""

_MOST_OUTPUT_BYTES = 2**40
_DEFAULT_OUTPUT_BYTES = 100_000
"""That of ``InferSession.infer``."""

_COARSEST = 0.01
"""The step of the session's clock, as a share of an execution, beyond which its times are not told on."""

_METHODS = ("summary", "sumary", "free_resource", "set_context", "infer_pipeline")


class AclSlot(Slot):
    """The one request of a session."""

    def __init__(self, session: Any, signature: Signature, spec: OpenSpec, set_context: EachThread) -> None:
        self._session, self._signature, self._set_context = session, signature, set_context
        self._mode = mode_of(signature, spec.options)
        self._output_bytes = int(spec.options.get("output_size", _DEFAULT_OUTPUT_BYTES))
        self._feeds: Sequence[Any] = ()
        self._answers: Sequence[Any] = ()

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """Tells the session the shapes, which releases before 2024 do not take from the arrays."""
        self._set_context()
        arrays = [inputs[tensor.name] for tensor in self._signature.inputs]
        set_mode(self._session, self._mode, self._signature, [array.shape for array in arrays], self._output_bytes)
        _named(self._session, "reset_summaryinfo", "reset_sumaryinfo")()
        self._feeds = self._place(arrays)

    def stage_ns(self) -> Mapping[str, Sequence[float]]:
        """The execution on the device, by the session's own clock: the time around ``aclmdlExecute``.

        That clock counts the ms since the session was made in float32, so that it grows coarser by the minute.
        """
        told_ms = np.asarray(_named(self._session, "summary", "sumary")().exec_time_list, dtype=np.float32)
        # Begin and end since October 2023, durations before.
        times_ms = told_ms if told_ms.ndim < 2 else told_ms[:, 1] - told_ms[:, 0]
        if times_ms.size and np.spacing(told_ms.max()) > _COARSEST * np.median(times_ms):
            return {}
        return {"compute": (1e6 * times_ms.astype(np.float64)).tolist()}

    def _place(self, arrays: Sequence[np.ndarray]) -> Sequence[Any]:
        raise NotImplementedError

    def _by_name(self, arrays: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
        return {tensor.name: array for tensor, array in zip(self._signature.outputs, arrays)}


class HostSlot(AclSlot):
    """Arrays on the host to arrays on the host."""

    def run(self) -> None:
        """Copies, executes and copies back."""
        self._set_context()
        self._answers = self._session.infer(self._feeds, self._mode, self._output_bytes)

    def outputs(self) -> dict[str, np.ndarray]:
        """The answer of the last run."""
        return self._by_name(self._answers)

    def _place(self, arrays: Sequence[np.ndarray]) -> Sequence[Any]:
        return arrays


class DeviceSlot(AclSlot):
    """Tensors on the device to tensors on the device."""

    def run(self) -> None:
        """Executes."""
        self._set_context()
        self._answers = self._session.run(self._feeds, out_array=False)

    def outputs(self) -> dict[str, np.ndarray]:
        """The answer of the last run, copied to the host."""
        self._set_context()
        for tensor in self._answers:
            tensor.to_host()
        return self._by_name([np.array(tensor) for tensor in self._answers])

    def _place(self, arrays: Sequence[np.ndarray]) -> Sequence[Any]:
        return [self._session.create_tensor_from_arrays_to_device(array) for array in arrays]


class AclInstance(Instance):
    """One session. The precision is that of the file, which no call tells."""

    ran = Ran(provider="InferSession", precision="")

    def __init__(self, session: Any, spec: OpenSpec) -> None:
        self._session = session
        self.signature = Signature(
            tuple(_tensor(described) for described in session.get_inputs()),
            tuple(_tensor(described) for described in session.get_outputs()),
        )
        kind = HostSlot if spec.scope == "host" else DeviceSlot
        self.slots = (kind(session, self.signature, spec, EachThread(self._set_context)),)

    def close(self) -> None:
        """Frees the session; before 2024 dropping it does that, and ``finalize`` would end all of this process."""
        self.slots = ()
        if hasattr(self._session, "free_resource"):
            self._session.free_resource()
        self._session = None

    def _set_context(self) -> None:
        if hasattr(self._session, "set_context"):
            self._session.set_context()
        else:
            # Moving a tensor sets the context of its device.
            self._session.create_tensor_from_arrays_to_device(np.zeros(1, dtype=np.float32))


class AclRunner(Runner):
    """Any .om file that ATC made."""

    def probe(self) -> Probe:
        """ais_bench and aclruntime as packages, and which of the methods that differ there are."""
        session = _import()
        return Probe(
            version=version_of("ais_bench", "ais-bench") or "not told",
            devices=(),
            default_device="0",
            model_formats=(".om",),
            monitor="npu_smi",
            libraries={
                "aclruntime": version_of("aclruntime") or "not told",
                "InferSession has": ", ".join(name for name in _METHODS if hasattr(session, name)),
                "numpy": np.__version__,
            },
        )

    def abilities(self, model: str) -> Abilities:
        """One request at a time, in the precision of the file; which batch sizes it takes the file itself tells."""
        return Abilities(frozenset({"host", "device-io"}), frozenset({""}), True, False, False)

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Names and values."""
        take_options("acl", options, ("mode", "output_size"))
        if options.get("mode", MODES[0]) not in MODES:
            raise Unsupported(f"--option mode={options['mode']}: take one of {', '.join(MODES)}.")
        size = options.get("output_size", _DEFAULT_OUTPUT_BYTES)
        if not isinstance(size, int) or not 1 <= size <= _MOST_OUTPUT_BYTES:
            raise Unsupported(f"--option output_size={size}: give the bytes of an output, 1 to {_MOST_OUTPUT_BYTES}.")
        if "output_size" in options and options.get("mode") != "dymshape":
            raise Unsupported("--option output_size: only --option mode=dymshape needs it; leave it out.")

    def cores(self, device: str, options: Mapping[str, Option]) -> None:
        """None; raises Unsupported for what is no device number."""
        device_number(device, _MOST_DEVICE)

    def open(self, spec: OpenSpec) -> AclInstance:
        """A session on the device; raises Unsupported for files that ais_bench refuses by their rights."""
        device = device_number(spec.device, _MOST_DEVICE)
        try:
            return AclInstance(_import()(device, spec.model), spec)
        except (RuntimeError, ValueError, OSError):
            _explain_refusal(spec.model)
            raise


def _import() -> Any:
    try:
        from ais_bench.infer.interface import InferSession
    except ImportError as error:
        raise RunnerUnavailable(
            f"--runner acl: {sys.executable} cannot import ais_bench.infer.interface ({error}); install the packages "
            "aclruntime and ais_bench of Ascend's tools there, source CANN's set_env.sh before, and name that "
            "interpreter by --worker-python."
        ) from error
    return InferSession


def _explain_refusal(model: str) -> None:
    """Raises Unsupported where releases of 2024 and later do not take a file for its own rights."""
    if os.path.islink(model):
        raise Unsupported(f"{model} is a link, which ais_bench does not open; give the file that it leads to.")
    if os.stat(model).st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise Unsupported(f"{model} can be written by others, which ais_bench does not open; chmod go-w it.")


def _named(session: Any, *names: str) -> Any:
    """The method by the first of its names that this release has."""
    for name in names:
        if hasattr(session, name):
            return getattr(session, name)
    raise Unsupported(f"This release of ais_bench has no InferSession.{' or '.join(names)}; install one since 2023.")


def _tensor(described: Any) -> Tensor:
    name = str(described.datatype).rpartition(".")[2]
    try:
        dtype = np.dtype(name).name
    except TypeError:
        raise Unsupported(f"The model's {described.name} holds {name}, which numpy has no type for.") from None
    return Tensor(described.name, dtype, tuple(size if size >= 0 else None for size in described.shape))
