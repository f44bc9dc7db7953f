"""OpenVINO, in this process: a compiled model per instance, an InferRequest per slot.

A slot starts its request asynchronously and waits for it, so that as many requests are in OpenVINO's own queue as slots
are at work; waiting releases the GIL. (The blocking ``infer`` also copies every answer to new arrays.) Inputs are read
from numpy memory in place, answers lie in the request's own memory on the host.

A device is a set of cores, for the CPU plugin, or a plugin's own name (``GPU``, ``GPU.1``, ``NPU``). Open dimensions
are given their sizes before compiling, as OpenVINO's users do, because its plugins optimise for them; ``--option
shape=dynamic`` leaves them open. The precision is the one that the case asks for, read back from the execution graph.
"""

from __future__ import annotations

import sys
from typing import Any, Mapping, Sequence

import numpy as np

from clipperf.errors import RunnerUnavailable, Unsupported
from clipperf.runners import openvino_properties as properties
from clipperf.runners.base import Abilities, Instance, OpenSpec, Option, Probe, Ran, Runner, Slot
from clipperf.runners.cpu_cores import available_cores, format_cores
from clipperf.runners.openvino_devices import cores_of_plugin
from clipperf.runners.openvino_precision import check_precision, precision_ran
from clipperf.runners.openvino_types import signature_of

Shapes = Sequence[Sequence[int]]


class OpenVinoSlot(Slot):
    """One InferRequest, made anew where the instance was compiled for other shapes."""

    def __init__(self, instance: OpenVinoInstance) -> None:
        self._instance = instance
        self._compiled: Any = None
        self._request: Any = None
        self._tensors: list[Any] = []

    def load(self, inputs: Mapping[str, np.ndarray]) -> None:
        """Puts the request's tensors over the arrays, without a copy."""
        arrays = [inputs[tensor.name] for tensor in self._instance.signature.inputs]
        compiled = self._instance.compiled_for([array.shape for array in arrays])
        if compiled is not self._compiled:
            self._compiled, self._request = compiled, compiled.create_infer_request()
        # Kept here: the request holds their memory, not them.
        self._tensors = [self._instance.shared(array) for array in arrays]
        for place, tensor in enumerate(self._tensors):
            self._request.set_input_tensor(place, tensor)

    def run(self) -> None:
        """Input on the host to output on the host."""
        self._request.start_async()
        self._request.wait()

    def outputs(self) -> dict[str, np.ndarray]:
        """The answer of the last run."""
        names = [tensor.name for tensor in self._instance.signature.outputs]
        return {name: np.array(self._request.get_tensor(name).data) for name in names}


class OpenVinoInstance(Instance):
    """One model, compiled for the shapes of the latest load."""

    def __init__(self, openvino: Any, spec: OpenSpec, cores: tuple[int, ...] | None) -> None:
        self._openvino, self._spec, self._core = openvino, spec, openvino.Core()
        self._device = "CPU" if cores is not None else spec.device
        _check_device(self._core, self._device)
        able = self._core.get_property(self._device, "SUPPORTED_PROPERTIES")
        self._properties = properties.properties_of(spec, cores, able)
        self._model = self._core.read_model(spec.model)
        self.signature = signature_of(self._model)
        self._shapes: Shapes | None = self._expected_shapes()
        self._compiled = self._compile(self._shapes)
        self.ran = _ran(self._compiled, cores)
        self.slots = tuple(OpenVinoSlot(self) for _ in range(spec.slots))

    def compiled_for(self, shapes: Shapes) -> Any:
        """The compiled model for inputs of these shapes, compiled again where it was for others."""
        shapes = [tuple(shape) for shape in shapes]
        if self._spec.options.get("shape") != "dynamic" and shapes != self._shapes:
            # The old one is freed first, with the last slot that leaves it.
            self._compiled, self._shapes = None, None
            self._compiled, self._shapes = self._compile(shapes), shapes
        return self._compiled

    def shared(self, array: np.ndarray) -> Any:
        """A tensor over the array's memory."""
        return self._openvino.Tensor(array, shared_memory=True)

    def close(self) -> None:
        """Drops the requests and the model, which frees their memory."""
        self.slots, self._compiled, self._model, self._core = (), None, None, None

    def _expected_shapes(self) -> Shapes | None:
        """Those of the case's batch; None where more is open than the inputs' first dimensions, or is to stay so."""
        if self._spec.options.get("shape") == "dynamic":
            return None
        shapes = [(tensor.shape[:1], tensor.shape[1:]) for tensor in self.signature.inputs]
        sized = [tuple(self._spec.batch_size if dim is None else dim for dim in first) + rest for first, rest in shapes]
        known = [tuple(dim for dim in shape if dim is not None) for shape in sized]
        return known if known == sized else None

    def _compile(self, shapes: Shapes | None) -> Any:
        model = self._model
        if shapes is not None:
            model = model.clone()
            model.reshape(dict(zip(model.inputs, map(self._openvino.PartialShape, map(list, shapes)))))
        options = self._spec.options
        try:
            compiled = self._core.compile_model(model, self._device, self._properties)
        except RuntimeError as error:
            reason = properties.refused(self._core, _smallest(self._openvino), self._device, options)
            if reason:
                raise Unsupported(reason) from error
            raise
        properties.check_taken(compiled, self._device, options)
        capabilities = self._core.get_property(self._device, "OPTIMIZATION_CAPABILITIES")
        check_precision(self._spec.precision, precision_ran(compiled), self._device, capabilities)
        return compiled


