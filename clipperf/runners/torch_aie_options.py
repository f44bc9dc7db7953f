"""The options of torch_aie, checked, and what its ``compile`` is given."""

from __future__ import annotations

import os
from typing import Any, Mapping

from clipperf.errors import Unsupported
from clipperf.runners.base import OpenSpec, Option, Tensor, take_options
from clipperf.runners.told_inputs import told_inputs

_KEYS = ("inputs", "optim_level", "precision_policy", "soc_version", "compiled")
_FOR_COMPILING = ("optim_level", "precision_policy", "soc_version")
_LEVELS = (0, 1, 2)
_POLICIES = ("pref_fp16", "pref_fp32")
_DTYPES = {"float32": "FLOAT", "int32": "INT32", "int64": "INT64"}
"""The SDK's names of the types that are known to be taken."""

_COMPILED_ENDING = "_aie"


def check_options(options: Mapping[str, Option]) -> None:
    """Raises Unsupported for options or values that do not exist, or of which one rules the other out."""
    take_options("torch_aie", options, _KEYS)
    told_inputs(options, _DTYPES, None)
    for key, allowed in (("optim_level", _LEVELS), ("precision_policy", _POLICIES), ("compiled", (True, False))):
        # As text too, since in Python True is 1.
        if key in options and str(options[key]) not in map(str, allowed):
            words = ", ".join(str(value).lower() for value in allowed)
            raise Unsupported(f"--option {key}={options[key]}: take one of {words}.")
    if options.get("compiled"):
        _refuse_compiling(options)


def input_tensors(spec: OpenSpec) -> tuple[Tensor, ...]:
    """The inputs as the option describes them, at the batch size that the module is compiled for."""
    return told_inputs(spec.options, _DTYPES, spec.batch_size)


def is_compiled(spec: OpenSpec) -> bool:
    """Whether the file holds a module that ``compile`` has been over, by the option or by its name."""
    stem = os.path.splitext(os.path.basename(spec.model))[0]
    return bool(spec.options.get("compiled", stem.endswith(_COMPILED_ENDING)))


def compile_settings(sdk: Any, enums: Any, spec: OpenSpec) -> dict[str, Any]:
    """Arguments of ``compile`` beside the module; raises Unsupported for what a compiled module no longer takes."""
    if is_compiled(spec):
        _refuse_compiling(spec.options)
        if spec.precision:
            raise Unsupported(
                f"--precision {spec.precision}: {spec.model} has been compiled already, in a precision that it does "
                "not tell; leave --precision out, or give the TorchScript file."
            )
    settings: dict[str, Any] = {
        "inputs": [_described(sdk, tensor) for tensor in input_tensors(spec)],
        "optimization_level": int(spec.options.get("optim_level", 0)),
        # As Ascend's own samples do: tensors of the model may become 32-bit integers.
        "allow_tensor_replace_int": True,
    }
    policy = spec.precision or spec.options.get("precision_policy")
    if spec.precision and "precision_policy" in spec.options:
        raise Unsupported(
            f"--option precision_policy={spec.options['precision_policy']}: it leaves the precision to the compiler, "
            f"--precision {spec.precision} does not; give one of them."
        )
    if policy:
        settings["precision_policy"] = getattr(enums.PrecisionPolicy, str(policy).upper())
    if "soc_version" in spec.options:
        settings["soc_version"] = str(spec.options["soc_version"])
    return settings


def _described(sdk: Any, tensor: Tensor) -> Any:
    if tensor.dtype == "float32":
        return sdk.Input(tensor.shape)
    return sdk.Input(tensor.shape, dtype=getattr(sdk.dtype, _DTYPES[tensor.dtype]))


def _refuse_compiling(options: Mapping[str, Option]) -> None:
    given = [key for key in _FOR_COMPILING if key in options]
    if given:
        raise Unsupported(f"--option {', '.join(given)}: the module has been compiled already; leave it out.")
