"""The two towers that belong together, and what each of them takes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clipperf.accuracy.drawn_weights import has_drawn_weights
from clipperf.accuracy.preprocessing import Preprocessing, clip_preprocessing, preprocessing_of
from clipperf.accuracy.text_file import TextFacts, read_text_facts
from clipperf.accuracy.tokeniser import CLIP_VOCABULARY
from clipperf.errors import UsageError
from clipperf.models.architecture import ClipText, ClipVision
from clipperf.models.catalogue import catalogue, find
from clipperf.models.signature import read_signature

_ONNX = ".onnx"
_USUAL_SIZE, _USUAL_CONTEXT = 224, 77
"""Of files that only their runner can read; one that takes others refuses what it gets."""


@dataclass(frozen=True)
class Pair:
    """``vision`` and ``text`` are what ``--model`` of a sweep takes; ``drawn`` those whose weights are random."""

    vision: str
    text: str
    preprocessing: Preprocessing
    context: int
    vocabulary: int
    drawn: tuple[str, ...]


def catalogue_pair(name: str) -> Pair:
    """The towers of a catalogue model, which may be named by either tower or by both.

    Raises UsageError where there is no such model, or it has no towers.
    """
    own = find(name).name
    vision = own.replace("clip", "vision").replace("text", "vision")
    text = vision.replace("vision", "text")
    towers = catalogue().get(vision), catalogue().get(text)
    if towers[0] is None or towers[1] is None or vision == text:
        able = ", ".join(other for other in catalogue() if "clip" in other or "vision" in other)
        raise UsageError(f"--model {name}: it has no text tower to compare images with; give one of {able}.")
    seeing, reading = towers[0].architecture, towers[1].architecture
    assert isinstance(seeing, ClipVision)
    assert isinstance(reading, ClipText)
    return Pair(vision, text, preprocessing_of(seeing), reading.context, reading.vocabulary, (vision, text))


def file_pair(vision: str, text: str) -> Pair:
    """The towers in two files; an ONNX file tells what it takes, others are taken for a CLIP of 224 pixels.

    Raises UsageError where an ONNX file cannot be read, or takes no image or no text.
    """
    facts = read_text_facts(Path(text)) if _is_onnx(text) else TextFacts(_USUAL_CONTEXT, CLIP_VOCABULARY)
    size = _image_size(Path(vision)) if _is_onnx(vision) else _USUAL_SIZE
    drawn = tuple(name for name in (vision, text) if _is_onnx(name) and has_drawn_weights(Path(name)))
    return Pair(vision, text, clip_preprocessing(size), facts.context, facts.vocabulary, drawn)


def _is_onnx(name: str) -> bool:
    return Path(name).suffix == _ONNX


def _image_size(path: Path) -> int:
    inputs = read_signature(path).inputs
    dims = inputs[0].dims or () if len(inputs) == 1 else ()
    if len(dims) != 4 or dims[1] != 3 or not isinstance(dims[2], int) or dims[2] != dims[3]:
        raise UsageError(
            f"--vision {path}: it takes {', '.join(map(str, inputs))}; one input of batch × 3 × size × size is needed, "
            "such as `clipperf models build vision` writes it."
        )
    return dims[2]
