"""Models: the catalogue, the ONNX files built from it, and what has to go into a model.

Importing this package imports neither numpy nor onnx; the functions that need them do.
"""

from clipperf.models.build import DEFAULT_OPSET, BuiltModel, build, cache_folder, sha256_of
from clipperf.models.catalogue import Model, catalogue, find
from clipperf.models.inputs import InputSpec, catalogue_inputs, resolve_inputs
from clipperf.models.signature import Signature, TensorInfo, read_signature

__all__ = [
    "DEFAULT_OPSET",
    "BuiltModel",
    "InputSpec",
    "Model",
    "Signature",
    "TensorInfo",
    "build",
    "cache_folder",
    "catalogue",
    "catalogue_inputs",
    "find",
    "read_signature",
    "resolve_inputs",
    "sha256_of",
]
