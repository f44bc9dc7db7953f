"""One word for the precision of a model whose heavy operators did not all run in the same."""

from __future__ import annotations

from collections import Counter


def precision_word(heavy: Counter[str]) -> str:
    """Several precisions are joined by +, but a model most of whose heavy operators are int8 is int8; "" for none.

    Quantisation leaves some operators as they are: attention's products of two activations, or a first convolution.
    """
    if 2 * heavy["int8"] > sum(heavy.values()):
        return "int8"
    return "+".join(sorted(name for name, count in heavy.items() if count))
