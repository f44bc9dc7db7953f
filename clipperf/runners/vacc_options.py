"""The options of vacc, checked, and which kind of request they ask for at a scope.

- ``vdsp_params``: a file of operators that stand before the model in its graph, as in VastStreamX's text samples;
- ``norm_elf`` and ``space2depth_elf``: the operators of its CLIP image sample, which are called one by one;
- ``inputs``: dimensions and types of tensors, such as ``80:int32/80:int32``; without it the input is an image;
- ``shape``: that of the image, ``3x224x224`` or ``224x224``; by default the model's;
- ``input_host``: at scope ``pipeline`` whether the copy to the device is inside the clock (true, the default);
- ``hw_config``: a file that the model is loaded with.
"""

from __future__ import annotations

import os
import re
from typing import Any, Mapping, Sequence

from clipperf.errors import Unsupported
from clipperf.runners.base import OpenSpec, Option, Tensor, take_options
from clipperf.runners.told_inputs import told_inputs

_CLIP_FILES = ("norm_elf", "space2depth_elf")
_FILES = ("vdsp_params", *_CLIP_FILES, "hw_config")
_KEYS = (*_FILES, "inputs", "shape", "input_host")
_DTYPES = ("float32", "float16", "int8", "uint8", "int16", "int32", "uint32")
_SWITCH_VALUES = {"true": True, "1": True, "false": False, "0": False}
_SHAPE = re.compile(r"(?:3x)?([1-9][0-9]{0,4})x([1-9][0-9]{0,4})")


def check_options(options: Mapping[str, Option]) -> None:
    """Raises Unsupported for options or values that do not exist, or that rule each other out."""
    take_options("vacc", options, _KEYS)
    for key in _FILES:
        if key in options and not os.path.isfile(str(options[key])):
            raise Unsupported(f"--option {key}={options[key]}: there is no such file.")
    if str(options.get("input_host", True)).lower() not in _SWITCH_VALUES:
        raise Unsupported(f"--option input_host={options['input_host']}: give true or false.")
    if "inputs" in options:
        told_inputs(options, _DTYPES, None)
    if "shape" in options:
        _size(options)
    if any(key in options for key in _CLIP_FILES):
        missing = [key for key in _CLIP_FILES if key not in options]
        if missing:
            raise Unsupported(f"--option {missing[0]}=FILE is needed too: the two belong to one preprocessing.")
        others = [key for key in ("vdsp_params", "inputs") if key in options]
        if others:
            raise Unsupported(f"--option {others[0]}: norm_elf and space2depth_elf take an image and no operators.")


def has_clip_operators(options: Mapping[str, Option]) -> bool:
    """Whether an image goes through the operators of the CLIP image sample."""
    return _CLIP_FILES[0] in options


def has_image(options: Mapping[str, Option]) -> bool:
    """Whether the input is an image, as it is where nothing describes tensors."""
    return "inputs" not in options


def has_host_input(spec: OpenSpec) -> bool:
    """Whether the copy to the device is inside the clock."""
    asked = _SWITCH_VALUES[str(spec.options.get("input_host", True)).lower()]
    return spec.scope == "host" or (spec.scope == "pipeline" and asked)


def check_scope(spec: OpenSpec) -> None:
    """Raises Unsupported where the options cannot give what the scope times."""
    options = spec.options
    with_operators = has_clip_operators(options) or "vdsp_params" in options
    if spec.scope != "pipeline" and "input_host" in options:
        raise Unsupported(f"--option input_host: scope {spec.scope} says where the input lies; leave it out.")
    if spec.scope == "pipeline" and not with_operators:
        raise Unsupported(
            "--scope pipeline has the preprocessing inside: give --option vdsp_params=FILE, or norm_elf=FILE and "
            "space2depth_elf=FILE for CLIP's images."
        )
    if spec.scope != "pipeline" and "vdsp_params" in options:
        raise Unsupported(
            f"--option vdsp_params: its operators are in one graph with the model, and scope {spec.scope} has no "
            "preprocessing inside; give --scope pipeline."
        )
    if spec.scope == "host" and with_operators:
        raise Unsupported(
            "--scope host: what preprocessing makes lies on the device; give --scope pipeline, or device-io, which "
            "leaves it outside."
        )
    if spec.scope != "pipeline" and not with_operators and has_image(options):
        raise Unsupported(
            f"--option inputs is needed at scope {spec.scope}: the file does not tell its inputs. Give what the model "
            "takes after preprocessing, such as inputs=64x4096:float16; several inputs are joined by /."
        )


def input_tensors(spec: OpenSpec, model_shapes: Sequence[Sequence[int]]) -> tuple[Tensor, ...]:
    """The inputs at the batch size: tensors as told, or an image of the option's size or the model's."""
    if not has_image(spec.options):
        return told_inputs(spec.options, _DTYPES, spec.batch_size)
    height, width = _size(spec.options) if "shape" in spec.options else model_size(model_shapes)
    return (Tensor("image", "uint8", (spec.batch_size, height, width, 3)),)


def model_size(model_shapes: Sequence[Sequence[int]]) -> tuple[int, int]:
    """Height and width of the model's first input; raises Unsupported where it is no image."""
    shape = list(model_shapes[0]) if len(model_shapes) else []
    if len(shape) < 3:
        raise Unsupported(
            f"The model's first input is {shape}, no image; describe its inputs by --option inputs, such as "
            "inputs=80:int32/80:int32."
        )
    return int(shape[-2]), int(shape[-1])


def hw_config(options: Mapping[str, Option]) -> str:
    """The file that the model is loaded with, "" for none."""
    return str(options.get("hw_config", ""))


def _size(options: Mapping[str, Any]) -> tuple[int, int]:
    match = _SHAPE.fullmatch(str(options["shape"]))
    if match is None:
        raise Unsupported(f"--option shape={options['shape']}: give the image's dimensions, such as 3x224x224.")
    return int(match.group(1)), int(match.group(2))
