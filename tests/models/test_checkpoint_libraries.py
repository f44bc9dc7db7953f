"""Networks of open_clip, timm and transformers with random weights: our ONNX file answers as the library's torch does.

These are the full sizes, since they are the ones that users have, and take half a minute where the libraries are
installed (extra `libraries`); `test_checkpoints.py` holds the same code on tiny networks everywhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import feed, run

from clipperf.models import build
from clipperf.models.checkpoint_matching import open_checkpoint

LEAST_COSINE, MOST_DIFFERENCE = 0.9999, 1e-3
WHY = "the library is in the extra `libraries`, which brings torch along"


def check_same(name: str, weights: Path, network: Any, folder: Path, activation: str | None = None) -> None:
    """The built file and ``network``, which takes the model's input as a tensor, on the same two samples."""
    import torch

    values = feed(name, batch=2)
    checkpoint = open_checkpoint(weights, name)
    ours = run(build(name, folder=folder, checkpoint=checkpoint, activation=activation).path, values)
    with torch.inference_mode():
        expected = network(*map(torch.from_numpy, values.values())).numpy()
    assert ours.shape == expected.shape
    assert np.abs(ours - expected).max() <= MOST_DIFFERENCE
    cosines = (ours * expected).sum(axis=1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(expected, axis=1)
    assert cosines.min() >= LEAST_COSINE


@pytest.mark.parametrize(("configuration", "activation"), [("ViT-B-32", None), ("ViT-B-32-quickgelu", "quick-gelu")])
def test_open_clip(configuration: str, activation: str | None, tmp_path: Path) -> None:
    open_clip = pytest.importorskip("open_clip", reason=WHY)
    from safetensors.torch import save_file

    network = open_clip.create_model(configuration, pretrained=None).eval()
    weights = tmp_path / "open_clip_model.safetensors"
    save_file({name: values.contiguous() for name, values in network.state_dict().items()}, weights)
    check_same("vision", weights, network.encode_image, tmp_path, activation)
    check_same("text", weights, network.encode_text, tmp_path, activation)


def test_open_clip_as_a_training_run_saves_it(tmp_path: Path) -> None:
    open_clip = pytest.importorskip("open_clip", reason=WHY)
    import torch

    network = open_clip.create_model("ViT-B-32", pretrained=None).eval()
    state = {f"module.{name}": values for name, values in network.state_dict().items()}
    torch.save({"epoch": 1, "name": "a run", "state_dict": state}, tmp_path / "epoch_1.pt")
    check_same("vision", tmp_path / "epoch_1.pt", network.encode_image, tmp_path)


def test_timm(tmp_path: Path) -> None:
    timm = pytest.importorskip("timm", reason=WHY)
    from safetensors.torch import save_file

    network = timm.create_model("vit_base_patch32_224", pretrained=False).eval()
    save_file(network.state_dict(), tmp_path / "model.safetensors")
    check_same("vit_base_patch32_224", tmp_path / "model.safetensors", network, tmp_path)


@pytest.mark.parametrize("activation", ["gelu", "quick_gelu"])
def test_hugging_face_clip_with_its_configuration_beside_it(activation: str, tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason=WHY)
    tower = {"hidden_act": activation}
    network = transformers.CLIPModel(transformers.CLIPConfig(vision_config=tower, text_config=tower)).eval()
    network.save_pretrained(tmp_path)
    weights = tmp_path / "model.safetensors"
    check_same("vision", weights, lambda image: _embeds(network.get_image_features(pixel_values=image)), tmp_path)
    check_same("text", weights, lambda text: _embeds(network.get_text_features(input_ids=text)), tmp_path)


def test_hugging_face_vit(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason=WHY)
    sizes = transformers.ViTConfig(patch_size=32, num_labels=1000, layer_norm_eps=1e-6)
    network = transformers.ViTForImageClassification(sizes).eval()
    network.save_pretrained(tmp_path)
    weights = tmp_path / "model.safetensors"
    check_same("vit_base_patch32_224", weights, lambda image: network(pixel_values=image).logits, tmp_path)


def _embeds(answer: Any) -> Any:
    """Newer releases of transformers put the embedding among other things."""
    return getattr(answer, "pooler_output", answer)
