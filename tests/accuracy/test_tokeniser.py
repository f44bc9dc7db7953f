"""Texts become open_clip's ids."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipperf.accuracy.tokeniser import CLIP_VOCABULARY, tokens_of
from tests.accuracy.golden.texts import texts

GOLDEN = Path(__file__).parent / "golden" / "tokens.json"


@pytest.mark.parametrize("context", [16, 77])
def test_the_ids_are_open_clip_s(context: int):
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert [row["text"] for row in golden] == texts()
    ids = tokens_of(texts(), context)
    assert (ids.shape, ids.dtype) == ((len(golden), context), np.int64)
    for row, found in zip(golden, ids.tolist(), strict=True):
        assert found == [int(word) for word in row[str(context)].split()], row["text"]


def test_known_ids():
    assert tokens_of(["a photo of a cat"], 8).tolist() == [[49406, 320, 1125, 539, 320, 2368, 49407, 0]]


def test_every_id_is_open_clip_s_where_it_is_installed():
    tokenizer = pytest.importorskip("open_clip.tokenizer")
    np.testing.assert_array_equal(tokens_of(texts(), 77), tokenizer.tokenize(texts(), 77).numpy())


@given(st.text(), st.integers(2, 20), st.integers(8, 200))
def test_a_row_is_start_words_end_and_zeros_in_every_vocabulary(text: str, context: int, vocabulary: int):
    (row,) = tokens_of([text], context, vocabulary).tolist()
    end = row.index(vocabulary - 1)
    assert row[0] == vocabulary - 2
    assert all(0 < word < vocabulary - 2 for word in row[1:end])
    assert not any(row[end + 1 :])
    whole = tokens_of([text], 500)[0].tolist()
    words = whole.index(CLIP_VOCABULARY - 1) + 1 if CLIP_VOCABULARY - 1 in whole else len(whole)
    assert end == min(words, context) - 1
