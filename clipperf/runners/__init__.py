"""The table of back ends: name → "module:Class", imported only when asked for.

A new back end is one file in this folder and one line here. One outside the package is reached by its dotted path,
``--runner my_package.my_module:MyRunner``, with no registration.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from clipperf.errors import RunnerUnavailable, UsageError

if TYPE_CHECKING:
    from clipperf.runners.base import Runner

TABLE = {
    "onnxruntime": "clipperf.runners.onnxruntime:OnnxRuntimeRunner",
    "openvino": "clipperf.runners.openvino:OpenVinoRunner",
    "torch": "clipperf.runners.torch:TorchRunner",
    "simulated": "clipperf.runners.simulated:SimulatedRunner",
    "null": "clipperf.runners.null:NullRunner",
    "acl": "clipperf.runners.acl:AclRunner",
    "torch_aie": "clipperf.runners.torch_aie:TorchAieRunner",
    "magicmind": "clipperf.runners.magicmind:MagicMindRunner",
    "sail": "clipperf.runners.sail:SailRunner",
    "vacc": "clipperf.runners.vacc:VaccRunner",
}


def check_name(name: str) -> None:
    """Raises UsageError where ``name`` is neither in the table nor of the form module:Class."""
    if name not in TABLE and ":" not in name:
        raise UsageError(
            f"--runner {name}: there is no such runner; take one of {', '.join(TABLE)}, or a class of your own as "
            "package.module:Class."
        )


def load_runner(name: str) -> Runner:
    """The runner of that name, or of that dotted path; its SDK is not imported yet."""
    check_name(name)
    module_name, _, class_name = TABLE.get(name, name).partition(":")
    try:
        runner_class = getattr(importlib.import_module(module_name), class_name)
    except (ImportError, AttributeError) as error:
        raise RunnerUnavailable(
            f"--runner {name}: {module_name} could not give {class_name} ({error}); check the name, and that the "
            "module's folder is in PYTHONPATH, where the worker's Python looks for it."
        ) from error
    runner: Runner = runner_class()
    return runner
