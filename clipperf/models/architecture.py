"""The one place that says how each kind of network is built: sizes only, no names, no weights, no graph.

Everything else is derived from here: the parameters (`parameters.py`), the FLOPs (`flops.py`), the signature
(`catalogue.py`) and the ONNX graph (`graph.py`), so that none of them can disagree.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trunk:
    """A stack of pre-norm transformer blocks; the MLP is four times as wide as the stream.

    ``epsilon`` is the one of every LayerNorm of the tower: 1e-5 in CLIP (PyTorch's default), 1e-6 in timm's ViT.
    """

    width: int
    layers: int
    heads: int
    epsilon: float

    @property
    def mlp_width(self) -> int:
        """Width inside the MLP."""
        return 4 * self.width


@dataclass(frozen=True)
class PatchGrid:
    """A square RGB image of ``image_size`` pixels, cut into square patches of ``patch_size`` pixels."""

    image_size: int
    patch_size: int

    @property
    def patches(self) -> int:
        """Patches in one image; what does not fill a patch is left out, as a convolution without padding does."""
        return (self.image_size // self.patch_size) ** 2

    @property
    def tokens(self) -> int:
        """Tokens in the transformer: the patches and the class token."""
        return self.patches + 1


@dataclass(frozen=True)
class ClipVision:
    """CLIP's image tower as open_clip has it.

    Patch convolution without bias, class token, positions, LayerNorm before the trunk, LayerNorm on the class token,
    projection without bias.
    """

    grid: PatchGrid
    trunk: Trunk
    embedding: int


@dataclass(frozen=True)
class ClipText:
    """CLIP's text tower as open_clip has it.

    Token and position embedding, causal attention, LayerNorm, the features at the end token (the position of the
    largest id), projection without bias.
    """

    context: int
    vocabulary: int
    trunk: Trunk
    embedding: int


@dataclass(frozen=True)
class Clip:
    """Both towers and the logits between them; ``texts`` is the number of texts of a request unless asked otherwise."""

    vision: ClipVision
    text: ClipText
    texts: int


@dataclass(frozen=True)
class TimmVit:
    """timm's ``VisionTransformer``: patch convolution with bias, no LayerNorm before the trunk, class head."""

    grid: PatchGrid
    trunk: Trunk
    classes: int


Architecture = ClipVision | ClipText | Clip | TimmVit
