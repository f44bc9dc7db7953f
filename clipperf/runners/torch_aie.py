"""Ascend NPUs by torch_aie, later called mindietorch, in this process: a module per instance, a stream per slot.

- Scope ``device-io`` times a request whose input lies on the device and whose output stays there, as perf_test.py of
  Ascend's ModelZoo does; scope ``host`` has the copies to and from the device inside.

A forward only enqueues; a request has come back when its stream is synchronised. Compiling is part of loading, and
counts in ``load_s``. TorchScript does not tell its inputs and is compiled for one batch size. Options:

- ``inputs``, always needed: dimensions after the batch of each input, and its type where it is not float32, joined
  by /, such as ``3x224x224`` or ``77:int64``;
- ``optim_level`` 0 (default), 1 (graph) or 2 (operators); ``soc_version``, by default the SDK's, Ascend310P3;
- ``precision_policy`` ``pref_fp16`` or ``pref_fp32`` (the SDK's default), which leave the choice to the compiler;
  ``--precision fp16`` and ``fp32`` leave none;
- ``compiled`` ``true`` for a module that has been compiled already; by default one whose name ends in ``_aie``.

Whether ``synchronize`` gives up the interpreter's lock is not told; where it keeps it, a greater queue depth brings
nothing, and ``in_flight_mean`` shows it. ACL, below it, keeps the current device by thread.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any, Mapping, Sequence

import numpy as np

from clipperf.errors import RunnerUnavailable
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
)
from clipperf.runners.torch_aie_options import check_options, compile_settings, input_tensors, is_compiled
from clipperf.runners.torch_answer import tensors_in
from clipperf.runners.vendor_sdk import EachThread, device_number, version_of

_MOST_DEVICE = 255


class TorchAieSlot(Slot):
    """A stream and the tensors of one request."""

    def __init__(self, sdk: Any, torch: Any, module: Any, spec: OpenSpec, set_device: EachThread) -> None:
        self._torch, self._module, self._set_device = torch, module, set_device
        self._device = f"npu:{spec.device}"
        self._enter, self._stream = sdk.npu.stream, sdk.npu.Stream(self._device)
        # Where torch_npu has been imported, its own synchronisation is the one that counts.
        torch_npu = sys.modules.get("torch_npu")
        self._synchronize = self._stream.synchronize if torch_npu is None else torch_npu.npu.synchronize
        self._names: Sequence[str] = [tensor.name for tensor in input_tensors(spec)]
        self._arrays: Sequence[np.ndarray] = ()
        self._feeds: Sequence[Any] = ()
        self._answer: Any = ()

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """Keeps the arrays and puts them on the device."""
        self._set_device()
        self._arrays = [inputs[name] for name in self._names]
        self._feeds = self._on_device()

    def outputs(self) -> dict[str, np.ndarray]:
        """The answer of the last run; a module gives a tensor, or several in tuples, lists or dictionaries."""
        self._set_device()
        found = enumerate(tensors_in(self._answer))
        return {f"output{place}": np.array(tensor.detach().to("cpu").numpy()) for place, tensor in found}

    def _on_device(self) -> Sequence[Any]:
        return [self._torch.from_numpy(array).to(self._device) for array in self._arrays]

    def _execute(self, feeds: Sequence[Any]) -> Any:
        with self._enter(self._stream):
            answer = self._module(*feeds)
            self._synchronize()
        return answer


class HostSlot(TorchAieSlot):
    """Arrays on the host to tensors on the host."""

    def run(self) -> None:
        """Copies, executes and copies back."""
        self._set_device()
        self._answer = [tensor.to("cpu") for tensor in tensors_in(self._execute(self._on_device()))]


class DeviceSlot(TorchAieSlot):
    """Tensors on the device to tensors on the device."""

    def run(self) -> None:
        """Executes."""
        self._set_device()
        self._answer = self._execute(self._feeds)


class TorchAieInstance(Instance):
    """One compiled module. Which precision its layers got no call tells."""

    def __init__(self, module: Any, slots: Sequence[Slot], provider: str, spec: OpenSpec) -> None:
        self._module = module
        self.signature = Signature(input_tensors(spec), ())
        self.ran = Ran(provider=provider, precision="")
        self.slots = tuple(slots)

    def close(self) -> None:
        """Drops the module. The SDK's ``finalize`` is left out: it ends all of this process, also other copies."""
        self.slots, self._module = (), None


class TorchAieRunner(Runner):
    """TorchScript modules, compiled here or before."""

    def probe(self) -> Probe:
        """Which of the two names is here, and its version."""
        sdk, torch, _ = _import()
        named = version_of(sdk.__name__, sdk.__name__.replace("_", "-"))
        return Probe(
            version=named or str(getattr(sdk, "__version__", "not told")),
            devices=(),
            default_device="0",
            model_formats=(".ts", ".pt"),
            monitor="npu_smi",
            libraries={"module": sdk.__name__, "torch": str(torch.__version__), "numpy": np.__version__},
        )

    def abilities(self, model: str) -> Abilities:
        """Both scopes; the precisions that a policy forces, or whatever the compiler or the compiled file has."""
        return Abilities(frozenset({"host", "device-io"}), frozenset({"", "fp16", "fp32"}), False, True, False)

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Names and values."""
        check_options(options)

    def cores(self, device: str, options: Mapping[str, Option]) -> None:
        """None; raises Unsupported for what is no device number."""
        device_number(device, _MOST_DEVICE)

    def open(self, spec: OpenSpec) -> TorchAieInstance:
        """A module on the device, compiled for the batch size unless it has been."""
        sdk, torch, enums = _import()
        number = device_number(spec.device, _MOST_DEVICE)
        set_device = EachThread(lambda: sdk.set_device(number))
        set_device()
        settings = compile_settings(sdk, enums, spec)
        module = torch.jit.load(spec.model)
        module.eval()
        if not is_compiled(spec):
            module = sdk.compile(module, **settings)
        kind = HostSlot if spec.scope == "host" else DeviceSlot
        slots = [kind(sdk, torch, module, spec, set_device) for _ in range(spec.slots)]
        return TorchAieInstance(module, slots, sdk.__name__, spec)


def _import() -> tuple[Any, Any, Any]:
    """The SDK by its earlier or later name, torch, which is to be imported before it, and the SDK's enumerations."""
    try:
        torch = importlib.import_module("torch")
        try:
            sdk = importlib.import_module("torch_aie")
        except ModuleNotFoundError:
            sdk = importlib.import_module("mindietorch")
        return sdk, torch, importlib.import_module(f"{sdk.__name__}._enums")
    except ImportError as error:
        raise RunnerUnavailable(
            f"--runner torch_aie: {sys.executable} can import neither torch_aie nor mindietorch with torch ({error}); "
            "install the wheel of Ascend-cann-torch-aie or of MindIE Torch there, source CANN's set_env.sh before, and "
            "name that interpreter by --worker-python."
        ) from error
