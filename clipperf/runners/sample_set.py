"""A set of samples that is the same for every runner, precision and batch size, cut into requests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Iterator, Mapping, Sequence

import numpy as np

from clipperf.runners.base import Signature, Tensor
from clipperf.runners.inputs import draw_inputs


def requests_of(
    signature: Signature, described: Sequence[Mapping[str, Any]], batch_size: int, samples: int, seed: int
) -> Iterator[dict[str, np.ndarray]]:
    """All samples in their order, in requests of ``batch_size``, the last one filled up from the beginning.

    They are drawn together, as ``draw_inputs`` draws one batch, so that a sample does not depend on the batch size. An
    input without a batch, such as the texts that images are compared with, is the same in every request. Raises what
    ``draw_inputs`` raises.
    """
    by_name = {entry["name"]: entry for entry in described}
    batched = {one.name for one in signature.inputs if _has_batch(one, by_name.get(one.name, {}), batch_size)}
    # Of files that fix the batch as well.
    inputs = tuple(
        replace(one, shape=(None, *one.shape[1:])) if one.name in batched else one for one in signature.inputs
    )
    drawn = draw_inputs(Signature(inputs, ()), described, samples, seed)
    for begin in range(0, samples, batch_size):
        places = np.arange(begin, begin + batch_size) % samples
        yield {name: np.take(array, places, axis=0) if name in batched else array for name, array in drawn.items()}


def _has_batch(tensor: Tensor, described: Mapping[str, Any], batch_size: int) -> bool:
    if "dims" in described:
        return list(described["dims"][:1]) == ["batch"]
    return tensor.shape[:1] in ((None,), (batch_size,))
