"""How long the history takes: a year of nights of one team, and of 46 teams; in a file and on a server."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from record import Figure, arguments, tell
from sqlalchemy import insert, literal, select, text
from sqlalchemy.engine import URL

from clipperf.history.adding import add_run
from clipperf.history.address import Address, address_of
from clipperf.history.database import History, open_existing_history, open_history
from clipperf.history.entry import RunEntry
from clipperf.history.identity import key_of
from clipperf.history.reading import Wanted, last_nights, read_figures, read_runs, read_series
from clipperf.history.tables import rows, runs
from clipperf.results.frame import frame_of, records
from clipperf.results.schema import COLUMNS

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.history.server import PASSWORD, USER, programs, running_server

FIRST_NIGHT = date(2025, 1, 1)
SHOWN_NIGHTS = 120
COLUMNS_OF_A_PAGE = ("qps", "qps_ci_low", "qps_ci_high", "latency_p50_ms", "latency_p99_ms", "energy_j_per_sample")
REPEATS = 3
FIGURES = [column.name for column in COLUMNS if column.dtype == "float64" and column.name != "offered_rate"]


@dataclass(frozen=True)
class Size:
    """How much a history holds: every team runs its series every night, each case ``REPEATS`` times."""

    name: str
    teams: int
    series: int
    nights: int

    @property
    def rows(self) -> int:
        """All rows."""
        return self.teams * self.series * self.nights * REPEATS


YEAR = Size("a year of 200 series", 1, 200, 365)
LARGE = Size("a year of 9,200 series", 46, 200, 365)
TRIAL = Size("a trial", 2, 5, 4)


def run_of(team: int, night: int, size: Size) -> RunEntry:
    """A run with every figure filled, as a device with a monitor fills them."""
    when = FIRST_NIGHT + timedelta(days=night)
    told = [
        {
            **dict.fromkeys(FIGURES, 100.0 + case + 0.001 * night),
            "schema_version": 1, "run_id": f"{when:%Y%m%d}-020000-team-{team}", "case_id": f"{case:010}",
            "repeat": repeat, "started_at": f"{when}T02:00:00.000+00:00", "host": f"host-{team}",
            "model": "vision", "precision": "fp16", "batch_size": 1 + case, "runner": "onnxruntime", "device": "0",
            "devices": 1, "instances": 1, "queue_depth": 1, "loop": "closed", "scope": "host",
            "options": f'{{"team": {team}}}', "measured_by": "clipperf", "runner_version": "1.23.0",
            "clipperf_version": "0.1.0", "git_rev": "abc1234", "profile": "vision", "model_sha256": "0" * 64,
            "seed": 0, "status": "ok", "warnings": "[]", "requests": 400, "samples": 400, "warmup_requests": 40,
        }
        for repeat in range(REPEATS)
        for case in range(size.series)
    ]  # fmt: skip
    environment = {"host": f"host-{team}", "cpu": {"flags": ["avx512"] * 40}}
    return RunEntry(
        key_of([team, night]), told[0]["run_id"], f"/runs/{night}/{team}", when, True, environment,
        tuple(records(frame_of(told))),
    )  # fmt: skip


def fill(history: History, size: Size) -> list[float]:
    """Adds the first night and the last; the database copies the first to those between. Seconds of each adding."""
    taken_s = [timed(lambda entry: add_run(history, entry), run_of(team, 0, size)) for team in range(size.teams)]
    with history.reading() as connection:
        first = [dict(row) for row in connection.execute(select(runs).order_by(runs.c.id)).mappings()]
    others = [column for column in rows.columns if column.name not in ("run", "night")]
    for night in range(1, size.nights - 1):
        when, step = FIRST_NIGHT + timedelta(days=night), night * size.teams
        with history.writing() as connection:
            copies = [
                {**run, "id": run["id"] + step, "key": key_of([team, night]), "night": when}
                for team, run in enumerate(first)
            ]
            connection.execute(insert(runs), copies)
            copied = select(rows.c.run + step, literal(when, rows.c.night.type), *others)
            names = ["run", "night", *(column.name for column in others)]
            connection.execute(insert(rows).from_select(names, copied.where(rows.c.run <= size.teams)))
    with history.writing() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT setval('clipperf_runs_id_seq', (SELECT max(id) FROM clipperf_runs))"))
    last = size.nights - 1
    return taken_s + [
        timed(lambda entry: add_run(history, entry), run_of(team, last, size)) for team in range(size.teams)
    ]


def timed(work: Callable[..., Any], *given: Any) -> float:
    """Seconds that it takes."""
    begun = time.perf_counter()
    work(*given)
    return time.perf_counter() - begun


def questions(size: Size, mine: list[str]) -> dict[str, tuple[Callable[[History], Any], str]]:
    """What is asked of a history, with what is demanded; ``mine`` are the series of one team."""

    def page(history: History) -> Any:
        since = last_nights(history, SHOWN_NIGHTS)[0]
        return read_figures(history, COLUMNS_OF_A_PAGE, Wanted(since, series=mine if size.teams > 1 else None))

    def night(history: History) -> Any:
        return read_figures(history, COLUMNS_OF_A_PAGE, Wanted(since=last_nights(history, 1)[0]))

    return {
        f"figures of the last {SHOWN_NIGHTS} nights of {size.series} series": (page, "< 3"),
        "one series whole": (lambda history: read_figures(history, COLUMNS_OF_A_PAGE, Wanted(series=mine[:1])), "< 1"),
        "the last night of all series": (night, ""),
        "all runs": (lambda history: read_runs(history, Wanted(with_other_runs=True)), "< 3"),
        "all series with their first and last night": (read_series, ""),
    }


def figures(address: Address, where: str, size: Size, times: int) -> Iterator[Figure]:
    """Fills a history and asks it; every question opens it anew, as a command does."""
    what = f"{size.name}, {size.rows:,} rows, {where}"
    begun = time.perf_counter()
    with open_history(address) as history:
        adding_s = fill(history, size)
        series = read_series(history)
    print(f"{what}: filled in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    mine = list(series.loc[series["options"] == '{"team": 0}', "series"])
    yield Figure(f"{what}: adding a run of {size.series * REPEATS} rows", "s", adding_s, "< 3")
    for name, (ask, demand) in questions(size, mine).items():

        def opened_and_asked(ask: Callable[[History], Any] = ask) -> None:
            with open_existing_history(address) as history:
                assert len(ask(history))

        yield Figure(f"{what}: {name}", "s", [timed(opened_and_asked) for _ in range(times)], demand)
    if address.file is not None:
        yield Figure(f"{what}: size of the file", "MB", [address.file.stat().st_size / 1e6])


def main() -> None:
    """The file first; the server where one is installed."""
    chosen = arguments(__doc__)
    sizes, times = ([TRIAL], 2) if chosen.quick else ([YEAR, LARGE], 5)
    found: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            address = address_of(f"{folder}/{size.teams}.sqlite")
            found += figures(address, "SQLite", size, times)
            Path(f"{folder}/{size.teams}.sqlite").unlink()
    server_programs = None if chosen.quick else programs()
    if server_programs is not None:
        with running_server(server_programs) as server:
            url = URL.create("postgresql+psycopg", USER, PASSWORD, query={"host": str(server.folder)})
            for size in sizes:
                with server.connect() as connection:
                    connection.execute(f"CREATE DATABASE size_{size.teams}")
                address = Address(url.set(database=f"size_{size.teams}"), size.name)
                found += figures(address, "PostgreSQL", size, times)
    tell(__file__, __doc__, found, chosen.record)


if __name__ == "__main__":
    main()
