"""The ONNX model of an architecture, all but its weights: those are listed, and streamed into the file later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import onnx
from onnx import helper

from clipperf.models import towers
from clipperf.models.architecture import Architecture, Clip, ClipText, ClipVision, TimmVit
from clipperf.models.draft import Draft, Stored
from clipperf.models.signature import Signature, TensorInfo

IR_VERSIONS = {11: 6, 12: 7, 13: 7, 14: 7, 15: 8, 16: 8, 17: 8, 18: 8, 19: 9, 20: 9, 21: 10}
"""Opset to the oldest file format that allows it (onnx's `docs/Versioning.md`), so that old runtimes load the file.

These are also all the opsets that are built and tested.
"""

_ELEMENT_TYPES = {"float32": onnx.TensorProto.FLOAT, "int64": onnx.TensorProto.INT64}


@dataclass(frozen=True)
class Skeleton:
    """A model without its weights, and the tensors that belong into it."""

    model: onnx.ModelProto
    parameters: tuple[Stored, ...]


def skeleton(
    architecture: Architecture,
    signature: Signature,
    *,
    activation: str,
    opset: int,
    version: int,
    note: str,
    record: Mapping[str, str],
) -> Skeleton:
    """The graph of an architecture.

    ``signature`` names inputs and output and fixes the dimensions that are to be static; ``version``,
    ``note`` and ``record`` (the file's metadata) are written into the file.
    """
    draft = Draft(opset)
    _draw(draft, architecture, signature, activation)
    graph = helper.make_graph(
        draft.nodes,
        "clipperf",
        [_value(tensor) for tensor in signature.inputs],
        [_value(tensor) for tensor in signature.outputs],
        initializer=list(draft.constants.values()),
        value_info=draft.shapes,
        doc_string=note,
    )
    model = onnx.ModelProto(ir_version=IR_VERSIONS[opset], producer_name="clipperf", producer_version=str(version))
    model.opset_import.add(domain="", version=opset)
    helper.set_model_props(model, dict(record))
    model.graph.CopyFrom(graph)
    return Skeleton(model, tuple(draft.parameters.values()))


def _draw(draft: Draft, architecture: Architecture, signature: Signature, activation: str) -> None:
    names = [tensor.name for tensor in signature.inputs]
    output = signature.outputs[0].name
    batch = signature.fixed_batch or "batch"
    match architecture:
        case ClipVision():
            towers.clip_vision(draft, names[0], batch, architecture, activation, output)
        case ClipText():
            towers.clip_text(draft, names[0], architecture, activation, output)
        case Clip():
            towers.clip(draft, names[0], names[1], batch, architecture, activation, output)
        case TimmVit():
            towers.timm_vit(draft, names[0], batch, architecture, activation, output)


def _value(tensor: TensorInfo) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(tensor.name, _ELEMENT_TYPES[tensor.dtype], tensor.dims)
