"""VACC by VastStreamX (``vaststreamx``), in this process: a model, graph and stream per instance, as its samples do.

- Scope ``pipeline`` times what VastStreamX's CLIP profilers time: the raw image or tokens to the device (unless
  ``input_host=false`` puts them there before), the preprocessing on the device, the model, and the copy of the outputs.
- Scope ``host`` times a model without preprocessing, with the copies in and out.
- Scope ``device-io`` times the model alone: tensors on the device in, tensors on the device out.

Requests in flight are threads in ``run_sync`` of one stream, as in those profilers; its queue size is not a depth. The
model is loaded for one batch size. It tells neither names nor types of its inputs: what is no image is described by the
option ``inputs``. ``vacc_options`` has all options. Whether ``run_sync`` gives up the interpreter's lock is likely, not
told; where it keeps it, a greater queue depth brings nothing, and ``in_flight_mean`` shows it.
"""

from __future__ import annotations

import sys
from typing import Any, Mapping

import numpy as np

from clipperf.errors import RunnerUnavailable, Unsupported
from clipperf.runners import vacc_options
from clipperf.runners.base import (
    FILE_PREFIX,
    Abilities,
    Instance,
    OpenSpec,
    Option,
    Probe,
    Ran,
    Runner,
    Signature,
)
from clipperf.runners.vacc_clip import ClipOperators
from clipperf.runners.vacc_slots import Built, FromDeviceSlot, FromHostSlot, OnDeviceSlot, VaccFailed, VaccSlot
from clipperf.runners.vendor_sdk import EachThread, device_number, version_of

_MOST_DEVICE = 255


class VaccInstance(Instance):
    """One stream on one device. The precision is that of the files, which no call tells."""

    ran = Ran(provider="VACC", precision="")

    def __init__(self, sdk: Any, spec: OpenSpec) -> None:
        vacc_options.check_scope(spec)
        number = device_number(spec.device, _MOST_DEVICE)
        set_device = EachThread(lambda: _set_device(sdk, number))
        set_device()
        model = sdk.Model(spec.model, spec.batch_size, vacc_options.hw_config(spec.options))
        _check_batch(model, spec)
        self._stream = _stream(sdk, sdk.ModelOperator(model), spec.options)
        shapes = _shapes(model)
        preprocess = None
        if vacc_options.has_clip_operators(spec.options):
            preprocess = ClipOperators(sdk, spec.options, vacc_options.model_size(shapes))
        inputs = vacc_options.input_tensors(spec, shapes)
        has_image = vacc_options.has_image(spec.options)
        built = Built(sdk, self._stream, number, inputs, has_image, preprocess, set_device)
        # Outputs have shapes, but neither names nor types.
        self.signature = Signature(inputs, ())
        self.slots = tuple(_slot_class(spec)(built) for _ in range(spec.slots))

    def close(self) -> None:
        """Drops slots and stream, and with it graph and model."""
        self.slots, self._stream = (), None


class VaccRunner(Runner):
    """Any model of VastStreamX, by what the paths of its files have in common, such as ``DIR/mod``."""

    def probe(self) -> Probe:
        """VastStreamX's version and the dies, which are its devices."""
        sdk = _import()
        dies = _dies(sdk)
        return Probe(
            version=version_of("vaststreamx") or str(getattr(sdk, "__version__", "not told")),
            devices=tuple(dies),
            default_device=min(dies, key=int, default="0"),
            model_formats=(FILE_PREFIX,),
            monitor="vacc",
            libraries={"numpy": np.__version__},
        )

    def abilities(self, model: str) -> Abilities:
        """Three scopes and several requests at a time, in the precision of the files."""
        return Abilities(frozenset({"pipeline", "host", "device-io"}), frozenset({""}), False, True, False)

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Names, values, and files that are not there."""
        vacc_options.check_options(options)

    def cores(self, device: str, options: Mapping[str, Option]) -> None:
        """None; raises Unsupported for what is no device number."""
        device_number(device, _MOST_DEVICE)

    def open(self, spec: OpenSpec) -> VaccInstance:
        """A stream on the device; raises VaccFailed for a status, and whatever VastStreamX raises."""
        return VaccInstance(_import(), spec)


def _import() -> Any:
    try:
        import vaststreamx
    except ImportError as error:
        raise RunnerUnavailable(
            f"--runner vacc: {sys.executable} cannot import vaststreamx ({error}); install the wheel of Vastai's "
            "VastStreamX there (it is not on PyPI), set LD_LIBRARY_PATH as its guide says, and name that interpreter "
            "by --worker-python."
        ) from error
    return vaststreamx


def _dies(sdk: Any) -> list[str]:
    """The numbers of all dies; none where this release does not tell them."""
    if not hasattr(sdk, "get_all_cards"):
        return []
    try:
        # Before it is asked for cards VastStreamX wants a device, as its own sample of card_info has it.
        sdk.set_device(0)
        found = [str(die.device_id) for card in sdk.get_all_cards() for die in card.dies]
    except Exception as error:
        raise RunnerUnavailable(
            f"--runner vacc: VastStreamX cannot tell its cards ({error}); look whether the driver is loaded, and at "
            "what vasmi says."
        ) from error
    if not found:
        raise RunnerUnavailable("--runner vacc: VastStreamX finds no card here; look at what vasmi says.")
    return found


def _set_device(sdk: Any, number: int) -> None:
    status = sdk.set_device(number)
    if status != 0:
        raise VaccFailed(f"set_device({number}) answered {status}; look at the devices that vasmi lists.")


def _check_batch(model: Any, spec: OpenSpec) -> None:
    """Raises Unsupported for more than the model takes in one call; CLIP's image operators call it sample by sample."""
    most = int(getattr(model, "max_batch_size", 0))
    if most and spec.batch_size and spec.batch_size > most and not vacc_options.has_clip_operators(spec.options):
        raise Unsupported(f"--batch {spec.batch_size}: the model takes {most} samples at most.")


def _stream(sdk: Any, operator: Any, options: Mapping[str, Option]) -> Any:
    """The model in a graph, behind the operators of ``vdsp_params``; its outputs stay on the device."""
    before = []
    if "vdsp_params" in options:
        before = list(sdk.Operator.load_ops_from_json_file(str(options["vdsp_params"])))
        if not before:
            raise VaccFailed(f"load_ops_from_json_file({options['vdsp_params']}) gave no operator.")
    kinds = getattr(sdk, "GraphOutputType", None)
    # Earlier releases take whether to copy the outputs.
    graph = sdk.Graph(False if kinds is None else kinds.GRAPH_OUTPUT_TYPE_NCHW_DEVICE)
    graph.add_operators(*before, operator)
    stream = sdk.Stream(graph, sdk.StreamBalanceMode.RUN)
    stream.register_operator_output(operator)
    stream.build()
    return stream


def _shapes(model: Any) -> list[list[int]]:
    return [list(model.input_shape[place]) for place in range(int(model.input_count))]


def _slot_class(spec: OpenSpec) -> type[VaccSlot]:
    if spec.scope == "device-io":
        return OnDeviceSlot
    return FromHostSlot if vacc_options.has_host_input(spec) else FromDeviceSlot
