"""PyTorch, in this process: one module an instance, on cores or on any accelerator that torch has a name for.

- A device is a set of cores, in a process whose affinity is set before torch is imported, or an accelerator by torch's
  own string: ``cuda:0``, ``npu:0``, ``mlu:0``, ``musa:0``, ``xpu:0``. A vendor's plugin is imported where it is
  installed.
- ``--option mode``: ``script`` runs the TorchScript as it is, ``eager`` calls its operations one by one from Python,
  ``compile`` gives them to ``torch.compile``. Each batch size has a worker of its own, since both TorchScript and the
  compiler specialise on the shapes that they see first, and fall back to slower code after a few.
- ``--precision`` casts weights and inputs. TF32 and its like, fp32 with fewer bits, are off unless asked for.

torch's operations give up the interpreter's lock, as does the synchronisation of a stream.
"""

from __future__ import annotations

import sys
from typing import Any, Mapping

import numpy as np

from clipperf.errors import RunnerUnavailable, Unsupported
from clipperf.runners.base import Abilities, Instance, OpenSpec, Option, Probe, Ran, Runner
from clipperf.runners.cpu_cores import available_cores, format_cores
from clipperf.runners.torch_devices import CPU, KINDS, accelerators, cores_of, kind_of, namespace, switch_fast_fp32
from clipperf.runners.torch_module import PRECISIONS, in_mode, load_module, precision_of
from clipperf.runners.torch_options import check_options, compile_backend, mode_of
from clipperf.runners.torch_slots import CoresSlot, DeviceSlot, HostSlot, TorchSlot, forward_of
from clipperf.runners.vendor_sdk import EachThread, version_of


class TorchInstance(Instance):
    """One module; ``place`` is torch's name of the device, ``space`` what torch has of it, None for cores."""

    def __init__(self, torch: Any, spec: OpenSpec, place: str, space: Any, prepare: EachThread) -> None:
        script, self.signature = load_module(torch, spec, place)
        self._module = in_mode(torch, script, spec.options)
        dtype = getattr(torch, PRECISIONS[spec.precision]) if spec.precision else None
        forward = forward_of(torch, self._module, spec.precision, dtype, place)
        self.ran = Ran(
            provider=_provider(spec, place, space),
            precision=precision_of(script),
            threads=torch.get_num_threads() if space is None else None,
        )
        self.slots: tuple[TorchSlot, ...]
        if space is None:
            self.slots = tuple(CoresSlot(torch, forward, self.signature, prepare) for _ in range(spec.slots))
        else:
            kind = HostSlot if spec.scope == "host" else DeviceSlot
            self.slots = tuple(kind(torch, forward, self.signature, prepare, place, space) for _ in range(spec.slots))

    def close(self) -> None:
        """Drops the module and the slots' tensors, which frees their memory."""
        self.slots, self._module = (), None


class TorchRunner(Runner):
    """TorchScript files."""

    def probe(self) -> Probe:
        """torch's version; its devices are this host's cores and the accelerators that work."""
        torch = _import()
        plugins = {known.plugin: version_of(known.plugin) for known in KINDS.values() if known.plugin}
        return Probe(
            version=str(torch.__version__),
            devices=(*(str(core) for core in available_cores()), *accelerators(torch)),
            default_device=format_cores(available_cores()),
            model_formats=(".pt", ".ts"),
            libraries={
                "torch": str(torch.__version__),
                "torch cuda": str(torch.version.cuda or ""),
                **{plugin: version for plugin, version in plugins.items() if version},
                "numpy": np.__version__,
            },
        )

    def abilities(self, model: str) -> Abilities:
        """Host scope, on accelerators also without the copies; the precisions that weights can be cast to."""
        scopes, precisions = frozenset({"host", "device-io"}), frozenset({"", *PRECISIONS})
        return Abilities(scopes, precisions, False, True, True)

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Names and values."""
        check_options(options)

    def cores(self, device: str, options: Mapping[str, Option]) -> tuple[int, ...] | None:
        """The cores of a CPU, None for an accelerator."""
        return cores_of(device)

    def open(self, spec: OpenSpec) -> TorchInstance:
        """A module on the device; raises Unsupported for what device, release or model cannot do."""
        torch = _import()
        kind = kind_of(spec.device)
        if kind == CPU:
            return _on_cores(torch, spec)
        if "num_threads" in spec.options:
            raise Unsupported(f"--option num_threads: it is the CPU's, {spec.device} has none; leave it out.")
        space = namespace(torch, spec.device)
        _switch_tf32(torch, spec, kind)
        number = int(spec.device.partition(":")[2])
        prepare = EachThread(lambda: space.set_device(number))
        prepare()
        return TorchInstance(torch, spec, spec.device, space, prepare)


def _on_cores(torch: Any, spec: OpenSpec) -> TorchInstance:
    if spec.scope != "host":
        raise Unsupported(f"--scope {spec.scope}: on a CPU nothing is copied; give --scope host.")
    if "tf32" in spec.options:
        raise Unsupported("--option tf32: a CPU computes fp32 in fp32; leave it out.")
    threads = int(spec.options.get("num_threads", len(cores_of(spec.device) or ())))
    # OpenMP keeps this by thread.
    prepare = EachThread(lambda: torch.set_num_threads(threads))
    prepare()
    return TorchInstance(torch, spec, CPU, None, prepare)


def _switch_tf32(torch: Any, spec: OpenSpec, kind: str) -> None:
    asked = bool(spec.options.get("tf32", False))
    if switch_fast_fp32(torch, kind, asked) != asked:
        raise Unsupported(f"--option tf32={str(asked).lower()}: torch's {kind} does not take it; leave it out.")


def _provider(spec: OpenSpec, place: str, space: Any) -> str:
    """The device, how the model is run on it, and whether fp32 is computed with fewer bits."""
    mode = mode_of(spec.options)
    told = f"{mode} {compile_backend(spec.options)}" if mode == "compile" else mode
    if space is None:
        return f"{place}, {told}"
    tf32 = "on" if spec.options.get("tf32", False) else "off"
    return f"{place} {space.get_device_name(place)}, {told}, tf32 {tf32}"


def _import() -> Any:
    try:
        import torch

        torch.inference_mode  # noqa: B018 (older releases lack it)
    except (ImportError, AttributeError, OSError) as error:
        raise RunnerUnavailable(
            f"--runner torch: {sys.executable} cannot import torch of 1.12 or later ({error}); install it there with "
            "pip install torch, or the build for your accelerator."
        ) from error
    return torch
