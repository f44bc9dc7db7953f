"""The file that a case opens: the model's own, or one in the precision that the case asks for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from clipperf.errors import ClipperfError, Unsupported
from clipperf.models.build import BuiltModel, build
from clipperf.models.recipes import CALIBRATION_SAMPLES, CALIBRATION_SEED, USUAL_INT8, Recipe, recipe_for
from clipperf.models.signature import read_signature
from clipperf.models.variants import Feeds, make_variant, variant_path
from clipperf.plan import Case
from clipperf.runners.base import Signature, Tensor
from clipperf.runners.sample_set import requests_of
from clipperf.sweeping.artefact import ONNX, Artefact
from clipperf.sweeping.conversions import is_comparable
from clipperf.sweeping.display import Display
from clipperf.sweeping.planning import Plan
from clipperf.sweeping.reference import reference_answers, reference_path

_FP32 = "fp32"
_BATCH = 8
"""Samples in a request that calibrates, where the model leaves it open."""


def artefact_for(case: Case, source: Artefact, plan: Plan, display: Display) -> Artefact:
    """What a case opens, given its model's own file, and what its answers are to be compared with.

    Answers are compared in every precision but the model's own, and in that with ``--verify``; not those of vendors'
    tools, which keep them. What cannot be made or computed is told by the case's row, through ``refusal``.
    """
    own = plan.precisions[case.model]
    if not is_comparable(case.model, plan.profile, plan.facts):
        return source
    if case.precision == own and not plan.profile.verify:
        return source
    try:
        opened = converted(case, source, plan, display)
        return replace(opened, reference=_reference(case, source, plan, display))
    except ClipperfError as error:
        return replace(source, refusal=error)


def converted(case: Case, source: Artefact, plan: Plan, display: Display) -> Artefact:
    """The model's own file, or the one made of it in the case's precision where the runner wants such a file.

    Raises Unsupported where clipperf makes no other precision of this model, UsageError where it cannot be written.
    """
    own = plan.precisions[case.model]
    if case.precision == own or case.precision not in plan.facts.variants:
        return source
    return _variant(case, source, own, display)


def _variant(case: Case, source: Artefact, own: str, display: Display) -> Artefact:
    if own != _FP32:
        raise Unsupported(
            f"--precision {case.precision}: {case.model} holds its weights in {own}, and clipperf makes other "
            "precisions of fp32 models only; give the fp32 model, or the one that you have made yourself."
        )
    recipe = recipe_for(case.precision, case.int8 or USUAL_INT8)
    whole = BuiltModel(Path(source.location), source.sha256)
    feeds = _feeds(source, recipe)
    if not variant_path(whole, recipe, feeds).exists():
        display.note(f"Making {case.model} in {case.precision}; it is kept in the cache and not made again.")
    made = make_variant(whole, recipe, feeds)
    return replace(source, location=str(made.path), sha256=made.sha256)


def _feeds(source: Artefact, recipe: Recipe) -> Feeds:
    """Inputs to calibrate with: drawn as those that are measured with, but other numbers."""
    if not recipe.is_calibrated:
        return ()
    read = read_signature(Path(source.location))
    inputs = tuple(Tensor(one.name, one.dtype, _shape(one.dims or ())) for one in read.inputs)
    batch_size = read.fixed_batch or _BATCH
    return list(requests_of(Signature(inputs, ()), source.inputs, batch_size, CALIBRATION_SAMPLES, CALIBRATION_SEED))


def _shape(dims: tuple[int | str | None, ...]) -> tuple[int | None, ...]:
    return tuple(dim if isinstance(dim, int) else None for dim in dims)


def _reference(case: Case, source: Artefact, plan: Plan, display: Display) -> Path:
    seed, location = plan.profile.seed, Path(source.location)
    # A runner that takes no ONNX gets the catalogue's models in another form, of the same weights.
    model = BuiltModel(location, source.sha256) if location.suffix == ONNX else build(case.model, seed=seed)
    wanted = (model.path, model.sha256, source.inputs, seed)
    if not reference_path(*wanted).exists():
        display.note(f"Computing the answers of {case.model} on onnxruntime, to compare with; they are kept.")
    return reference_answers(*wanted, plan.profile.case_timeout)
