"""The circumstances of rows in words: what tells cases apart, how a case is called, in which order cases stand."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import PurePath

import pandas as pd

COLUMNS = (
    "model", "runner", "runner_version", "precision", "device", "instances", "queue_depth", "loop", "arrival",
    "offered_rate", "scope", "measured_by", "host", "side",
)  # fmt: skip
OPTION = "option "
"""What begins the name of a column made of one key of ``options``."""

LABEL = f"{OPTION}label"
"""What an imported row was called in its log, where that held several measurements."""

_TOLD = ("runner_version", "measured_by", "host")
_IMPLIED_BY = {"runner_version": "runner", "measured_by": "runner", "arrival": "loop"}
_WORDS = {
    "runner_version": "version {}",
    "batch_size": "batch {}",
    "device": "device {}",
    "instances": "instances {}",
    "queue_depth": "depth {}",
    "loop": "{} loop",
    "offered_rate": "{} requests/s",
    "scope": "scope {}",
    "measured_by": "by {}",
    "host": "host {}",
    "side": "side {}",
    "run_id": "run {}",
    "model_sha256": "model file {:.8}",
}


def circumstances(frame: pd.DataFrame) -> pd.DataFrame:
    """What identifies each row's curve as text, one column each and one for every key of ``options``; missing is "".

    Batch size and repeat are no part of it. ``run_id``, ``model_sha256`` and the label of an imported row appear only
    where they must. A static model has another file, so another hash, for every batch size of one and the same curve.
    Only when one batch size has two hashes the name alone no longer says which model it is; then the run tells, as it
    has one file for a batch size, and failing that the hash. The run tells too where several of them have the same
    repeat of one case. A label mostly says in its own words what other columns say, and would part a curve.
    """
    texts = pd.DataFrame({column: _text(frame[column]) for column in COLUMNS}, index=frame.index)
    texts["model"] = _short(texts["model"])
    for column in _TOLD:
        texts[column] = _fill_told(texts[column], texts["runner"])
    options = pd.DataFrame([_options(cell) for cell in frame["options"]], index=frame.index, dtype="object")
    for key in sorted(map(str, options.columns)):
        texts[OPTION + key] = options[key].where(options[key].notna(), "")
    called = texts.pop(LABEL) if LABEL in texts else None
    same = [texts[name] for name in texts.columns] + [frame["batch_size"], frame["repeat"]]
    if called is not None and called.groupby(same, dropna=False).nunique().max() > 1:
        texts[LABEL] = called
        same.append(called)
    if frame["run_id"].groupby(same, dropna=False).nunique().max() > 1:
        texts["run_id"] = _text(frame["run_id"])
    for column in ("run_id", "model_sha256"):
        case = [texts[name] for name in texts.columns] + [frame["batch_size"]]
        if frame["model_sha256"].groupby(case, dropna=False).nunique().max() > 1:
            texts[column] = _text(frame[column])
    return texts


def labels(frame: pd.DataFrame) -> pd.Series:
    """What each row was called in the log that it was imported from; missing is ""."""
    return pd.Series([_options(cell).get(LABEL.removeprefix(OPTION), "") for cell in frame["options"]], frame.index)


def varying(texts: pd.DataFrame) -> list[str]:
    """The columns of ``circumstances`` that differ between rows and that no other of them implies."""
    names = [str(name) for name in texts.columns if texts[name].nunique() > 1]
    implied = [a for a, by in _IMPLIED_BY.items() if a in names and texts.groupby(by)[a].nunique().max() == 1]
    return [name for name in names if name not in implied]


def label(texts: pd.Series, columns: Sequence[str]) -> str:
    """A row of ``circumstances`` in words, those ``columns`` only: ``instances 2 · depth 1 · devices 0,1``."""
    return " · ".join(words(column, texts[column]) for column in columns if texts[column])


def words(column: str, text: str) -> str:
    """One circumstance in words."""
    if column.startswith(OPTION):
        return f"{column.removeprefix(OPTION)} {text}"
    if column == "device" and "," in text:
        return f"devices {text}"
    return _WORDS.get(column, "{}").format(text)


def ordered(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows by circumstance, then batch size, then repeat; numbers inside names count as numbers."""
    texts = circumstances(frame)
    keys = texts.map(lambda text: re.sub(r"\d+", lambda number: number.group().zfill(12), text))
    numbers = ["instances", "queue_depth", "offered_rate", "batch_size", "repeat"]
    keys = keys.assign(**{name: frame[name] for name in numbers}, started_at=frame["started_at"])
    return frame.loc[keys.sort_values(list(keys.columns), kind="stable", na_position="first").index]


def _text(column: pd.Series) -> pd.Series:
    # A rate of 20.0 requests a second is read as 20.
    cells = [f"{value:.10g}" if isinstance(value, float) else str(value) for value in column.astype("object")]
    return pd.Series(cells, index=column.index, dtype="object").where(column.notna(), "")


def _short(models: pd.Series) -> pd.Series:
    short = models.map(_file_name)
    return short if short.nunique() == models.nunique() else models


def _file_name(model: str) -> str:
    """The last part of a path that says something: all models of VACC are called ``mod``, in folders that name them."""
    path = PurePath(model)
    return path.parent.name if path.name == "mod" and path.parent.name else path.name


def _fill_told(column: pd.Series, runner: pd.Series) -> pd.Series:
    # A row that failed before its runner answered lacks what its fellows tell; it belongs to their curve all the same.
    told = column.where(column != "").groupby(runner)
    return column.where((column != "") | (told.transform("nunique") != 1), told.transform("first"))


def _options(cell: object) -> dict[str, str]:
    if not isinstance(cell, str):
        return {}
    try:
        options = json.loads(cell)
    except ValueError:
        return {"options": cell}
    if not isinstance(options, dict):
        return {"options": cell}
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in options.items()}
