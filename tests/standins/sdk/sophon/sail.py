"""A stand-in of sophon.sail, with what SAIL does to those who trust it.

A wrong net kills the process, a missing input is the one of before, a launch that fails prints and returns, arrays that
are not contiguous are written over, outputs of float16 are raw bytes in the numpy form, which keeps the interpreter's
lock; two threads in one engine spoil each other's answers. ``STANDIN_SAIL=old`` ends the process on errors and does not
tell which nets are dynamic, ``STANDIN_SAIL=bm1688`` honours lists of cores.

A .bmodel file is one of JSON as ``standin_device`` reads it, with ``scale`` where a tensor is quantised and ``stages``
(the batch sizes it was compiled for); ``nets`` holds several by name.
"""

from __future__ import annotations

import ctypes
import enum
import json
import os
import signal
import sys
import threading

import numpy as np
import standin_device

_KIND = os.environ.get("STANDIN_SAIL", "")
__version__ = "master(20240805_103000)"
_DEVICE_CODE, _ENGINE_CODE = 1, 21


class SailDeviceError(Exception):
    """No RuntimeError, as in the real one."""


class SailEngineError(Exception):
    """No RuntimeError, as in the real one."""


class SailTensorError(Exception):
    """No RuntimeError, as in the real one."""


class IOMode(enum.Enum):
    """Which copies ``process`` makes."""

    SYSI, SYSO, SYSIO, DEVIO = range(4)


class Dtype(enum.Enum):
    """Types of tensors."""

    BM_FLOAT32, BM_FLOAT16, BM_BFLOAT16, BM_INT8, BM_UINT8, BM_INT32 = (
        "float32",
        "float16",
        "bfloat16",
        "int8",
        "uint8",
        "int32",
    )


class ImgDtype(enum.Enum):
    """Types of images; those of four in one are not in builds that honour lists of cores."""

    DATA_TYPE_EXT_FLOAT32 = 0
    if _KIND != "bm1688":
        DATA_TYPE_EXT_4N_BYTE = 1


_IN_NUMPY_FORM = ("float32", "int8", "uint8", "int32")


def get_available_tpu_num() -> int:
    if os.environ.get("STANDIN_FAILS") == "driver":
        _fail("bm_dev_getcount failed, ret=5", SailDeviceError("bm_dev_getcount failed"), _DEVICE_CODE)
    return standin_device.device_count()


class Handle:
    """A device."""

    def __init__(self, number: int) -> None:
        self._number = number

    def get_device_id(self) -> int:
        return self._number

    def get_target(self) -> str:
        return "BM1688" if _KIND == "bm1688" else "BM1684X"


class Tensor:
    """Memory of the host, of the device, or both; the device's is zero at first."""

    def __init__(
        self, handle: Handle, shape: list, dtype: Dtype, own_sys_data: bool = False, own_dev_data: bool = False
    ) -> None:
        if not isinstance(dtype, Dtype):
            raise TypeError("incompatible constructor arguments")
        self._device = standin_device.device(handle.get_device_id())
        self._dtype = dtype
        memory = np.zeros([int(size) for size in shape], _held(dtype))
        self.sys = np.full_like(memory, 77) if own_sys_data else None
        self.dev = memory if own_dev_data else None

    def shape(self) -> list:
        return list((self.sys if self.dev is None else self.dev).shape)

    def update_data(self, array: np.ndarray) -> None:
        if list(array.shape) != self.shape():
            _say(f"[error] [tensor.cpp:1642] Invalid tensor shape dims {len(self.shape())} vs. {array.ndim}!")
            raise SailTensorError("invalid argument")
        if array.dtype != _held(self._dtype):
            _say("[error] [tensor.cpp:1696] The dtype of the input array does not match the Tensor!")
            raise SailTensorError("Wrong dtype of input array!")
        self.sys[...] = array

    def sync_s2d(self) -> None:
        self._device.copy("h2d", standin_device.hold_until)
        self.dev[...] = self.sys

    def sync_d2s(self, size: int | None = None) -> None:
        self._device.copy("d2h", standin_device.hold_until)
        count = self.dev.size if size is None else size // self.dev.itemsize
        self.sys.reshape(-1)[:count] = self.dev.reshape(-1)[:count]

    def asnumpy(self, shape: list | None = None) -> np.ndarray:
        shape = self.shape() if shape is None else shape
        return self.sys.reshape(-1)[: int(np.prod(shape))].reshape(shape).copy()


