"""The vendors' words for precisions."""

from __future__ import annotations

import pytest

from clipperf.tools.precision_words import our_precision, precision_word_in


@pytest.mark.parametrize(
    ("name", "word", "ours"),
    [
        ("clip_onnx_force_float32_true", "force_float32", "fp32"),
        ("vit_force_float16_false_32.mm", "force_float16", "fp16"),
        ("clip_qint8_mixed_float16_true_32", "qint8_mixed_float16", "int8"),
        ("vit_qint8_mixed_float32", "", ""),
        ("vit_b_32_vision_bs8.om", "", ""),
        ("force_float16_or_force_float32", "", ""),
    ],
)
def test_words_in_names(name: str, word: str, ours: str):
    assert precision_word_in(name) == word
    assert our_precision(word) == ours


def test_other_words_stay():
    assert our_precision("fp16") == "fp16"
    assert our_precision("qint16_mixed_float32") == "qint16_mixed_float32"
