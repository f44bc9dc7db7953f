"""A stand-in of vaststreamx: devices belong to threads, streams have to be built, and operators take their time.

A model is a file ``PREFIX.json`` as ``standin_device`` reads it.
"""

from __future__ import annotations

import enum
import json
import struct
import threading

import numpy as np
import standin_device

__version__ = "2.8.3"
_current = threading.local()


class GraphOutputType(enum.Enum):
    """Where outputs lie."""

    GRAPH_OUTPUT_TYPE_NCHW_DEVICE, GRAPH_OUTPUT_TYPE_NCHW_HOST = range(2)


class StreamBalanceMode(enum.Enum):
    """How a stream is run."""

    ONCE, RUN = range(2)


class ImageFormat(enum.Enum):
    """How an image lies in memory."""

    BGR_INTERLEAVE, RGB_PLANAR = range(2)


class ImageResizeType(enum.Enum):
    """Interpolations."""

    BICUBIC_PILLOW = 0


class TypeFlag(enum.Enum):
    """Types of tensors."""

    FLOAT16 = "float16"


class _Die:
    def __init__(self, number: int) -> None:
        self.device_id = number


class _Card:
    def __init__(self, dies: list) -> None:
        self.uuid, self.card_type, self.dies = "FCA12CD00038", "VA1-16G", dies


def get_all_cards() -> list:
    """Two dies on each."""
    _own()
    dies = [_Die(number) for number in range(standin_device.device_count())]
    return [_Card(dies[place : place + 2]) for place in range(0, len(dies), 2)]


class Die:
    """What a die tells of itself: hundredths of a degree, millionths of a watt, bytes, percent."""

    def __init__(self, number: int) -> None:
        if not 0 <= number < standin_device.device_count():
            raise RuntimeError(f"die {number} not found")
        self.temperature = {"temperature": [3443, 3443]}
        self.power = {"power": [0, 0, 0, 30_958_200]}
        self.memory = {"total": 8 << 30, "free": 7 << 30, "used": 1 << 30, "usage_rate": 12.5}
        self.utilization = {"ai": 0.0, "vdsp": [0.0], "vdmcu": [0.0], "vemcu": [0.0]}


def get_all_cards_count() -> int:
    return len(get_all_cards())


def set_device(number: int) -> int:
    """Makes it this thread's; a status, not 0 where there is none."""
    if not 0 <= number < standin_device.device_count():
        print(f"[ERROR] invalid device id {number}", flush=True)
        return -1
    _current.device = number
    return 0


def _own() -> standin_device.Device:
    number = getattr(_current, "device", None)
    if number is None:
        raise RuntimeError("no device is set in this thread")
    return standin_device.device(number)


class Tensor:
    """Numbers on a device."""

    def __init__(self, array: np.ndarray, number: int) -> None:
        self.array, self.number = array, number

    @property
    def shape(self) -> list:
        return list(self.array.shape)


class Image(Tensor):
    """An image on a device."""

    def __init__(self, array: np.ndarray, kind: ImageFormat, number: int) -> None:
        super().__init__(array, number)
        self.format = kind
        self.height, self.width = array.shape[-2:] if kind is ImageFormat.RGB_PLANAR else array.shape[:2]


def from_numpy(array: np.ndarray, number: int) -> Tensor:
    if array.dtype not in ("float32", "float16", "int32", "uint8"):
        raise TypeError(f"from_numpy(): {array.dtype}")
    _own()
    standin_device.device(number).copy("h2d")
    return Tensor(_as_it_lies(array), number)


def create_image(array: np.ndarray, kind: ImageFormat, width: int, height: int, number: int) -> Image:
    if kind is not ImageFormat.BGR_INTERLEAVE or array.shape != (height, width, 3) or array.dtype != np.uint8:
        raise ValueError("create_image: data does not match format, width and height")
    _own()
    standin_device.device(number).copy("h2d")
    return Image(_as_it_lies(array), kind, number)


def as_numpy(tensor: Tensor) -> np.ndarray:
    _own()
    standin_device.device(tensor.number).copy("d2h")
    return tensor.array.copy()


def cvtcolor(image: Image, kind: ImageFormat) -> Image:
    assert (image.format, kind) == (ImageFormat.BGR_INTERLEAVE, ImageFormat.RGB_PLANAR)
    _own().copy("vdsp")
    return Image(np.ascontiguousarray(image.array[..., ::-1].transpose(2, 0, 1)), kind, image.number)


def resize(image: Image, kind: ImageResizeType, *, resize_width: int, resize_height: int) -> Image:
    assert isinstance(kind, ImageResizeType)
    _own().copy("vdsp")
    rows = np.arange(resize_height) * image.height // resize_height
    columns = np.arange(resize_width) * image.width // resize_width
    return Image(image.array[:, rows][:, :, columns], image.format, image.number)


def crop(image: Image, rect: tuple) -> Image:
    left, top, width, height = rect
    _own().copy("vdsp")
    return Image(image.array[:, top : top + height, left : left + width], image.format, image.number)


