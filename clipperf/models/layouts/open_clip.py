"""open_clip: its ``CLIP`` class, whose names are those of our own trees, and ``CustomTextCLIP``, which adds a prefix.

Its own model configurations and the checkpoints of laion have GELU; those called ``quickgelu`` have the other one.
"""

from __future__ import annotations

from clipperf.models.architecture import Architecture, TimmVit
from clipperf.models.layers import GELU
from clipperf.models.layouts.layout import Layout, Origin, same
from clipperf.models.trees import parameters_of

IMAGE_TOWER = "visual.class_embedding"
TEXT_TOWER = "token_embedding.weight"
_CUSTOM_TEXT = "text."
_OF_BOTH_TOWERS = ("visual.", "logit_scale")


def clip_origins(architecture: Architecture) -> tuple[Origin, ...] | None:
    """Every tensor under our own name."""
    if isinstance(architecture, TimmVit):
        return None
    return tuple(same(parameter, parameter.name) for parameter in parameters_of(architecture))


def _custom_text_origins(architecture: Architecture) -> tuple[Origin, ...] | None:
    if isinstance(architecture, TimmVit):
        return None
    return tuple(same(parameter, _custom_text_name(parameter.name)) for parameter in parameters_of(architecture))


def _custom_text_name(name: str) -> str:
    return name if name.startswith(_OF_BOTH_TOWERS) else f"{_CUSTOM_TEXT}{name}"


OPEN_CLIP = Layout("open_clip", (IMAGE_TOWER, TEXT_TOWER), GELU, clip_origins)
CUSTOM_TEXT_CLIP = Layout("open_clip", (f"{_CUSTOM_TEXT}{TEXT_TOWER}",), GELU, _custom_text_origins)
