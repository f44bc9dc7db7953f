"""Which activation a checkpoint was trained with: no tensor says it, the library's configuration beside the file does.

Hugging Face writes ``hidden_act`` into `config.json`, open_clip ``quick_gelu`` into `open_clip_config.json`. Where
neither lies beside the file, it is what the layout's own checkpoints have.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clipperf.errors import UsageError
from clipperf.models.layers import GELU, QUICK_GELU
from clipperf.models.layouts import Layout
from clipperf.models.layouts.hugging_face import HUGGING_FACE_CLIP, HUGGING_FACE_VIT
from clipperf.models.layouts.open_clip import OPEN_CLIP

_HIDDEN_ACT = {"gelu": GELU, "quick_gelu": QUICK_GELU}


@dataclass(frozen=True)
class _Configuration:
    file: str
    spoken: Callable[[Mapping[str, Any]], set[str]]
    """The activations that it names, in the words of ``layers.ACTIVATIONS`` where these have them."""


def told_activation(path: Path, layout: Layout) -> tuple[str, str]:
    """The activation for the weights in ``path``, and what says so.

    Raises `UsageError` where the configuration beside the file cannot be read or names an activation that the graphs
    do not have.
    """
    kind = _KINDS.get(layout.name)
    beside = None if kind is None else path.with_name(kind.file)
    if kind is None or beside is None or not beside.is_file():
        return layout.activation, f"the layout {layout.name}"
    advice = f"--weights {path}: {beside.name} beside it"
    try:
        spoken = kind.spoken(json.loads(beside.read_text(encoding="utf-8")))
    except (OSError, ValueError, AttributeError):
        raise UsageError(f"{advice} cannot be read; mend it, or move the weights to another folder.") from None
    if not spoken:
        return layout.activation, f"the layout {layout.name}"
    if len(spoken) > 1 or not spoken <= set(_HIDDEN_ACT.values()):
        raise UsageError(
            f"{advice} names the activation {' and '.join(sorted(spoken))}; the graphs have gelu or quick-gelu in all "
            "towers."
        )
    return spoken.pop(), beside.name


def _of_hugging_face(told: Mapping[str, Any]) -> set[str]:
    parts = [told, told.get("vision_config") or {}, told.get("text_config") or {}]
    return {_HIDDEN_ACT.get(part["hidden_act"], part["hidden_act"]) for part in parts if "hidden_act" in part}


def _of_open_clip(told: Mapping[str, Any]) -> set[str]:
    return {QUICK_GELU if told.get("model_cfg", {}).get("quick_gelu", False) else GELU}


_KINDS = {
    HUGGING_FACE_CLIP.name: _Configuration("config.json", _of_hugging_face),
    HUGGING_FACE_VIT.name: _Configuration("config.json", _of_hugging_face),
    OPEN_CLIP.name: _Configuration("open_clip_config.json", _of_open_clip),
}
