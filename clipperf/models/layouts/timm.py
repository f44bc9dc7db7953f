"""timm's ``VisionTransformer``, whose names are those of our own tree."""

from __future__ import annotations

from clipperf.models.architecture import Architecture, TimmVit
from clipperf.models.layers import GELU
from clipperf.models.layouts.layout import Layout, Origin, same
from clipperf.models.trees import parameters_of


def _origins(architecture: Architecture) -> tuple[Origin, ...] | None:
    if not isinstance(architecture, TimmVit):
        return None
    return tuple(same(parameter, parameter.name) for parameter in parameters_of(architecture))


TIMM = Layout("timm", ("patch_embed.proj.weight",), GELU, _origins)
