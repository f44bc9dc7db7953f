"""OpenAI's CLIP: open_clip's names, which come from it, and three sizes that OpenAI's own files hold beside them."""

from __future__ import annotations

from clipperf.models.layers import QUICK_GELU
from clipperf.models.layouts.layout import Layout
from clipperf.models.layouts.open_clip import clip_origins

SIZES = ("input_resolution", "context_length", "vocab_size")
"""What `build_model` of OpenAI's `clip/model.py` takes out of the state dict before it loads it."""

OPENAI = Layout("OpenAI CLIP", SIZES, QUICK_GELU, clip_origins)
