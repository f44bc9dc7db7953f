"""How large the parameters of a drawn network are, so that its activations lie where a trained one has them.

Each figure is a standard deviation. A layer's input has mean square 1 after LayerNorm, and the inverse square root of
the number of inputs keeps it. What stands beside that was found by looking at the activations of ViT-B/32, layer by
layer; `tests/models/test_activations.py` holds the result. The MLP's two are those of ``init_parameters`` in
open_clip's ``CLIP``, after OpenAI's ``initialize_parameters``. Where this deviates from that (and from timm's 0.02), it
does so to stand for a network *after* training:

- Queries and keys are larger, so that attention picks a few tokens: neither uniform nor saturated, in the last block
  as in the first.
- The projection after attention is not shrunk with depth. Otherwise the class and the end token hardly look at the
  other tokens, every sample has nearly the same embedding, and no check of an answer could tell two of them apart.
- Biases are not 0 and LayerNorm weights are not 1: a compiler removes an addition of 0 and a product with 1, and the
  network would run faster than a trained one.
"""

from __future__ import annotations

from math import sqrt

EMBEDDING = 0.5
"""Class token, token embedding and positions: of the size of what the first block adds, so that both matter."""

BIAS = 0.02
"""Of every bias."""

NORM_WEIGHT = 0.05
"""Of LayerNorm weights, about their mean of 1."""


def linear(inputs: int) -> float:
    """A layer that keeps the mean square: inputs**-0.5."""
    # Not as a power: IEEE 754 fixes the last bit of a root and of a quotient, and with it the file's hash.
    return 1 / sqrt(inputs)


def qkv(width: int) -> float:
    """Queries, keys and values; the logits of attention then have a standard deviation of 1.3² = 1.7."""
    return 1.3 * linear(width)


def attention_out(width: int) -> float:
    """The projection after attention."""
    return 0.5 * linear(width)


def mlp_in(width: int) -> float:
    """The MLP's first layer: (2·width)**-0.5."""
    return 1 / sqrt(2 * width)


def mlp_out(width: int, layers: int) -> float:
    """The MLP's second layer: width**-0.5 × (2·layers)**-0.5, so that the stream does not grow with depth."""
    return 1 / sqrt(width) / sqrt(2 * layers)
