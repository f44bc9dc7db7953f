"""The folder in which TensorRT keeps the engines that it built, one for each thing that they depend on.

TensorRT's provider looks an engine up by the graph and the kind of GPU only, and its documentation asks for the folder
to be emptied whenever model, release or settings change. Another folder for each of these needs no such care.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Mapping

from clipperf.runners.base import OpenSpec

ENABLE, PATH = "trt_engine_cache_enable", "trt_engine_cache_path"


def engine_cache(spec: OpenSpec, version: str, given: Mapping[str, str]) -> dict[str, str]:
    """Settings that keep engines in clipperf's cache; none where the user has set them.

    The device is part of the folder since workers build at the same time, one for each device, and nothing says that
    several processes may write one engine.
    """
    if ENABLE in given or PATH in given:
        return {}
    status = os.stat(spec.model)
    facts = [os.path.abspath(spec.model), status.st_size, status.st_mtime_ns, version, spec.device, spec.batch_size]
    facts += [spec.precision, sorted(given.items())]
    name = hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
    folder = _cache() / "tensorrt" / name
    folder.mkdir(parents=True, exist_ok=True)
    return {ENABLE: "True", PATH: str(folder)}


def _cache() -> Path:
    """clipperf's cache folder, as the command has it."""
    user = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("CLIPPERF_CACHE") or Path(user) / "clipperf")