class Engine:
    """A file loaded on a device; not for two threads at once, and it does not care."""

    def __init__(self, path: str, number: int, mode: IOMode) -> None:
        if not isinstance(mode, IOMode):
            raise TypeError("incompatible constructor arguments")
        try:
            self._device = standin_device.device(number)
        except standin_device.DeviceFailed:
            said = f"bm_dev_query failed. the given TPU id '{number}' is invalid!"
            _fail(said, SailDeviceError("init device failure"), _DEVICE_CODE)
        try:
            with open(path, encoding="utf-8") as file:
                described = json.load(file)
            self._nets = {name: _Net(one) for name, one in described.get("nets", {"net": described}).items()}
        except (OSError, ValueError, KeyError):
            _say(f"[BMODEL][ModelCtx:534] FATAL: File[{path}] is broken ..")
            _fail(f"Load {path} failed!", SailEngineError("invalid bmodel"), _ENGINE_CODE)
        _say(f"[BMRT][load_bmodel:1704] INFO:Loading bmodel from [{path}]. Thanks for your patience...")
        self._mode, self._handle = mode, Handle(number)
        self._busy, self._is_mixed = threading.Lock(), False

    def get_handle(self) -> Handle:
        return self._handle

    def get_device_id(self) -> int:
        return self._handle.get_device_id()

    def get_graph_names(self) -> list:
        return list(self._nets)

    def get_input_names(self, graph: str) -> list:
        return [one["name"] for one in self._net(graph).inputs]

    def get_output_names(self, graph: str) -> list:
        return [one["name"] for one in self._net(graph).outputs]

    def get_input_shape(self, graph: str, name: str) -> list:
        return list(self._net(graph).shapes[name])

    def get_output_shape(self, graph: str, name: str) -> list:
        return list(self._net(graph).shapes[name])

    def get_max_input_shapes(self, graph: str) -> dict:
        return {one["name"]: self._net(graph).largest(one) for one in self._net(graph).inputs}

    def get_max_output_shapes(self, graph: str) -> dict:
        return {one["name"]: self._net(graph).largest(one) for one in self._net(graph).outputs}

    def get_input_dtype(self, graph: str, name: str) -> Dtype:
        return Dtype(self._net(graph).of(name)["dtype"])

    def get_input_scale(self, graph: str, name: str) -> float:
        return float(self._net(graph).of(name).get("scale", 1.0))

    get_output_dtype, get_output_scale = get_input_dtype, get_input_scale

    if _KIND != "old":

        def graph_is_dynamic(self, graph: str) -> bool:
            return self._net(graph).is_dynamic

    def process(self, graph: str, inputs: dict, outputs: object = None, core_list: object = None) -> dict | None:
        """By the kind of what is given: arrays, or tensors."""
        net = self._net(graph)
        if all(isinstance(one, np.ndarray) for one in inputs.values()):
            return self._process_arrays(net, inputs, core_list or outputs)
        return self._process_tensors(net, inputs, outputs, core_list)

    def _process_arrays(self, net: _Net, arrays: dict, core_list: object) -> dict:
        if self._mode not in (IOMode.SYSI, IOMode.SYSIO):
            _say("[error] [engine.cpp:1253] Error IOMode! If input type is numpy.array, IOMode must be SYSIO or SYSI!")
            raise SailEngineError("bad input")
        for name, given in arrays.items():
            array = _contiguous(given)
            if not net.takes(name, array.shape):
                _say(f"[error] [engine.cpp:304] Invalid shape for input tensor '{name}': {list(array.shape)}")
                raise SailEngineError("bad input")
            if net.of(name)["dtype"] not in _IN_NUMPY_FORM:
                _say("[error] [engine.cpp:866] scale_input_tensor() not support!")
                raise SailEngineError("not supported")
            net.memory[name] = _quantised(array, net.of(name))
        self._device.copy("h2d", standin_device.hold_until)
        self._launch(net, core_list, standin_device.hold_until)
        self._device.copy("d2h", standin_device.hold_until)
        return {one["name"]: self._as_float32(net, one) for one in net.outputs}

    def _as_float32(self, net: _Net, one: dict) -> np.ndarray:
        memory = net.memory[one["name"]]
        if self._mode is not IOMode.SYSIO:
            return np.full(memory.shape, 4.577e-41, np.float32)
        if one["dtype"] in _IN_NUMPY_FORM:
            return (memory * one.get("scale", 1.0)).astype(np.float32)
        raw = memory.tobytes()
        return np.frombuffer(raw + raw, np.float32)[: memory.size].reshape(memory.shape).copy()

    def _process_tensors(self, net: _Net, inputs: dict, outputs: dict, core_list: object) -> None:
        for tensor in (*inputs.values(), *outputs.values()):
            if tensor.dev is None or (self._mode is IOMode.SYSIO and tensor.sys is None):
                _say("[error] [engine.cpp:1140] IOMode Error!, Not found system memory in input tensor")
                raise SailEngineError("bad input")
        if self._mode in (IOMode.SYSI, IOMode.SYSIO):
            self._device.copy("h2d")
            for tensor in inputs.values():
                tensor.dev[...] = tensor.sys
        for name, tensor in inputs.items():
            if not net.takes(name, tensor.dev.shape):
                _say("[BMRT][get_stage_idx:1020] WRONG:Shapes of the input tensors are not supported")
                _say("[error] [graph.cpp:724] bmrt_launch_tensor_ex() err")
                return
            net.memory[name] = tensor.dev.copy()
        if self._launch(net, core_list, standin_device.wait_until):
            for name, tensor in outputs.items():
                tensor.dev.reshape(-1)[: net.memory[name].size] = net.memory[name].reshape(-1)
        if self._mode in (IOMode.SYSO, IOMode.SYSIO):
            self._device.copy("d2h")
            for tensor in outputs.values():
                tensor.sys[...] = tensor.dev

    def _launch(self, net: _Net, core_list: object, wait: object) -> bool:
        """Executes; what fails is said, and the outputs stay what they were."""
        is_alone = self._busy.acquire(blocking=False)
        self._is_mixed = self._is_mixed or not is_alone
        try:
            if core_list and _KIND == "bm1688":
                _say(f"[BMRT] cores {list(core_list)}")
            self._device.answer(self._device.submit(), wait)
            net.answer(self._device.gives_nan())
            if self._is_mixed:
                for one in net.outputs:
                    net.memory[one["name"]] = net.memory[one["name"]][..., ::-1] // 2
        except standin_device.DeviceFailed as error:
            if "memory" in str(error):
                raise RuntimeError("no enough device memory") from None
            _say("[error] [graph.cpp:724] bmrt_launch_tensor_ex() err")
            return False
        finally:
            if is_alone:
                self._is_mixed = False
                self._busy.release()
        return True

    def _net(self, graph: str) -> _Net:
        if graph not in self._nets:
            _say(f"[BMRT][bmrt_get_network_info:782] WRONG:net name:{graph} invalid")
            os.kill(os.getpid(), signal.SIGSEGV)
        return self._nets[graph]


