"""Inputs, outputs and record of weights of the TorchScript files that clipperf writes, beside the code inside them.

TorchScript itself tells neither names nor sizes. torch keeps files of any kind in its archives, and whoever does not
ask for them does not see them.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import asdict
from pathlib import Path

from clipperf.models.signature import Signature, TensorInfo

SIGNATURE_FILE = "clipperf-signature.json"
WEIGHTS_FILE = "clipperf-weights.json"
"""Beside the code in a file with the weights of a checkpoint: which ones, and the activation that they were given."""


def signature_text(signature: Signature) -> str:
    """The text of that file; open dimensions are written as their names."""
    return json.dumps({kind: [asdict(tensor) for tensor in getattr(signature, kind)] for kind in ("inputs", "outputs")})


def read_torchscript_signature(path: Path) -> Signature | None:
    """The signature in a TorchScript file, None where it holds none or is not here; torch is not needed."""
    try:
        with zipfile.ZipFile(path) as archive:
            name = next((name for name in archive.namelist() if name.endswith(f"/extra/{SIGNATURE_FILE}")), None)
            told = json.loads(archive.read(name)) if name else None
    except (OSError, zipfile.BadZipFile):
        return None
    if told is None:
        return None
    return Signature(*(tuple(map(_tensor, told[kind])) for kind in ("inputs", "outputs")))


def _tensor(told: dict[str, object]) -> TensorInfo:
    dims = told["dims"]
    assert isinstance(dims, list)
    return TensorInfo(str(told["name"]), str(told["dtype"]), tuple(dims))
