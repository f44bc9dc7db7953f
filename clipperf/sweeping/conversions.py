"""Of which models clipperf can make another precision, and which answers it can compare with those of fp32."""

from __future__ import annotations

from pathlib import Path

from clipperf.models.recipes import USUAL_INT8
from clipperf.profile import Profile
from clipperf.sweeping.artefact import ONNX, is_file_name
from clipperf.sweeping.preflight import RunnerFacts
from clipperf.tools import TABLE as TOOLS


def check_conversions(profile: Profile, facts: RunnerFacts) -> list[str]:
    """What of ``--verify`` and ``--int8`` would have no effect on a model, as sentences."""
    problems = [
        f"--verify: onnxruntime cannot give the answers of {model} as the {profile.runner} runner takes it to compare "
        "with; leave the flag out."
        for model in profile.model
        if profile.verify and not is_comparable(model, profile, facts)
    ]
    if profile.int8 != USUAL_INT8 and ("int8" not in profile.precision or "int8" not in facts.variants):
        problems.append(
            f"--int8 {profile.int8}: no model is made in int8 here; give --precision int8 and a runner that takes ONNX "
            "files, or leave the flag out."
        )
    return problems


def is_comparable(model: str, profile: Profile, facts: RunnerFacts) -> bool:
    """Whether there is an ONNX file of a model, as of the whole catalogue, and clipperf gets to see its answers."""
    if profile.runner in TOOLS or not facts.model_formats:
        return False
    return not is_file_name(model) or (Path(model).suffix == ONNX and ONNX in facts.model_formats)
