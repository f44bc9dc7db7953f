"""Pages as HTML: one file each, with nothing that a browser would have to fetch."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

import clipperf
from clipperf.report.page.content import Page
from clipperf.report.page.payload import payload_of
from clipperf.report.page.plotly_script import hash_of, plotly_script
from clipperf.report.page.told_nights import INDEX, ToldNight
from clipperf.report.safe_text import safe_text

_TEMPLATES = Path(__file__).parent / "templates"


def page_text(page: Page) -> str:
    """The page with its charts; the same page gives the same text."""
    payload = payload_of(page)
    has_charts = bool(payload["charts"] or payload["trends"])
    plotly = plotly_script() if has_charts else None
    scripts = ("tables.js", "charts.js") if has_charts else ("tables.js",)
    return _rendered("page.html.j2", scripts, page=page, payload=payload, plotly=plotly)


def nights_text(nights: Sequence[ToldNight]) -> str:
    """The list of all nights."""
    return _rendered("nights.html.j2", ("tables.js",), nights=nights)


def write_page(text: str, folder: Path) -> Path:
    """Writes ``index.html`` into the folder; whoever reads it meanwhile gets the old page or the new one."""
    fresh = folder / f".{INDEX}.new"
    # A name from a file system may hold what no text file can.
    fresh.write_text(text, encoding="utf-8", errors="backslashreplace")
    return fresh.replace(folder / INDEX)


def _rendered(template: str, scripts: Sequence[str], **values: Any) -> str:
    script = "".join(map(_part, scripts))
    return (
        _environment()
        .get_template(template)
        .render(
            style=Markup(_part("style.css")),  # noqa: S704 (ours)
            script=Markup(script),  # noqa: S704 (ours)
            script_hash=hash_of(script.encode()),
            version=clipperf.__version__,
            **values,
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    # What tojson writes holds no <, >, & or ', so that no name can end the script element around it.
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    return environment


def _harmless(value: Any) -> Any:
    """Texts without control characters; what is markup already is ours."""
    return safe_text(value, keep="\n\t") if isinstance(value, str) and not isinstance(value, Markup) else value


def _part(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")
