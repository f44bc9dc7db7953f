"""Profiles in YAML files: those shipped with clipperf by name, others by path."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from clipperf.errors import UsageError


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


def sources_in(file: Path, keys: Iterable[str], above: str = "") -> dict[str, str]:
    """Where each key of a file stands, for the sentences of ProfileError; ``above`` is the key that holds them all."""
    return {key: f"{file}, key {f'{above}.' if above else ''}{key}" for key in keys}


def shipped_profiles() -> dict[str, Path]:
    """The profiles that come with clipperf: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    folders = [folder for folder in (package / "profiles", package.parent / "profiles") if folder.is_dir()]
    found = {path.stem: path for folder in folders[:1] for path in folder.glob("*.yaml")}
    return dict(sorted(found.items()))
