"""Sophon TPUs by SAIL (``sophon.sail``), in this process: an engine per instance, a set of tensors per request.

- Scope ``host`` times the copy of the inputs to the device, the execution and the copy of the outputs back.
- Scope ``device-io`` times the execution on inputs that were put on the device before; the outputs stay there.

Two forms, by the option ``io``. ``tensor``, the default, moves tensors in the model's own types and gives up the
interpreter's lock while it executes: copies of one request overlap the execution of another at a greater queue depth.
``numpy`` is what SAIL's samples do: float32 in and out, converted and scaled by SAIL inside the clock, with the lock
held, so one request at a time, at scope ``host`` and for types that SAIL converts.

Options beside it: ``graph``, the net to run where a file holds several; ``core_list`` (``0`` or ``0:1``), the cores of
the TPU, which only builds for BM1688 and CV186X honour. Two threads may not use one engine, so that requests of an
instance execute one after the other. Whatever ends the process, as old releases do on errors, costs one case.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from typing import Any, Mapping

import numpy as np

from clipperf.errors import RunnerUnavailable, Unsupported
from clipperf.runners.base import (
    Abilities,
    Instance,
    OpenSpec,
    Option,
    Probe,
    Ran,
    Runner,
    take_options,
)
from clipperf.runners.own_output import OwnOutput
from clipperf.runners.sail_net import Net, read_net
from clipperf.runners.sail_slots import DeviceTensorSlot, HostTensorSlot, NumpySlot, Opened, failed
from clipperf.runners.sail_types import NUMPY_FORM
from clipperf.runners.vendor_sdk import device_number, version_of

_MOST_DEVICE = 255
_FORMS = ("tensor", "numpy")
_CORES = re.compile(r"[0-9](?::[0-9])*")
_DISTORTING = ("SAIL_SAVE_IO_TENSORS", "BMRT_SAVE_IO_TENSORS", "BMRUNTIME_ENABLE_PROFILE")
"""Variables by which SAIL and its runtime write files during each request."""


class SailInstance(Instance):
    """One engine on one device. The precision is that of the file, which no call tells."""

    def __init__(self, sdk: Any, spec: OpenSpec) -> None:
        form = _form(spec.options)
        output = OwnOutput()
        mode = sdk.IOMode.SYSIO if form == "numpy" else sdk.IOMode.DEVIO
        try:
            self._engine = sdk.Engine(spec.model, device_number(spec.device, _MOST_DEVICE), mode)
        except Exception as error:
            raise failed(error, output) from error
        net = read_net(self._engine, spec.options)
        _check_form(form, net, spec)
        opened = Opened(sdk, self._engine, net, _cores(sdk, spec.options), output, threading.Lock())
        # What was said until here is no request's.
        output.fresh()
        self.signature = net.signature
        self.ran = Ran(provider=f"{_target(self._engine)} {form}", precision="")
        kind = {"numpy": NumpySlot, "host": HostTensorSlot, "device-io": DeviceTensorSlot}
        self.slots = tuple(kind[form if form == "numpy" else spec.scope](opened) for _ in range(spec.slots))

    def close(self) -> None:
        """Drops tensors and engine."""
        self.slots, self._engine = (), None


class SailRunner(Runner):
    """Any .bmodel file."""

    def probe(self) -> Probe:
        """SAIL's build and the devices that its driver counts."""
        sdk = _import()
        try:
            count = int(sdk.get_available_tpu_num())
        except Exception as error:
            raise RunnerUnavailable(
                f"--runner sail: SAIL cannot count the devices ({error}); look whether the driver is loaded "
                "and at what bm-smi says."
            ) from error
        if not count:
            raise RunnerUnavailable("--runner sail: SAIL finds no TPU here; look at what bm-smi says.")
        return Probe(
            # SAIL's own word for its version is the time at which it was built.
            version=" ".join(filter(None, (_package(), str(getattr(sdk, "__version__", ""))))) or "not told",
            devices=tuple(map(str, range(count))),
            default_device="0",
            model_formats=(".bmodel",),
            monitor="bm_smi",
            libraries={"honours core lists": str(_honours_cores(sdk)).lower(), "numpy": np.__version__},
        )

    def abilities(self, model: str) -> Abilities:
        """Several requests at a time, in the precision of the file, at the batch sizes that the file itself tells.

        The tensor form gives up the interpreter's lock, but not for copies, and whatever ends a process should cost one
        instance: each has a process of its own.
        """
        return Abilities(frozenset({"host", "device-io"}), frozenset({""}), True, True, False)

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Names and values; raises Unsupported also for cores where this build of SAIL would ignore them."""
        take_options("sail", options, ("io", "graph", "core_list"))
        _form(options)
        if "core_list" in options:
            _cores(_import(), options)

    def cores(self, device: str, options: Mapping[str, Option]) -> None:
        """None; raises Unsupported for what is no device number."""
        device_number(device, _MOST_DEVICE)

    def open(self, spec: OpenSpec) -> SailInstance:
        """An engine on the device; raises SailFailed with what SAIL said."""
        given = [name for name in _DISTORTING if os.environ.get(name, "0") not in ("", "0")]
        if given:
            raise Unsupported(f"{', '.join(given)} makes SAIL write files during each request; unset it.")
        return SailInstance(_import(), spec)


def _import() -> Any:
    try:
        import sophon.sail as sdk
    except ImportError as error:
        raise RunnerUnavailable(
            f"--runner sail: {sys.executable} cannot import sophon.sail ({error}); install the wheel of sophon-sail "
            "for this host and this Python there, set PATH and LD_LIBRARY_PATH to libsophon as it says, and name that "
            "interpreter by --worker-python."
        ) from error
    return sdk


def _package() -> str:
    return version_of("sophon", "sophon_arm", "sophon-sail")


def _form(options: Mapping[str, Option]) -> str:
    form = str(options.get("io", _FORMS[0]))
    if form not in _FORMS:
        raise Unsupported(f"--option io={form}: take one of {', '.join(_FORMS)}.")
    return form


def _check_form(form: str, net: Net, spec: OpenSpec) -> None:
    """Raises Unsupported where the numpy form would measure something else, or answer with raw bytes."""
    if form != "numpy":
        return
    if spec.scope != "host":
        raise Unsupported(f"--option io=numpy: it copies inside the call, not scope {spec.scope}; leave it out.")
    if spec.slots > 1:
        raise Unsupported(
            f"--queue-depth {spec.slots}: with --option io=numpy SAIL keeps the interpreter's lock, so there is one "
            "request at a time; leave io out, or give more --instances."
        )
    for port in (*net.inputs, *net.outputs):
        if port.kind not in NUMPY_FORM:
            raise Unsupported(
                f"--option io=numpy: {port.name} holds {port.kind}, of which SAIL makes no float32 (it takes "
                f"{', '.join(NUMPY_FORM)}); leave it out."
            )


def _cores(sdk: Any, options: Mapping[str, Option]) -> tuple[int, ...]:
    if "core_list" not in options:
        return ()
    asked = str(options["core_list"])
    if not _CORES.fullmatch(asked):
        raise Unsupported(f"--option core_list={asked}: give the numbers of the TPU's cores, such as 0 or 0:1.")
    if not _honours_cores(sdk):
        raise Unsupported(
            f"--option core_list={asked}: this build of SAIL ignores lists of cores, as all but those for BM1688 and "
            "CV186X do; leave it out."
        )
    return tuple(map(int, asked.split(":")))


def _honours_cores(sdk: Any) -> bool:
    """Whether SAIL was built for BM1688 or CV186X: then, and only then, its images have no types of four in one."""
    types = getattr(sdk, "ImgDtype", None)
    return types is not None and not hasattr(types, "DATA_TYPE_EXT_4N_BYTE")


def _target(engine: Any) -> str:
    """The chip's name, "TPU" where SAIL does not tell."""
    told = str(getattr(engine.get_handle(), "get_target", str)())
    return told if re.fullmatch(r"[A-Z]{2}[0-9]+[A-Z]*", told) else "TPU"