class CustomOperator:
    """What an .elf file does: it believes its parameters."""

    def __init__(self, *, op_name: str, elf_file_path: str) -> None:
        with open(elf_file_path, "rb"):
            self._name = op_name
        _own()

    def run_sync(self, *, tensors: list, config: bytes, output_info: list) -> list:
        ((shape, kind),) = output_info
        (tensor,) = tensors
        _own().copy("vdsp")
        made = _normalized(tensor.array, config) if self._name == "opf_normalize" else _patches(tensor.array, config)
        if list(made.shape) != shape:
            raise ValueError(f"{self._name}: {made.shape} is not {shape}")
        return [Tensor(made.astype(kind.value), tensor.number)]


def _normalized(array: np.ndarray, config: bytes) -> np.ndarray:
    width, height, _, _, _, _, channels, kind = struct.unpack_from("<7Ii", config)
    assert (len(config), kind, array.shape) == (48, 2, (channels, height, width))
    mean, std = (np.frombuffer(config, np.float16, 3, place)[:, None, None] for place in (32, 40))
    return ((array / 255.0 - mean) / std).astype(np.float32)


def _patches(array: np.ndarray, config: bytes) -> np.ndarray:
    words = struct.unpack("<23I", config)
    patch, rows, columns = words[11], *words[18:20]
    count = array.shape[-1] // patch
    cut = array.reshape(array.shape[0], count, patch, count, patch).transpose(1, 3, 0, 2, 4).reshape(count * count, -1)
    assert list(cut.shape) == list(words[14:16])
    return np.pad(cut, ((0, rows - cut.shape[0]), (0, columns - cut.shape[1])))


class Operator:
    """What stands in a graph before a model."""

    @staticmethod
    def load_ops_from_json_file(path: str) -> list:
        with open(path, encoding="utf-8") as file:
            described = json.load(file)
        return [Operator() for _ in (described if isinstance(described, list) else [described])]


class Model:
    """A loaded copy; ``batch_size`` samples at most go in at once."""

    def __init__(self, prefix: str, batch_size: int = 1, hw_config: str = "") -> None:
        _own()
        if hw_config:
            with open(hw_config, "rb"):
                pass
        try:
            self.model = standin_device.Model(f"{prefix}.json")
        except (OSError, ValueError, KeyError):
            raise RuntimeError(f"load model {prefix} failed") from None
        rows = self.model.inputs[0]["shape"][0]
        self.batch_size, self.max_batch_size = batch_size, max(self.model.gears) if rows < 0 else rows

    @property
    def input_count(self) -> int:
        return len(self.model.inputs)

    @property
    def output_count(self) -> int:
        return len(self.model.outputs)

    @property
    def input_shape(self) -> list:
        return [[1, *one["shape"][1:]] for one in self.model.inputs]

    @property
    def output_shape(self) -> list:
        return [[1, *one["shape"][1:]] for one in self.model.outputs]


class ModelOperator:
    """A model in a graph."""

    def __init__(self, model: Model) -> None:
        self.model = model


class Graph:
    """Operators one after the other."""

    def __init__(self, output_type: GraphOutputType) -> None:
        if not isinstance(output_type, GraphOutputType):
            raise TypeError("incompatible constructor arguments")
        self.operators: tuple = ()

    def add_operators(self, *operators: object) -> None:
        self.operators = operators


class Stream:
    """What runs a graph; several threads may."""

    def __init__(self, graph: Graph, mode: StreamBalanceMode) -> None:
        assert mode is StreamBalanceMode.RUN
        self._graph, self._number = graph, _own().number
        self._output: ModelOperator | None = None
        self._is_built = False

    def register_operator_output(self, operator: ModelOperator) -> None:
        self._output = operator

    def build(self) -> None:
        self._is_built = self._output is not None

    def run_sync(self, samples: list) -> list:
        """A list of outputs for each sample."""
        device = _own()
        if device.number != self._number or not self._is_built:
            raise RuntimeError("stream is not ready on this device")
        model, *before = reversed(self._graph.operators)
        if len(samples) > min(model.model.batch_size, model.model.max_batch_size):
            raise RuntimeError("batch is larger than the model's")
        arrays = [self._arrays(sample, bool(before)) for sample in samples]
        if before:
            device.copy("vdsp")
        try:
            execution = device.submit()
            joined = [np.stack(column) for column in zip(*arrays)]
            answers = model.model.model.answer(joined)
            device.answer(execution)
        except standin_device.DeviceFailed as error:
            raise RuntimeError(f"run_sync failed: {error}") from None
        if device.gives_nan():
            answers = [np.full_like(answer, np.nan) for answer in answers]
        return [
            [Tensor(answer[place : place + 1], device.number) for answer in answers] for place in range(len(arrays))
        ]

    def _arrays(self, sample: object, is_preprocessed: bool) -> list:
        tensors = sample if isinstance(sample, list) else [sample]
        if isinstance(sample, Image) and not is_preprocessed:
            raise RuntimeError("a model takes tensors; there is no operator for images in this graph")
        if any(tensor.number != self._number for tensor in tensors):
            raise RuntimeError("a tensor is on another device")
        return [tensor.array for tensor in tensors]


def _as_it_lies(array: np.ndarray) -> np.ndarray:
    """As C reads it: in the order of memory, whatever the strides say."""
    flat = np.lib.stride_tricks.as_strided(array, (array.size,), (array.itemsize,))
    return np.array(flat).reshape(array.shape)