class _Net:
    """One of the nets of a file, and the engine's own memory for it."""

    def __init__(self, described: dict) -> None:
        self.inputs, self.outputs = described["inputs"], described["outputs"]
        self.is_dynamic = any(one["shape"][0] < 0 for one in self.inputs)
        self.stages = described.get("stages") or described.get("gears") or [self.inputs[0]["shape"][0]]
        self.shapes = {one["name"]: self.largest(one) for one in (*self.inputs, *self.outputs)}
        self.memory = {
            name: np.zeros(shape, _held(Dtype(self.of(name)["dtype"]))) for name, shape in self.shapes.items()
        }
        self._model = standin_device.Model.of(
            self.inputs,
            [{**one, "dtype": "float64", "shape": [-1, *one["shape"][1:]]} for one in self.outputs],
            described.get("kills", False),
        )

    def of(self, name: str) -> dict:
        return next(one for one in (*self.inputs, *self.outputs) if one["name"] == name)

    def largest(self, one: dict) -> list:
        return [max(self.stages), *one["shape"][1:]]

    def takes(self, name: str, shape: tuple) -> bool:
        largest = self.largest(self.of(name))
        fits = len(shape) == len(largest) and list(shape[1:]) == largest[1:]
        return fits and (0 < shape[0] <= largest[0] if self.is_dynamic else shape[0] in self.stages)

    def answer(self, is_nan: bool) -> None:
        arrays = [_true(self.memory[one["name"]], one) for one in self.inputs]
        rows = min(len(array) for array in arrays)
        for one, good in zip(self.outputs, self._model.answer([array[:rows] for array in arrays])):
            answer = np.full_like(good, np.nan) if is_nan else good
            self.shapes[one["name"]] = list(answer.shape)
            self.memory[one["name"]] = _quantised(answer, {**one, "scale": 1 / one.get("scale", 1.0)})


def _held(dtype: Dtype) -> np.dtype:
    return np.dtype("uint16" if dtype in (Dtype.BM_FLOAT16, Dtype.BM_BFLOAT16) else dtype.value)


def _quantised(true: np.ndarray, one: dict) -> np.ndarray:
    """Numbers as the device holds them: × scale, rounded, within the type."""
    kind = one["dtype"]
    if kind == "float32":
        return true.astype(np.float32)
    if kind == "float16":
        return true.astype(np.float16).view(np.uint16)
    if kind == "bfloat16":
        return (true.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
    limits = np.iinfo(kind)
    return np.clip(np.rint(true * one.get("scale", 1.0)), limits.min, limits.max).astype(kind)


def _true(held: np.ndarray, one: dict) -> np.ndarray:
    """The numbers that those of a device stand for."""
    if one["dtype"] == "float16":
        return held.view(np.float16).astype(np.float64)
    if one["dtype"] == "bfloat16":
        return (held.astype(np.uint32) << 16).view(np.float32).astype(np.float64)
    return held / one.get("scale", 1.0)


def _contiguous(array: np.ndarray) -> np.ndarray:
    """In float32; an array of that type that is laid out otherwise is written over."""
    made = np.ascontiguousarray(array, dtype=np.float32)
    if array.dtype == np.float32 and array.flags.f_contiguous and not array.flags.c_contiguous:
        ctypes.memmove(array.ctypes.data, made.ctypes.data, made.nbytes)
    return made


def _say(text: str) -> None:
    os.write(1, f"[2026-11-20 22:56:41.640] {text}\n".encode() if text.startswith("[error]") else f"{text}\n".encode())


def _fail(said: str, error: Exception, code: int) -> None:
    _say(f"[error] {said}")
    if _KIND == "old":
        sys.stdout.flush()
        os._exit(code)
    raise error
