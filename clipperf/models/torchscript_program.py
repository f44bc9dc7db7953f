"""Traces one model of the catalogue, as a program of its own: ``python -m clipperf.models.torchscript_program``.

The order stands in the JSON file that is the only argument.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import torch

from clipperf.models.catalogue import find
from clipperf.models.checkpoint_matching import open_checkpoint
from clipperf.models.signature import TensorInfo
from clipperf.models.torch_networks import network
from clipperf.models.torchscript_signature import SIGNATURE_FILE, WEIGHTS_FILE, signature_text
from clipperf.models.weights import drawn

_OPEN_SIZES = {"batch": 2, "texts": 3}
"""While it is traced. Not 1, which broadcasting treats in a way of its own."""


def main() -> None:
    """Carries out the order."""
    order = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    model, batch = find(order["name"]), order["static_batch"]
    signature = model.signature if batch is None else model.static_signature(batch)
    told = {SIGNATURE_FILE: signature_text(signature)}
    weights = drawn(order["seed"])
    if order["weights"]:
        checkpoint = open_checkpoint(Path(order["weights"]), model.name)
        told[WEIGHTS_FILE] = json.dumps(checkpoint.record(order["activation"]))
        weights = checkpoint.weights
    made = network(model.architecture, batch, order["activation"], weights)
    examples = tuple(_example(tensor) for tensor in signature.inputs)
    # To a file object: given a path, torch writes the file's own name into it, which is a temporary one.
    with torch.inference_mode(), warnings.catch_warnings(), Path(order["output"]).open("wb") as file:
        # Newer releases say that TorchScript is not developed further, which is no news to whoever asks for it.
        warnings.filterwarnings("ignore", message=".*torch.jit.* is deprecated")
        traced = torch.jit.trace(made, examples, check_trace=False)
        torch.jit.save(traced, file, _extra_files=told)


def _example(tensor: TensorInfo) -> torch.Tensor:
    dims = [dim if isinstance(dim, int) else _OPEN_SIZES[str(dim)] for dim in tensor.dims or ()]
    return torch.zeros(dims, dtype=getattr(torch, tensor.dtype))


if __name__ == "__main__":
    main()
