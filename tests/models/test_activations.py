"""A drawn network works where a trained one does: no denormals, no saturation, samples that can be told apart."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from conftest import feed
from onnx import helper, numpy_helper

from clipperf.models import build

TINY_FLOAT32 = np.finfo(np.float32).tiny
# Not activations: an added constant of 0 and -10,000, and a mask of zeros and ones.
MASKS = (".masked", "end_token")


def _run_with_every_layer(path, values):
    """Every float32 value of the graph by name, the model's own output first."""
    model = onnx.shape_inference.infer_shapes(onnx.load(path))
    inner = [v.name for v in model.graph.value_info if v.type.tensor_type.elem_type == onnx.TensorProto.FLOAT]
    names = [model.graph.output[0].name, *(n for n in inner if not any(mask in n for mask in MASKS))]
    model.graph.output.extend(helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, None) for n in names[1:])
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return dict(zip(names, session.run(names, values), strict=True))


def _denormal(values: np.ndarray) -> bool:
    return bool(((np.abs(values) < TINY_FLOAT32) & (values != 0)).any())


@pytest.fixture(scope="module", params=["vision", "tiny-vision", "tiny-text", "tiny-vit"])
def layers(request, tmp_path_factory):
    path = build(request.param, folder=tmp_path_factory.mktemp("activations")).path
    yield _run_with_every_layer(path, feed(request.param, batch=4))
    # ViT-B/32 has 350 MB, and pytest keeps the folders of three runs.
    path.unlink()


def test_every_layer_is_finite_of_a_sound_size_and_free_of_denormals(layers) -> None:
    assert sum(name.endswith("softmax") for name in layers) >= 2
    for name, values in layers.items():
        assert np.isfinite(values).all(), name
        assert not _denormal(values), name
        assert np.abs(values).max() < 30, name
        if values.size > 1:
            assert 0.01 < values.std() < 4, name


def test_attention_is_neither_uniform_nor_saturated_in_any_block(layers) -> None:
    for name, weights in layers.items():
        if name.endswith("softmax"):
            # Masked tokens are exactly 0; the first ones of a text see too few others to judge by.
            seen = (weights > 0).sum(axis=-1)
            rows = seen >= 4
            entropy = -(weights * np.log(np.maximum(weights, TINY_FLOAT32))).sum(axis=-1)
            assert 0.5 < (entropy[rows] / np.log(seen[rows])).mean() < 0.92, name
            assert weights[rows].max() < 0.99, name


def test_samples_can_be_told_apart(layers) -> None:
    embeds = next(iter(layers.values())).astype(np.float64)
    units = embeds / np.linalg.norm(embeds, axis=1, keepdims=True)
    cosines = units @ units.T
    assert cosines[np.triu_indices(len(units), k=1)].max() < 0.97


@pytest.mark.parametrize("name", ["tiny-clip", "tiny-vit"])
def test_weights_are_as_wide_as_meant_and_free_of_denormals(built, name: str) -> None:
    for tensor in onnx.load(built(name).path).graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type == onnx.TensorProto.FLOAT and tensor.name != "causal_mask":
            assert not _denormal(values), tensor.name
        # What a compiler could leave out, a trained network does not have.
        if tensor.name.endswith("bias"):
            assert 0.005 < values.std() < 0.05, tensor.name
        if tensor.name.endswith(("norm1.weight", "ln_1.weight")):
            assert 0.02 < values.std() < 0.1, tensor.name
            assert abs(values.mean() - 1) < 0.05, tensor.name
