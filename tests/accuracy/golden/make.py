"""Writes what open_clip and timm make of the texts and images here: ``python tests/accuracy/golden/make.py``.

Needs torch, torchvision, open_clip_torch and timm beside clipperf; the tests need none of them, and hold clipperf to
the files. Written by open_clip_torch 3.3.0, timm 1.0.31, torchvision 0.29.2, Pillow 13.0.0, ftfy 6.3.1.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
CONTEXTS = (16, 77)

if __name__ == "__main__":
    sys.path[:0] = [str(FOLDER), str(FOLDER.parents[2])]
    import open_clip
    from images import CLIP, TIMM, images, points_of
    from texts import texts
    from timm.data import create_transform, resolve_data_config
    from timm.models import get_pretrained_cfg

    found = {}
    for name, wanted in CLIP.items():
        transform = open_clip.image_transform(wanted.size, is_train=False)
        found.update({f"{name}/{key}": points_of(transform(image).numpy()) for key, image in images().items()})
    for name, wanted in TIMM.items():
        told = get_pretrained_cfg(f"vit_base_patch16_{wanted.size}").to_dict()
        transform = create_transform(**resolve_data_config(pretrained_cfg=told), is_training=False)
        for key, image in images().items():
            found[f"{name}/{key}"] = points_of(transform(image.convert("RGB")).numpy())
    np.savez_compressed(FOLDER / "images.npz", **found)

    ids = {context: open_clip.tokenize(texts(), context_length=context).tolist() for context in CONTEXTS}
    rows = [
        {"text": text, **{str(context): " ".join(map(str, ids[context][place])) for context in CONTEXTS}}
        for place, text in enumerate(texts())
    ]
    (FOLDER / "tokens.json").write_text(json.dumps(rows, indent=0) + "\n", encoding="utf-8")
