"""A run profile: what to sweep and how long, from a YAML file, from flags, or from keyword arguments.

All three say the same keys; flags override a file. Every problem is found and told at once, before anything runs.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from clipperf.errors import ProfileError, UsageError

Scalar = bool | int | float | str


def _as_list(value: Any) -> Any:
    """One value, a comma list, or a list: always a list."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return list(value) if isinstance(value, list | tuple | range) else [value]


def _as_device_sets(value: Any) -> Any:
    """``0,1`` is one set of two devices; a list holds one set an entry, each a string or a list of ids."""
    entries = [value] if isinstance(value, str | int) else value
    sets = [",".join(map(str, entry)) if isinstance(entry, list | tuple) else str(entry) for entry in entries]
    return [re.sub(r"\s", "", entry) for entry in sets]


def _as_options(value: Any) -> Any:
    """``{"threads": "1,2"}`` or ``["threads=1,2"]``: a list of scalars for each key."""
    if isinstance(value, list | tuple):
        pairs = [str(entry).partition("=") for entry in value]
        if any(not equals or not key for key, equals, _ in pairs):
            raise ValueError("each option is written KEY=VALUE or KEY=V1,V2")
        value = {key: text for key, _, text in pairs}
    return {key: [read_scalar(entry) for entry in _as_list(entries)] for key, entries in dict(value).items()}


def _as_shapes(value: Any) -> Any:
    """``["image=3,224,224"]`` or ``{"image": [3, 224, 224]}``."""
    if isinstance(value, list | tuple):
        value = dict(str(entry).partition("=")[::2] for entry in value)
    return {name: _as_list(dims) for name, dims in dict(value).items()}


def _as_files(value: Any) -> Any:
    return dict(str(entry).partition("=")[::2] for entry in value) if isinstance(value, list | tuple) else value


def _as_share(value: Any) -> Any:
    text = str(value).strip()
    return float(text[:-1]) / 100 if text.endswith("%") else value


def read_scalar(value: Any) -> Scalar:
    """A whole number, a number, or the text itself, as the user would mean it."""
    if not isinstance(value, str):
        return value  # type: ignore[no-any-return]
    if re.fullmatch(r"[+-]?\d+", value):
        return int(value)
    # Not whatever float() takes: "nan" and "inf" are words here.
    return float(value) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", value) else value


WARMUP = r"^(auto|\d+|\d+(\.\d+)?(s|ms))$"
Count = Annotated[int, Field(ge=1)]
Counts = Annotated[list[Count], BeforeValidator(_as_list), Field(min_length=1)]
Name = Annotated[str, Field(min_length=1)]
Names = Annotated[list[Name], BeforeValidator(_as_list), Field(min_length=1)]
Rate = Annotated[float, Field(gt=0, le=1e6)]
Seconds = Annotated[float, Field(gt=0)]
DeviceId = Annotated[str, Field(pattern=r"^[\w:.+-]+(,[\w:.+-]+)*$")]


