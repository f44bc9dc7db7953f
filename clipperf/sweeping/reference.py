"""The answers by which a model is checked: its own file on onnxruntime's CPU provider, computed once and kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from clipperf.errors import CaseFailed, ClipperfError
from clipperf.models.build import cache_folder, sha256_of
from clipperf.models.placing import placed
from clipperf.models.signature import read_signature
from clipperf.runners.cpu_cores import available_cores, format_cores
from clipperf.sweeping.lone_worker import lone_worker

SAMPLES = 32
"""How many samples are compared; in several requests, unless the batch size is larger."""

_BATCH = 8
_VERSION = 1
"""To be raised with every change of how samples are drawn or answers are kept."""


def sample_order(inputs: Sequence[Mapping[str, Any]], batch_size: int, seed: int) -> dict[str, Any]:
    """What a worker's order ``answer`` says of the samples; those of a seed are the same for every batch size."""
    return {"inputs": list(inputs), "batch_size": batch_size, "samples": SAMPLES, "seed": seed}


def reference_path(model: Path, sha256: str, inputs: Sequence[Mapping[str, Any]], seed: int) -> Path:
    """Where ``reference_answers`` with the same arguments finds or puts the file."""
    files = [sha256_of(Path(entry["path"])) for entry in inputs if entry.get("path")]
    decisive = [sha256, list(map(dict, inputs)), files, seed, SAMPLES, _VERSION, metadata.version("onnxruntime")]
    key = hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()
    return cache_folder() / f"{model.stem}-answers-{key[:12]}.npz"


def reference_answers(
    model: Path, sha256: str, inputs: Sequence[Mapping[str, Any]], seed: int, timeout_s: float
) -> Path:
    """The file of a model's answers to the samples of ``seed``, computed unless it is in the cache already.

    In this interpreter, which has onnxruntime, whatever the one of the workers. Raises CaseFailed where onnxruntime
    cannot run the model.
    """
    path = reference_path(model, sha256, inputs, seed)
    if path.exists():
        return path
    batch_size = read_signature(model).fixed_batch or _BATCH
    spec: dict[str, Any] = {
        "model": str(model),
        "device": format_cores(available_cores()),
        "precision": "",
        "scope": "host",
        "batch_size": None,
        "slots": 1,
        "options": {},
    }
    try:
        with placed(path) as temporary, lone_worker(None) as worker:
            worker.share_board(1)
            worker.order("open", runner="onnxruntime", spec=spec, instances=1, log=str(worker.log))
            worker.answer(timeout_s)
            wanted = sample_order(inputs, batch_size, seed)
            worker.order("answer", **wanted, path=str(temporary.resolve()), log=str(worker.log))
            worker.answer(timeout_s)
    except ClipperfError as error:
        raise CaseFailed(
            "reference", f"onnxruntime could not give the answers of {model.name} to compare with: {error}"
        ) from None
    return path
