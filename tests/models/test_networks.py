"""The graphs compute CLIP and ViT, at every opset, and cost the FLOPs that the catalogue says."""

from __future__ import annotations

import math

import numpy as np
import onnx
import pytest
from conftest import feed, run
from networks_numpy import clip_image_embed, clip_logits, clip_text_embed, read_state, timm_vit_logits

from clipperf.models import find

TINY = ["tiny-vision", "tiny-text", "tiny-clip", "tiny-vit"]


@pytest.mark.parametrize("activation", ["gelu", "quick-gelu"])
def test_the_image_tower_is_clips(built, activation: str) -> None:
    path = built("tiny-vision", activation=activation).path
    values = feed("tiny-vision")
    expected = clip_image_embed(read_state(path), values["image"], patch=8, heads=4, quick=activation == "quick-gelu")
    np.testing.assert_allclose(run(path, values), expected, atol=2e-5)


@pytest.mark.parametrize("activation", ["gelu", "quick-gelu"])
def test_the_text_tower_is_clips(built, activation: str) -> None:
    path = built("tiny-text", activation=activation).path
    values = feed("tiny-text", batch=8)
    expected = clip_text_embed(read_state(path), values["text"], heads=4, quick=activation == "quick-gelu")
    np.testing.assert_allclose(run(path, values), expected, atol=2e-5)


@pytest.mark.parametrize("activation", ["gelu", "quick-gelu"])
def test_the_classifier_is_timms(built, activation: str) -> None:
    path = built("tiny-vit", activation=activation).path
    values = feed("tiny-vit")
    expected = timm_vit_logits(read_state(path), values["input"], patch=8, heads=4, quick=activation == "quick-gelu")
    np.testing.assert_allclose(run(path, values), expected, atol=2e-5)


def test_the_logits_are_clips(built) -> None:
    path = built("tiny-clip").path
    values = feed("tiny-clip")
    expected = clip_logits(read_state(path), values["image"], values["text"], patch=8, heads=4)
    np.testing.assert_allclose(run(path, values), expected, atol=5e-4)


def test_both_towers_of_clip_are_the_ones_that_are_sold_separately(built) -> None:
    values = feed("tiny-clip")
    images = run(built("tiny-vision").path, {"image": values["image"]})
    texts = run(built("tiny-text").path, {"text": values["text"]})
    cosines = (images @ texts.T) / np.linalg.norm(images, axis=1)[:, np.newaxis] / np.linalg.norm(texts, axis=1)
    np.testing.assert_allclose(run(built("tiny-clip").path, values), 100 * cosines, atol=5e-4)


def test_the_first_of_several_end_tokens_counts(built) -> None:
    """Some tokenisers fill up with the end token, where CLIP's own fills up with zeros."""
    path = built("tiny-text").path
    zeros = feed("tiny-text")["text"]
    after_end = np.arange(16) > zeros.argmax(axis=1)[:, np.newaxis]
    assert after_end.any()
    filled = np.where(after_end, 127, zeros)
    np.testing.assert_array_equal(run(path, {"text": filled}), run(path, {"text": zeros}))


@pytest.mark.parametrize("opset", [11, 12, 13, 14, 15, 16, 18, 19, 20, 21])
@pytest.mark.parametrize("name", TINY)
def test_every_opset_computes_the_same(built, name: str, opset: int) -> None:
    model = built(name, opset=opset)
    onnx.checker.check_model(str(model.path), full_check=True)
    assert [entry.version for entry in onnx.load(model.path).opset_import] == [opset]
    values = feed(name)
    np.testing.assert_allclose(run(model.path, values), run(built(name).path, values), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", TINY)
def test_a_static_batch_fixes_every_dimension_and_changes_no_answer(built, name: str) -> None:
    model = built(name, static_batch=3)
    onnx.checker.check_model(str(model.path), full_check=True)
    graph = onnx.shape_inference.infer_shapes(onnx.load(model.path), strict_mode=True).graph
    for value in [*graph.input, *graph.value_info, *graph.output]:
        assert all(dim.HasField("dim_value") for dim in value.type.tensor_type.shape.dim), value.name
    assert [value.type.tensor_type.shape.dim[0].dim_value for value in (graph.input[0], graph.output[0])] == [3, 3]
    values = feed(name, batch=3)
    np.testing.assert_allclose(run(model.path, values), run(built(name).path, values), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("opset", [11, 17])
@pytest.mark.parametrize("name", TINY)
def test_shapes_of_a_dynamic_graph_are_known_but_for_the_batch(built, name: str, opset: int) -> None:
    graph = onnx.shape_inference.infer_shapes(onnx.load(built(name, opset=opset).path), strict_mode=True).graph
    known = {value.name: value.type.tensor_type.shape.dim for value in [*graph.value_info, *graph.output]}
    for node in graph.node:
        if node.op_type in ("MatMul", "Conv", "Softmax", "Reshape"):
            assert all(dim.HasField("dim_value") for dim in known[node.output[0]][1:] if dim.dim_param != "texts")


@pytest.mark.parametrize("name", TINY)
def test_flops_are_those_of_the_products_and_convolutions_in_the_graph(built, name: str) -> None:
    graph = onnx.shape_inference.infer_shapes(onnx.load(built(name, static_batch=1).path), strict_mode=True).graph
    dims = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
    for value in [*graph.input, *graph.value_info, *graph.output]:
        dims[value.name] = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
    flops = 0
    for node in graph.node:
        if node.op_type == "MatMul":
            flops += 2 * math.prod(dims[node.output[0]]) * dims[node.input[0]][-1]
        elif node.op_type == "Conv":
            flops += 2 * math.prod(dims[node.output[0]]) * math.prod(dims[node.input[1]][1:])
        assert node.op_type not in ("Gemm", "Einsum", "Attention")
    model = find(name)
    assert flops / 1e9 == pytest.approx(model.gflops_per_sample + model.gflops_per_request, rel=1e-12)


@pytest.mark.parametrize("name", TINY)
def test_a_file_holds_the_parameters_of_the_catalogue_and_no_others(built, name: str) -> None:
    graph = onnx.load(built(name).path).graph
    extra = ("integers", "scalar", "causal_mask", "first", "places")
    sizes = [math.prod(t.dims) for t in graph.initializer if t.name.split(".")[0] not in extra]
    assert sum(sizes) == find(name).parameters