class Profile(BaseModel):
    """The keys of a profile, which are the flags of ``sweep`` with underscores."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field("", description="name of the profile in rows and reports; by default that of its file")
    why: str = Field("", description="why this profile exists, printed above its reports")
    model: Names = Field(
        ["vision"], description="catalogue names or model files, {batch} in a path stands for the batch size"
    )
    runner: Name = Field("onnxruntime", description="back end, or package.module:Class of your own")
    batch: Counts = Field([1], description="batch sizes, samples per request")
    instances: Counts = Field([1], description="loaded copies of the model per device")
    queue_depth: Counts = Field([1], description="requests in flight per instance")
    device: Annotated[list[DeviceId], BeforeValidator(_as_device_sets)] = Field(
        [], description="a set of devices such as 0,1; given again, another set; on CPUs 0-1 is one device of two cores"
    )
    rate: Annotated[list[Rate], BeforeValidator(_as_list)] = Field(
        [], description="open loop: requests per second that arrive whether or not earlier ones came back"
    )
    arrival: Literal["poisson", "constant"] = Field("poisson", description="open loop: how the requests arrive")
    precision: Annotated[list[Name], BeforeValidator(_as_list)] = Field(
        [], description="precisions; default: the model's own"
    )
    scope: Literal["host", "pipeline", "device-io", "compute"] = Field("host", description="what the clock goes round")
    option: Annotated[dict[str, Annotated[list[Scalar], Field(min_length=1)]], BeforeValidator(_as_options)] = Field(
        {}, description="runner options, each an axis: KEY=V1,V2"
    )
    where: str | None = Field(
        None, description="keep only cases for which this holds, such as batch_size*queue_depth<=128"
    )
    iterations: Count | None = Field(
        None, description="requests in the window over all instances, instead of a precision"
    )
    duration: Seconds | None = Field(None, description="seconds of window, instead of a precision")
    warmup: Annotated[str, BeforeValidator(str), Field(pattern=WARMUP)] = Field(
        "auto", description="before the window: requests of every slot, a time such as 2s or 500ms, or auto"
    )
    target_ci: Annotated[float, BeforeValidator(_as_share), Field(gt=0, lt=1)] = Field(
        0.01, description="stop when the 95 % interval of qps is within this share of it, such as 1%"
    )
    max_duration: Seconds = Field(30.0, description="seconds of window at which a case ends unprecise, as inconclusive")
    case_timeout: Seconds = Field(
        600.0, description="seconds after which a case is given up and its workers are killed"
    )
    repeat: Count = Field(1, description="how often every case is measured, each time by fresh workers")
    order: Literal["shuffled", "listed"] = Field(
        "shuffled", description="shuffled keeps drift from looking like scaling"
    )
    control: bool = Field(True, description="measure the first case once more at the end of three or more cases")
    seed: Annotated[int, Field(ge=0, lt=2**31)] = Field(0, description="seed of inputs, weights and case order")
    shape: Annotated[dict[str, list[Count]], BeforeValidator(_as_shapes)] = Field(
        {}, description="dimensions after the batch of an input whose file leaves them open: NAME=3,224,224"
    )
    input: Annotated[dict[str, str], BeforeValidator(_as_files)] = Field(
        {}, description="real data for an input: NAME=FILE.npy"
    )
    worker_python: str | None = Field(None, description="interpreter for the workers, where the vendor's SDK lives")

    @model_validator(mode="after")
    def _one_length(self) -> Profile:
        if self.iterations is not None and self.duration is not None:
            raise ValueError("iterations and duration both fix the length of the window; give one of them")
        return self


def make_profile(keys: Mapping[str, Any], sources: Mapping[str, str]) -> Profile:
    """The profile of these keys; ``sources`` says of each key where it came from, for the sentences of ProfileError."""
    try:
        return Profile(**keys)
    except ValidationError as error:
        raise ProfileError([_sentence(problem, sources) for problem in error.errors()]) from None


def _sentence(problem: Mapping[str, Any], sources: Mapping[str, str]) -> str:
    path = ".".join(str(part) for part in problem["loc"])
    key = str(problem["loc"][0]) if problem["loc"] else ""
    where = sources.get(key, f"key {key}" if key else "")
    inner = path[len(key) :].lstrip(".")
    place = f"{where} (at {inner})" if inner else where
    if problem["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, Profile.model_fields, 1)
        hint = f"did you mean {near[0]}? " if near else ""
        return f"{place}: there is no key {key}; {hint}valid keys are {', '.join(Profile.model_fields)}."
    if not problem["loc"]:
        return f"{problem['msg'].removeprefix('Value error, ').capitalize()}."
    message = problem["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    return f"{place}: found {problem['input']!r}, allowed is {message}; {Profile.model_fields[key].description}."


def read_profile(name: str) -> tuple[dict[str, Any], Path]:
    """The keys of a profile, shipped ones by name and others by path, and the file they came from."""
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        shipped = shipped_profiles()
        if name not in shipped:
            raise UsageError(
                f"--profile {name}: there is no such shipped profile ({', '.join(shipped)}); for one of your own give "
                "the path of its .yaml file."
            )
        path = shipped[name]
    try:
        keys = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"--profile {name}: the file cannot be read ({error.strerror}).") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"--profile {name}: the file is not valid YAML ({' '.join(str(error).split())}).") from None
    if not isinstance(keys, dict) or not all(isinstance(key, str) for key in keys):
        raise UsageError(f"--profile {name}: the file must hold keys and values such as 'model: vision'.")
    return keys, path


def shipped_profiles() -> dict[str, Path]:
    """The profiles that come with clipperf: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    folders = [folder for folder in (package / "profiles", package.parent / "profiles") if folder.is_dir()]
    return {path.stem: path for folder in folders[:1] for path in sorted(folder.glob("*.yaml"))}
