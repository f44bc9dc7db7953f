"""What Sophon writes into the names of its models, such as ``clip_image_vitb32_bm1684x_f16_4b.bmodel``."""

from __future__ import annotations

import re
from pathlib import PurePath

_PRECISIONS = {
    "f32": "fp32",
    "fp32": "fp32",
    "f16": "fp16",
    "fp16": "fp16",
    "bf16": "bf16",
    "int8": "int8",
    "int4": "int4",
}
"""The words of bmnetp's scripts and of tpu-mlir's ``--quantize``; mixed ones such as w4f16 are not guessed at."""

_BATCH = re.compile(r"(?:b([1-9][0-9]{0,5})|([1-9][0-9]{0,5})b)", re.ASCII)


def precision_in(model: str) -> str:
    """The precision by our name; empty where the name has none, or several that disagree."""
    found = {_PRECISIONS[word] for word in _words(model) if word in _PRECISIONS}
    return found.pop() if len(found) == 1 else ""


def batch_in(model: str) -> int | None:
    """The batch size, which Sophon's own scripts take from the name; None where it has none, or several."""
    found = {int(part[1] or part[2]) for word in _words(model) if (part := _BATCH.fullmatch(word))}
    return found.pop() if len(found) == 1 else None


def _words(model: str) -> list[str]:
    return re.split(r"[^a-z0-9]+", PurePath(model).name.removesuffix(".bmodel").lower())
