"""What stands on a page, as its templates and its script take it; nothing here knows HTML.

Texts are as they came from names and logs. The templates escape them, and ``clean`` spells out control characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_LINES = {"now": "solid: measured", "before": "dotted: last good night", "published": "stars: published"}


@dataclass(frozen=True)
class Trace:
    """One line of a chart.

    ``role`` is how it is drawn: "now", "before" for the last good night, "published". ``style`` numbers colour and
    marker, the same for a curve and what it was before. ``low`` and ``high`` are the ends of 95 % intervals, ``text``
    is what the hover says.
    """

    name: str
    role: str
    style: int
    x: Sequence[float]
    y: Sequence[float]
    text: Sequence[str]
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()


@dataclass(frozen=True)
class Chart:
    """One pair of axes; ``is_doubling`` says that x doubles from point to point, as batch sizes do."""

    title: str
    x_label: str
    y_label: str
    is_doubling: bool
    traces: Sequence[Trace]

    @property
    def key(self) -> str:
        """What the kinds of lines are, where there is more than one."""
        roles = {trace.role for trace in self.traces}
        said = [text for role, text in _LINES.items() if role in roles]
        return ", ".join(said) if len(said) > 1 else ""


@dataclass(frozen=True)
class Cell:
    """A cell of a table; ``link`` leads to a trend of the same page."""

    text: str
    link: str = ""


@dataclass(frozen=True)
class Column:
    """A heading of a table, and whether figures stand under it."""

    heading: str
    is_figure: bool = False


@dataclass(frozen=True)
class Line:
    """A row of a table; ``kind`` is what a filter takes it by, and "quiet" ones are left out in print."""

    cells: Sequence[Cell]
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """A table that sorts by any column and is filtered by words, and by kind where its lines have kinds."""

    key: str
    caption: str
    columns: Sequence[Column]
    lines: Sequence[Line]

    @property
    def kinds(self) -> list[str]:
        """The kinds there are, in the order of the lines."""
        return list(dict.fromkeys(line.kind for line in self.lines if line.kind))


@dataclass(frozen=True)
class Story:
    """A verdict in words: what it is about, what is said of it, and the trend that shows it."""

    subject: str
    sentence: str
    link: str = ""


@dataclass(frozen=True)
class Stories:
    """Verdicts of one kind under their heading."""

    kind: str
    heading: str
    stories: Sequence[Story]


@dataclass(frozen=True)
class Step:
    """A level of a trend: from and to which night, counted in the nights of the page, and where it lies."""

    first: int
    last: int
    value: float


@dataclass(frozen=True)
class Trend:
    """A figure of a series over the nights.

    ``nights`` are numbers into the nights of the page. ``breaks`` are those from which on the circumstances are others;
    ``low`` and ``high`` bound the threshold about the last level; ``since`` is the first night of the change told of.
    """

    key: str
    subject: str
    heading: str
    unit: str
    verdict: str
    sentence: str
    nights: Sequence[int]
    values: Sequence[float]
    breaks: Sequence[int] = ()
    steps: Sequence[Step] = ()
    is_control: bool = False
    low: float | None = None
    high: float | None = None
    since: int | None = None
    known: Sequence[int] = ()
    remarks: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True)
class Warned:
    """A warning with the cases that carry it; of several sentences of one code the first."""

    code: str
    sentence: str
    remedy: str
    cases: str


@dataclass(frozen=True)
class Failure:
    """A case without figures, why, and the last lines of its log; ``log`` is the way there from the page."""

    case: str
    status: str
    error: str
    tail: str
    log: str = ""


@dataclass(frozen=True)
class Environment:
    """What was around a run, key by key."""

    name: str
    values: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Link:
    """A way to another page or file, relative to this one."""

    text: str
    href: str


@dataclass(frozen=True)
class Page:
    """Everything on a page, in its order; what is empty is left out. ``state`` colours the headline."""

    title: str
    headline: str
    state: str
    told: Sequence[str] = ()
    news: Sequence[Stories] = ()
    quiet: str = ""
    trends: Sequence[Trend] = ()
    nights: Sequence[str] = ()
    older: str = ""
    curves: Sequence[Chart] = ()
    energy: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    warned: Sequence[Warned] = ()
    failures: Sequence[Failure] = ()
    unfit: Sequence[str] = ()
    changes: Sequence[str] | None = None
    environments: Sequence[Environment] = ()
    notes: str = ""
    links: Sequence[Link] = ()
    pictures: Sequence[Link] = ()
