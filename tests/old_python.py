"""A real Python 3.8 with the libraries of its years, as vendors' images have them."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

OLD = ("numpy==1.17.5", "onnxruntime==1.10.0")
"""The last numpy 1.17, the oldest that is promised, and an onnxruntime of its years."""


def find_python38() -> str | None:
    """An interpreter that really is 3.8: shims of version managers answer to the name without being one."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    places = [os.environ.get("CLIPPERF_TEST_PYTHON38"), *sorted(versions.glob("3.8*/bin/python"), reverse=True)]
    for place in (*places, shutil.which("python3.8")):
        if place is None:
            continue
        asked = subprocess.run([place, "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, text=True)
        if asked.stdout.strip() == "(3, 8)":
            return str(place)
    return None


def python38_with_libraries(config: pytest.Config) -> str:
    """The interpreter of a virtual environment with the old libraries, made once and kept in pytest's cache.

    Skips the test where there is no Python 3.8, or no way to get the libraries.
    """
    found = find_python38()
    if found is None:
        pytest.skip("there is no Python 3.8 here; name one in CLIPPERF_TEST_PYTHON38")
    cache = getattr(config, "cache", None)
    folder = cache.mkdir("python38") if cache else Path(os.environ["CLIPPERF_CACHE"])
    python, ready = folder / "venv" / "bin" / "python", folder / "ready"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = f"{found} {' '.join(OLD)}"
        if not python.exists() or not ready.exists() or ready.read_text() != wanted:
            shutil.rmtree(folder / "venv", ignore_errors=True)
            for command in ([found, "-m", "venv", folder / "venv"], [python, "-m", "pip", "install", "-q", *OLD]):
                done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=plain())
                if done.returncode:
                    pytest.skip(f"the Python 3.8 environment cannot be made: {done.stderr.strip().splitlines()[-1]}")
            ready.write_text(wanted)
    return str(python)


def plain() -> dict[str, str]:
    """This environment without what belongs to this interpreter."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
