"""Layouts of checkpoints, one file each; a new one is a file and a line in this table."""

from __future__ import annotations

from clipperf.models.layouts.hugging_face import HUGGING_FACE_CLIP, HUGGING_FACE_VIT
from clipperf.models.layouts.jax import JAX
from clipperf.models.layouts.layout import Layout, Numbers, Origin, Piece
from clipperf.models.layouts.open_clip import CUSTOM_TEXT_CLIP, OPEN_CLIP
from clipperf.models.layouts.openai import OPENAI
from clipperf.models.layouts.timm import TIMM

LAYOUTS = (OPENAI, CUSTOM_TEXT_CLIP, OPEN_CLIP, HUGGING_FACE_CLIP, HUGGING_FACE_VIT, TIMM, JAX)
"""The first of which a file holds a mark is its layout: what is more special stands before what it is made from."""

__all__ = ["LAYOUTS", "Layout", "Numbers", "Origin", "Piece"]