class OpenVinoRunner(Runner):
    """Any .onnx file or IR (.xml beside its .bin) on any plugin of the installed build."""

    def probe(self) -> Probe:
        """OpenVINO's version; its devices are this host's cores and what its other plugins find."""
        openvino = _import()
        core = openvino.Core()
        names = {device: str(core.get_property(device, "FULL_DEVICE_NAME")) for device in core.available_devices}
        others = sorted(set(names) - {"CPU"})
        return Probe(
            # Number and build, without the commit and the branch.
            version="-".join(str(openvino.__version__).split("-")[:2]),
            devices=(*(str(number) for number in available_cores()), *others),
            default_device=format_cores(available_cores()),
            model_formats=(".onnx", ".xml"),
            libraries={
                "openvino build": str(openvino.__version__),
                **{f"openvino {device}": name for device, name in sorted(names.items())},
                "numpy": np.__version__,
            },
        )

    def abilities(self, model: str) -> Abilities:
        """Host scope; a copy for each batch size, which it is compiled for. What a device lacks ``open`` refuses.

        OpenVINO turns an fp32 model into bf16 and fp16 by itself; int8 it runs where the model has it.
        """
        precisions = frozenset({"", "fp32", "bf16", "fp16", "int8"})
        return Abilities(frozenset({"host"}), precisions, False, True, True, frozenset({"int8"}))

    def check_options(self, options: Mapping[str, Option]) -> None:
        """Names and values; a key in capitals is a property of the plugin, which only open can judge."""
        properties.check(options)

    def cores(self, device: str, options: Mapping[str, Option]) -> tuple[int, ...] | None:
        """The cores of a device of the CPU plugin, None for the device of another."""
        return cores_of_plugin(device)

    def open(self, spec: OpenSpec) -> OpenVinoInstance:
        """A compiled model; raises Unsupported for devices, properties and precisions that OpenVINO does not take."""
        return OpenVinoInstance(_import(), spec, self.cores(spec.device, spec.options))


def _import() -> Any:
    try:
        import openvino

        openvino.Core  # noqa: B018 (before 2023.1 it was openvino.runtime's)
    except (ImportError, AttributeError) as error:
        raise RunnerUnavailable(
            f"--runner openvino: {sys.executable} cannot import openvino of 2023.1 or later ({error}); install it "
            "there with pip install openvino."
        ) from error
    return openvino


def _check_device(core: Any, device: str) -> None:
    """Raises Unsupported for a device that is not here; a lone one is listed without its number."""
    here = core.available_devices
    plugin, _, number = device.partition(".")
    same = [name for name in here if name.partition(".")[0] == plugin]
    if device not in here and (not same or (number and device != f"{same[0]}.0")):
        raise Unsupported(
            f"--device {device}: OpenVINO finds no such device here, only {', '.join(here) or 'none'}; look whether "
            "its driver is installed, or give cores such as 0-1 for the CPU."
        )


def _ran(compiled: Any, cores: tuple[int, ...] | None) -> Ran:
    devices = compiled.get_property("EXECUTION_DEVICES")
    # A plugin that has none of them says so by an error.
    streams = _told(compiled, properties.STREAMS)
    return Ran(
        provider=" ".join(devices if isinstance(devices, (list, tuple)) else [str(devices)])
        + (f", streams: {streams}" if streams is not None else ""),
        precision=precision_ran(compiled),
        threads=None if cores is None else _told(compiled, properties.THREADS),
    )


def _told(compiled: Any, name: str) -> int | None:
    try:
        return int(compiled.get_property(name))
    except (RuntimeError, TypeError, ValueError):
        return None


def _smallest(openvino: Any) -> Any:
    """A model that hands its input on."""
    try:
        from openvino.op import Parameter, Result
    except ImportError:  # Before 2025.
        from openvino.runtime.op import Parameter, Result
    given = Parameter(openvino.Type.f32, openvino.PartialShape([1]))
    return openvino.Model([Result(given.output(0))], [given], "smallest")
