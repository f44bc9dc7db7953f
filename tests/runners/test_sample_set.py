"""Samples that are the same whatever the batch size they are sent in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from clipperf.runners.base import Signature, Tensor
from clipperf.runners.sample_set import requests_of

IMAGE = Tensor("image", "float32", (None, 3, 2))
DESCRIBED = {"name": "image", "dims": ["batch", 3, 2], "kind": "normal"}
TEXTS = Tensor("text", "int64", (None, 4))
DESCRIBED_TEXTS = {"name": "text", "dims": [5, 4], "kind": "tokens", "high": 9}


def images(
    batch_size: int, samples: int = 6, tensor: Tensor = IMAGE, described: tuple[Any, ...] = (DESCRIBED,)
) -> np.ndarray:
    """All requests one after the other."""
    requests = requests_of(Signature((tensor,), ()), described, batch_size, samples, 3)
    return np.concatenate([request["image"] for request in requests])


@pytest.mark.parametrize("batch_size", [1, 2, 3, 6])
def test_a_sample_does_not_depend_on_the_batch_size(batch_size: int):
    np.testing.assert_array_equal(images(batch_size), images(6))


@pytest.mark.parametrize("batch_size", [4, 16])
def test_the_last_request_is_filled_up_from_the_beginning(batch_size: int):
    sent = images(batch_size)
    assert len(sent) % batch_size == 0
    np.testing.assert_array_equal(sent, np.take(images(1), np.arange(len(sent)) % 6, axis=0))


def test_a_file_of_one_batch_gets_the_same_samples():
    fixed = Tensor("image", "float32", (2, 3, 2))
    np.testing.assert_array_equal(images(2, tensor=fixed), images(1))
    np.testing.assert_array_equal(images(2, tensor=fixed, described=()), images(1, described=()))


def test_an_input_without_a_batch_is_the_same_in_every_request():
    requests = list(requests_of(Signature((IMAGE, TEXTS), ()), (DESCRIBED, DESCRIBED_TEXTS), 2, 6, 3))
    assert len(requests) == 3
    assert all(request["text"].shape == (5, 4) for request in requests)
    assert all((request["text"] == requests[0]["text"]).all() for request in requests)
    assert not (requests[0]["image"] == requests[1]["image"]).any()


def test_arrays_lie_in_one_piece():
    assert all(request["image"].flags.c_contiguous for request in requests_of(Signature((IMAGE,), ()), (), 2, 6, 3))
