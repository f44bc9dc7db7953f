"""Files of one kind to a run folder: everything is read and judged first, so that nothing half-done is written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import Any

import clipperf
from clipperf.errors import ProfileError, UsageError
from clipperf.importing.files import LogFile, read_files
from clipperf.importing.formats import LogReader, load_reader
from clipperf.importing.rows import ImportedRow, imported_row
from clipperf.importing.told import Told, completed, pattern_of
from clipperf.importing.twins import Found, joined
from clipperf.results.folder import SOURCES, create_default_folder, create_folder


@dataclass(frozen=True)
class Imported:
    """The rows in their order, each with the positions of the files that it comes from; a repeat is numbered already.

    ``hint`` is a sentence on how the rows could be told better, empty where they need none.
    """

    format: str
    told: Told
    files: tuple[LogFile, ...]
    rows: tuple[ImportedRow, ...]
    sources: tuple[tuple[int, ...], ...]
    hint: str = ""


def read_logs(format_: str, names: Sequence[str], batch_sizes: Sequence[int], told: Told) -> Imported:
    """The rows of files that a program of that kind wrote, in their order; the same case again is its next repeat.

    Raises ProfileError with the problems of all files where one cannot be read, has no measurement, or says otherwise
    than the flags.
    """
    reader = load_reader(format_)
    files, problems = read_files(names, batch_sizes)
    found: list[Found] = []
    for position, file in enumerate(files):
        try:
            found += [Found(report, (position,)) for report in reader.read_log(file.name, file.text)]
        except UsageError as error:
            problems.append(str(error))
    rows: list[ImportedRow] = []
    sources: list[tuple[int, ...]] = []
    for one in joined(found):
        try:
            rows.append(_row(one, files, told, format_, reader))
            sources.append(one.files)
        except ProfileError as error:
            problems += error.problems
    if problems:
        raise ProfileError(list(dict.fromkeys(problems)))
    _check_told_apart(rows, sources, files)
    repeats: Counter[str] = Counter()
    for row in rows:
        row.columns["repeat"] = repeats[row.columns["case_id"]]
        repeats[row.columns["case_id"]] += 1
    return Imported(format_, told, tuple(files), tuple(rows), tuple(sources), _hint(rows, told))


def write_folder(imported: Imported, out: Path | None) -> Path:
    """A new run folder with the rows, the samples of those that have any, and the files as they were."""
    with create_default_folder(f"imported-{imported.format}") if out is None else create_folder(out) as folder:
        names = [_stored_name(number, file.name) for number, file in enumerate(imported.files)]
        folder.begin(None, _environment(imported, names))
        for name, file in zip(names, imported.files, strict=True):
            folder.keep_source(name, file.content)
        for row in imported.rows:
            found, columns = row.found, row.columns
            if found.samples is not None:
                folder.save_samples(columns["case_id"], columns["repeat"], found.samples, found.window)
            folder.append({**columns, "run_id": folder.path.name})
    return folder.path


def _row(one: Found, files: Sequence[LogFile], told: Told, format_: str, reader: LogReader) -> ImportedRow:
    of = [files[position] for position in one.files]
    label = f" ({one.report.label})" if one.report.label else ""
    where = f"{' and '.join(file.name for file in of)}{label}"
    report = completed(one.report, told, next((file.batch_size for file in of if file.batch_size), None), where)
    try:
        return imported_row(report, told, format_, reader.name)
    except UsageError as error:
        raise ProfileError([f"{where}: {error}"]) from None


def _check_told_apart(
    rows: Sequence[ImportedRow], sources: Sequence[tuple[int, ...]], files: Sequence[LogFile]
) -> None:
    """Raises UsageError where rows without a batch size would pass for repeats of one case."""
    unknown = [of for row, of in zip(rows, sources, strict=True) if row.columns["batch_size"] is None]
    if len(unknown) > 1:
        names = dict.fromkeys(files[position].name for of in unknown for position in of)
        raise UsageError(
            f"{', '.join(names)}: neither the log nor a flag says the batch size of {len(unknown)} measurements, so "
            "that they cannot be told apart; give --batch, with {batch} in FILE where each file has another."
        )


def _environment(imported: Imported, names: Sequence[str]) -> dict[str, Any]:
    """Nothing of this host, which did not measure."""
    rows_of: dict[int, list[str]] = {}
    for row, sources in zip(imported.rows, imported.sources, strict=True):
        for position in sources:
            rows_of.setdefault(position, []).append(f"{row.columns['case_id']}-{row.columns['repeat']}")
    told: Mapping[str, Any] = {name: value for name, value in asdict(imported.told).items() if value}
    stored = [
        {"given": file.name, "stored": f"{SOURCES}/{name}", "sha256": file.sha256, "rows": rows_of.get(position, [])}
        for position, (name, file) in enumerate(zip(names, imported.files, strict=True))
    ]
    return {"clipperf": clipperf.__version__, "imported": {"format": imported.format, "told": told, "files": stored}}


def _stored_name(number: int, given: str) -> str:
    name = PurePath(given).name if given != "-" else "standard-input"
    return f"{number + 1}-{re.sub(r'[^A-Za-z0-9._-]+', '_', name)[-120:]}"


def _hint(rows: Sequence[ImportedRow], told: Told) -> str:
    models = {row.columns["batch_size"]: row.columns["model"] for row in rows if row.columns["batch_size"]}
    pattern = "" if told.model else pattern_of({size: model or "" for size, model in models.items()})
    if not pattern:
        return ""
    return (
        f"Each batch size has a model file of its own; to make them one model with one curve, import them again with "
        f"--model '{pattern}', or with a name of clipperf models."
    )
