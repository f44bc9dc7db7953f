"""Images become what open_clip and timm make of them, whatever their size and mode."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clipperf.accuracy.image_file import read_pixels
from clipperf.accuracy.preprocessing import clip_preprocessing, pixels_of, preprocessing_of, timm_preprocessing
from clipperf.errors import UnreadableImage
from clipperf.models.catalogue import catalogue, find
from tests.accuracy.golden.images import CLIP, images, points_of, preprocessings

GOLDEN = Path(__file__).parent / "golden" / "images.npz"
SMALL = clip_preprocessing(32)


@pytest.mark.parametrize("name", preprocessings())
def test_as_the_models_own_libraries(name: str):
    wanted = preprocessings()[name]
    with np.load(GOLDEN) as golden:
        for key, image in images().items():
            off = points_of(pixels_of(image, wanted)) - golden[f"{name}/{key}"]
            shares = np.abs(off) * np.array(wanted.std)[:, None, None]
            assert shares.max() <= 1 / 255, key


def test_every_pixel_is_torchvision_s():
    transforms = pytest.importorskip("torchvision.transforms")
    for wanted in CLIP.values():
        theirs = transforms.Compose(
            [
                transforms.Resize(wanted.resized, transforms.InterpolationMode.BICUBIC),
                transforms.CenterCrop(wanted.size),
                transforms.Lambda(lambda image: image.convert("RGB")),
                transforms.ToTensor(),
                transforms.Normalize(wanted.mean, wanted.std),
            ]
        )
        for key, image in images().items():
            np.testing.assert_allclose(pixels_of(image, wanted), theirs(image).numpy(), atol=1e-5, err_msg=key)


def test_which_constants_a_model_has():
    for name, model in catalogue().items():
        if "text" in name:
            with pytest.raises(ValueError, match="no image"):
                preprocessing_of(model.architecture)
            continue
        wanted = preprocessing_of(model.architecture)
        assert wanted.size == model.signature.inputs[0].dims[-1]  # type: ignore[index]
        assert (wanted.mean[0] == 0.5) == ("vit" in name)
    assert preprocessing_of(find("vit_base_patch32_224").architecture).resized == 248
    assert preprocessing_of(find("vit_base_patch16_384").architecture) == timm_preprocessing(384)
    assert preprocessing_of(find("vision").architecture) == clip_preprocessing(224)


def test_orientation_is_left_as_torchvision_leaves_it(tmp_path: Path):
    image = images()["photograph"]
    turned = Image.Exif()
    turned[0x0112] = 6
    image.save(tmp_path / "turned.png", exif=turned)
    np.testing.assert_array_equal(read_pixels(tmp_path / "turned.png", SMALL), pixels_of(image, SMALL))


@pytest.mark.parametrize("ending", ["jpg", "png", "gif", "bmp", "tif", "webp"])
def test_files_cut_short_are_named(tmp_path: Path, ending: str):
    whole = tmp_path / f"whole.{ending}"
    images()["small"].save(whole)
    assert read_pixels(whole, SMALL).shape == (3, 32, 32)
    content = whole.read_bytes()
    path = tmp_path / f"cut.{ending}"
    for length in (0, 1, len(content) // 4, len(content) // 2, 3 * len(content) // 4):
        path.write_bytes(content[:length])
        with pytest.raises(UnreadableImage, match=rf"cut\.{ending}: it "):
            read_pixels(path, SMALL)


def test_what_is_no_image_is_named(tmp_path: Path):
    with pytest.raises(UnreadableImage, match=r"absent\.jpg: it cannot be read \(No such file or directory\)\."):
        read_pixels(tmp_path / "absent.jpg", SMALL)
    with pytest.raises(UnreadableImage, match="Is a directory"):
        read_pixels(tmp_path, SMALL)
    (tmp_path / "words.jpg").write_text("no image")
    with pytest.raises(UnreadableImage, match=r"words\.jpg: it is no image that Pillow can read\."):
        read_pixels(tmp_path / "words.jpg", SMALL)
    Image.new("L", (1, 20_000)).save(tmp_path / "thread.png")
    with pytest.raises(UnreadableImage, match="1 × 20000 pixels it is too long and thin"):
        read_pixels(tmp_path / "thread.png", clip_preprocessing(224))
