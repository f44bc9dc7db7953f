"""The devices of PyTorch: sets of cores, and accelerators by torch's own strings, such as ``cuda:0``."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any, Iterator, Mapping

from clipperf.errors import Unsupported
from clipperf.runners.cpu_cores import parse_cores

CPU = "cpu"
_NAMED = re.compile(r"([a-z]+):(\d{1,3})")


@dataclass(frozen=True)
class Kind:
    """A kind of accelerator: the module that brings it to torch, "" where torch has it by itself, and its switches.

    ``fast_fp32`` are the switches, below torch, that let fp32 be computed with fewer bits: TF32, Huawei's HF32. Those
    of convolutions are on unless somebody turns them off.
    """

    plugin: str
    fast_fp32: tuple[str, ...]


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        # pytorch.org/docs/stable/notes/cuda.html, "TensorFloat-32 (TF32) on Ampere devices".
        "cuda": Kind("", ("backends.cuda.matmul.allow_tf32", "backends.cudnn.allow_tf32")),
        # hiascend.com, Ascend Extension for PyTorch: torch_npu.npu.matmul.allow_hf32 and conv.allow_hf32.
        "npu": Kind("torch_npu", ("npu.matmul.allow_hf32", "npu.conv.allow_hf32")),
        # Cambricon's torch_mlu, which also has backends.mlu.custom for its own operators, off by default.
        "mlu": Kind("torch_mlu", ("backends.mlu.matmul.allow_tf32", "backends.cnnl.allow_tf32")),
        "musa": Kind("torch_musa", ("backends.mudnn.allow_tf32",)),
        # From torch 2.4 on; that has no such switch for releases before 2.7.
        "xpu": Kind("", ("backends.mkldnn.allow_tf32",)),
    }
)
"""By the word before the colon."""


def kind_of(device: str) -> str:
    """``CPU`` for a set of cores, else a kind of the table; raises Unsupported for what is neither."""
    if device[:1].isdigit():
        return CPU
    match = _NAMED.fullmatch(device)
    if match is None or match.group(1) not in KINDS:
        raise Unsupported(
            f"--device {device}: give a set of cores for the CPU, such as 0 or 0-1, or an accelerator by torch's name "
            f"and its number: {', '.join(f'{kind}:0' for kind in KINDS)}."
        )
    return match.group(1)


def cores_of(device: str) -> tuple[int, ...] | None:
    """The cores of a CPU, None for an accelerator; raises Unsupported for what is no device."""
    return parse_cores(device) if kind_of(device) == CPU else None


def namespace(torch: Any, device: str) -> Any:
    """What torch has of an accelerator: streams, events, counts; raises Unsupported where there is no such device."""
    kind = kind_of(device)
    found = _namespace(torch, kind)
    plugin = f" and {KINDS[kind].plugin}" if KINDS[kind].plugin else ""
    if found is None:
        raise Unsupported(
            f"--device {device}: the workers' Python has torch {torch.__version__}{plugin} without a working {kind}; "
            "install the build for it and its driver, or give cores such as 0-1."
        )
    count = found.device_count()
    if int(device.partition(":")[2]) >= count:
        raise Unsupported(f"--device {device}: torch finds {count} here, {kind}:0 to {kind}:{count - 1}.")
    return found


def accelerators(torch: Any) -> Iterator[str]:
    """Those that work here."""
    for kind, known in KINDS.items():
        # What is not installed is not imported, so that nothing is tried in vain.
        if known.plugin and find_spec(known.plugin) is None:
            continue
        found = _namespace(torch, kind)
        if found is not None:
            yield from (f"{kind}:{number}" for number in range(found.device_count()))


def switch_fast_fp32(torch: Any, kind: str, is_on: bool) -> bool:
    """Turns TF32 or its like on or off, and tells whether it is on now; switches that a release lacks are left out."""
    told = []
    for path in KINDS[kind].fast_fp32:
        *parents, name = path.split(".")
        holder = torch
        for parent in parents:
            holder = getattr(holder, parent, None)
        if holder is not None and hasattr(holder, name):
            setattr(holder, name, is_on)
            told.append(bool(getattr(holder, name)))
    return any(told)


def _namespace(torch: Any, kind: str) -> Any:
    plugin = KINDS[kind].plugin
    try:
        if plugin:
            importlib.import_module(plugin)
    except (ImportError, OSError, RuntimeError):  # Also of a driver's library that is missing.
        return None
    found = getattr(torch, kind, None)
    return found if found is not None and found.is_available() else None
