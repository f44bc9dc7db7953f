"""The networks in PyTorch, with the parameters and the names of ``trees.py``: the twins of ``towers.py``."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from clipperf.models import torch_layers as layers
from clipperf.models.architecture import Architecture, Clip, ClipText, ClipVision, PatchGrid, TimmVit
from clipperf.models.parameters import Parameter
from clipperf.models.trees import clip_text_tree, clip_tree, clip_vision_tree, parameters_of, timm_vit_tree
from clipperf.models.weights import Weights

_MASK = "causal_mask"


class Network(nn.Module):  # type: ignore[misc]  # torch is an extra
    """An architecture's parameters, in modules nested as the dots of their names tell: a state dict fills them."""

    def __init__(self, architecture: Architecture, batch: int | None, kind: str, weights: Weights) -> None:
        super().__init__()
        self.batch, self.kind = batch, kind
        for parameter in parameters_of(architecture):
            _place(self, parameter.name, torch.from_numpy(weights(parameter)))
        self.eval()

    def held(self, parameter: Parameter) -> Tensor:
        """The tensor of a parameter."""
        return self.get_parameter(parameter.name)

    def vision(self, image: Tensor, tower: ClipVision) -> Tensor:
        """Image b × 3 × S × S to embedding b × E."""
        tree, trunk, held = clip_vision_tree(tower), tower.trunk, self.held
        tokens = self._tokens(image, tree.patches, None, tree.class_token, tower.grid)
        start = layers.norm(tokens + held(tree.positions), tree.norm_pre, trunk.epsilon, held)
        end = layers.run_blocks(start, tree.blocks, trunk, tower.grid.tokens, self.kind, None, held)
        return torch.matmul(layers.norm(end[:, 0], tree.norm_post, trunk.epsilon, held), held(tree.projection))

    def text(self, text: Tensor, tower: ClipText) -> Tensor:
        """Token ids b × L (int64) to embedding b × E, from the features at the first largest id of each row."""
        tree, trunk, held = clip_text_tree(tower), tower.trunk, self.held
        start = functional.embedding(text, held(tree.tokens)) + held(tree.positions)
        mask = self.get_buffer(_MASK)
        end = layers.run_blocks(start, tree.blocks, trunk, tower.context, self.kind, mask, held)
        normal = layers.norm(end, tree.norm_final, trunk.epsilon, held)
        here = self.get_buffer("places") == text.argmax(dim=-1, keepdim=True)
        pooled = (normal * here.type_as(normal).reshape(-1, tower.context, 1)).sum(dim=1)
        return torch.matmul(pooled, held(tree.projection))

    def timm(self, image: Tensor, vit: TimmVit) -> Tensor:
        """Image b × 3 × S × S to class logits b × classes."""
        tree, trunk, held = timm_vit_tree(vit), vit.trunk, self.held
        tokens = self._tokens(image, tree.patches.weight, tree.patches.bias, tree.class_token, vit.grid)
        start = tokens + held(tree.positions)
        end = layers.run_blocks(start, tree.blocks, trunk, vit.grid.tokens, self.kind, None, held)
        return layers.linear(layers.norm(end[:, 0], tree.norm, trunk.epsilon, held), tree.head, held)

    def hold_places(self, tower: ClipText) -> None:
        """Keeps the mask and the numbers of places, constants of a text tower that a cast or a move takes along."""
        self.register_buffer(_MASK, layers.causal_mask(tower.context), persistent=False)
        self.register_buffer("places", torch.arange(tower.context), persistent=False)

    def _tokens(
        self, image: Tensor, kernel: Parameter, bias: Parameter | None, class_token: Parameter, grid: PatchGrid
    ) -> Tensor:
        """One row a patch, the class token before them: b × tokens × width."""
        offset = None if bias is None else self.held(bias)
        cut = functional.conv2d(image, self.held(kernel), offset, stride=grid.patch_size)
        batch = image.shape[0] if self.batch is None else self.batch
        first = self.held(class_token).expand(batch, 1, kernel.shape[0])
        return torch.cat([first, cut.flatten(2).transpose(1, 2)], dim=1)


class _Vision(Network):
    def __init__(self, tower: ClipVision, batch: int | None, kind: str, weights: Weights) -> None:
        super().__init__(tower, batch, kind, weights)
        self.tower = tower

    def forward(self, image: Tensor) -> Tensor:
        return self.vision(image, self.tower)


class _Text(Network):
    def __init__(self, tower: ClipText, batch: int | None, kind: str, weights: Weights) -> None:
        super().__init__(tower, batch, kind, weights)
        self.tower = tower
        self.hold_places(tower)

    def forward(self, text: Tensor) -> Tensor:
        return self.text(text, self.tower)


class _Both(Network):
    def __init__(self, both: Clip, batch: int | None, kind: str, weights: Weights) -> None:
        super().__init__(both, batch, kind, weights)
        self.both = both
        self.hold_places(both.text)

    def forward(self, image: Tensor, text: Tensor) -> Tensor:
        """100 times the cosine of each pair."""
        images, texts = self.vision(image, self.both.vision), self.text(text, self.both.text)
        images, texts = (value / value.norm(dim=-1, keepdim=True) for value in (images, texts))
        return torch.matmul(images * self.held(clip_tree(self.both).logit_scale).exp(), texts.transpose(0, 1))


class _Timm(Network):
    def __init__(self, vit: TimmVit, batch: int | None, kind: str, weights: Weights) -> None:
        super().__init__(vit, batch, kind, weights)
        self.vit = vit

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002 (timm's name, which a trace keeps)
        return self.timm(input, self.vit)


def network(architecture: Architecture, batch: int | None, kind: str, weights: Weights) -> Network:
    """The network with those weights; ``batch`` is None for one of any batch size, ``kind`` names the activation."""
    match architecture:
        case ClipVision():
            return _Vision(architecture, batch, kind, weights)
        case ClipText():
            return _Text(architecture, batch, kind, weights)
        case Clip():
            return _Both(architecture, batch, kind, weights)
        case TimmVit():
            return _Timm(architecture, batch, kind, weights)


def _place(root: nn.Module, name: str, tensor: Tensor) -> None:
    *parents, leaf = name.split(".")
    for parent in parents:
        if parent not in root._modules:
            root.add_module(parent, nn.Module())
        root = root._modules[parent]
    root.register_parameter(leaf, nn.Parameter(tensor, requires_grad=False))
