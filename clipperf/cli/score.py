"""``clipperf score``: how well texts fit images, by both towers on any runner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clipperf.cli import CASE_FAILED, FINE
from clipperf.cli.common import debug_option, format_option, quiet_option
from clipperf.cli.profile_flags import Keys, keys_of_flags, profile_flags
from clipperf.errors import CaseFailed, Unsupported, UsageError, WrongOutput
from clipperf.profile import Profile

if TYPE_CHECKING:
    from clipperf.accuracy.pair import Pair
    from clipperf.accuracy.scoring import Scored
    from clipperf.sweeping.planning import Plan

_TOP = 5
_KEPT = ("runner", "batch", "device", "precision", "int8", "option", "case_timeout", "seed", "worker_python")
_MODEL = "clip"


@click.command()
@click.argument("image", type=click.Path(path_type=Path))
@click.argument("others", metavar="TEXT...", nargs=-1)
@click.option("--image", "more", multiple=True, metavar="FILE", help="A further image; may be given again.")
@click.option("--labels", metavar="FILE", help="The texts, one a line; then all arguments are images.")
@click.option("--top", type=click.IntRange(min=1), default=_TOP, show_default=True, help="Texts to tell of each image.")
@click.option("--model", metavar="NAME", help=f"Catalogue name of both towers, or of either.  [default: {_MODEL}]")
@click.option("--vision", metavar="FILE", help="The image tower in a file; with --text instead of --model.")
@click.option("--text", metavar="FILE", help="The text tower in a file.")
@click.option(
    "--logit-scale", type=click.FloatRange(0, min_open=True), default=100.0, show_default=True, help="Of the cosines."
)
@partial(profile_flags, leave_out=Profile.model_fields.keys() - set(_KEPT))
@click.option("--json", "is_json", is_flag=True, help="The same as --format json.")
@format_option
@quiet_option
@debug_option
def score(
    image: Path,
    others: tuple[str, ...],
    more: tuple[str, ...],
    labels: str | None,
    top: int,
    model: str | None,
    vision: str | None,
    text: str | None,
    logit_scale: float,
    is_json: bool,
    format_: str | None,
    quiet: bool,
    **flags: Any,
) -> int:
    """Say how well each TEXT fits IMAGE: the softmax over the cosines of CLIP's two towers, best first.

    \b
    clipperf score CLIP.png "a diagram" "a dog" "a cat" --vision vision.onnx --text text.onnx
    clipperf score photos/*.jpg --labels classes.txt --runner openvino --precision fp16

    An image that cannot be read is named, the others are scored, and the exit code is 1.
    """  # noqa: D301 (click wants the backspace character itself)
    from clipperf.accuracy.scoring import score_images
    from clipperf.cli.progress import make_display

    if is_json and format_ not in (None, "json"):
        raise UsageError(f"--json with --format {format_}: give one of them.")
    images, texts = _images_and_texts(image, others, more, labels)
    pair, keys = _pair(model, vision, text), keys_of_flags(flags)
    plans = _plan(pair.vision, keys), _plan(pair.text, keys)
    if not quiet:
        _say_what_is_drawn(pair)
    try:
        with make_display(quiet) as display:
            found = score_images(images, texts, pair, plans, logit_scale, display)
            return _print(found, top, len(images) > 1, "json" if is_json else format_)
    except (CaseFailed, Unsupported, WrongOutput) as error:
        click.echo(f"Error: {error}", err=True)
        return CASE_FAILED


def _images_and_texts(
    image: Path, others: Sequence[str], more: Sequence[str], labels: str | None
) -> tuple[list[Path], list[str]]:
    """Without a file of texts the arguments after the first one are texts, with it they are images."""
    further = [Path(name) for name in more]
    if labels is not None:
        return [image, *map(Path, others), *further], _lines_of(labels)
    if not others:
        raise UsageError(f'No text is given to compare {image} with; add some, such as "a dog" "a cat", or --labels.')
    return [image, *further], list(others)


def _lines_of(labels: str) -> list[str]:
    try:
        lines = Path(labels).read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(f"--labels {labels}: it cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"--labels {labels}: it is no UTF-8 text (byte {error.start}); convert it.") from None
    texts = [line.strip() for line in lines if line.strip()]
    if not texts:
        raise UsageError(f"--labels {labels}: it holds no text; give one a line.")
    return texts


def _pair(model: str | None, vision: str | None, text: str | None) -> Pair:
    from clipperf.accuracy.pair import catalogue_pair, file_pair

    if vision is None and text is None:
        return catalogue_pair(model or _MODEL)
    if vision is None or text is None:
        given, lacking = ("--text", "--vision") if vision is None else ("--vision", "--text")
        raise UsageError(f"{given} is one tower alone; give the other one by {lacking} as well.")
    if model is not None:
        raise UsageError(f"--model {model} with --vision and --text: give the name or the two files.")
    return file_pair(vision, text)


def _plan(model: str, keys: Keys) -> Plan:
    from clipperf.accuracy.tower import check_embeds
    from clipperf.sweeping.planning import make_plan

    profile = Keys({**keys.values, "model": [model]}, keys.sources).profile()
    plan = make_plan(profile)
    check_embeds(plan)
    return plan


def _say_what_is_drawn(pair: Pair) -> None:
    if pair.drawn:
        click.echo(
            f"The weights of {' and '.join(pair.drawn)} are random numbers: these scores mean nothing. Build both "
            "towers with `clipperf models build NAME --weights FILE` and give them by --vision and --text.",
            err=True,
        )


def _print(found: Iterable[Scored], top: int, names_images: bool, style: str | None) -> int:
    """Each image as soon as it is scored, or all as records; the exit code."""
    from clipperf.report.records import records_text
    from clipperf.report.safe_text import safe_text
    from clipperf.report.score_text import score_records, score_text

    code, records = FINE, []
    for one in found:
        if one.error:
            code = CASE_FAILED
            click.echo(f"Error: {one.error}", err=True)
        records += score_records(str(one.image), one.scores, one.error, top)
        if style is None and not one.error:
            head = f"{safe_text(str(one.image))}\n" if names_images else ""
            click.echo(head + score_text(one.scores, top))
    if style is not None:
        click.echo(records_text(records, style), nl=style != "csv")
    return code
