"""What a user gets who installs clipperf, from a wheel or from a checkout, in an environment of its own.

Dependencies are taken from the environment of the tests, so nothing is downloaded.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted(path.stem for path in (ROOT / "profiles").glob("*.yaml"))
SOURCES = ("clipperf", "profiles", "setup.cfg", "setup.py", "README.md", "LICENSE")


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Standard output of a command; its standard error where it fails."""
    # PYTHONPATH would offer the checkout, __PYVENV_LAUNCHER__ another interpreter.
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "__PYVENV_LAUNCHER__")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{command}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of what packaging reads: a build leaves files beside its sources."""
    copy = tmp_path / "sources"
    copy.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """A fresh virtual environment that sees this one's packages, but not this one's clipperf first."""
    home = tmp_path / "environment"
    run(sys.executable, "-m", "venv", "--without-pip", home, cwd=tmp_path)
    own = sysconfig.get_path("purelib", "venv", {"base": str(home), "platbase": str(home)})
    # A path in a .pth file comes after the environment's own packages, and .pth files in that path are not read, so
    # that a clipperf installed there for development stays unseen.
    Path(own, "packages_of_the_tests.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin"


def install(bin_folder: Path, *what: str | Path) -> None:
    """Installs with this environment's pip into the other one."""
    pip = (sys.executable, "-m", "pip", "--python", bin_folder / "python", "install", "--quiet")
    flags = ("--no-deps", "--no-index", "--no-build-isolation", "--ignore-installed")
    run(*pip, *flags, *what, cwd=bin_folder.parent)


def works(bin_folder: Path, home: Path, tmp_path: Path) -> None:
    """The command runs, its code lies in ``home``, it finds its profiles, and so do its workers, from anywhere."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    clipperf, environment = bin_folder / "clipperf", {"CLIPPERF_CACHE": str(tmp_path / "cache")}

    said = run(bin_folder / "python", "-c", "import clipperf; print(clipperf.__file__)", cwd=elsewhere)
    assert Path(said.strip()).resolve().is_relative_to(home.resolve())

    found = "from clipperf.profile import shipped_profiles; print(*shipped_profiles())"
    assert run(bin_folder / "python", "-c", found, cwd=elsewhere).split() == SHIPPED
    listed = run(clipperf, "sweep", "--profile", "smoke", "--list", "--format", "csv", cwd=elsewhere, **environment)
    assert len(listed.splitlines()) == 1 + 3
    assert list(elsewhere.iterdir()) == [], "--list leaves nothing behind"

    null = ("--runner", "null", "--iterations", "100", "--warmup", "1", "--format", "csv", "--out", "run")
    table = run(clipperf, "sweep", *null, cwd=elsewhere, **environment)
    assert ",ok," in table
    assert (elsewhere / "run" / "results.csv").is_file()


def test_a_wheel_holds_all_of_the_package_and_works(sources: Path, bin_folder: Path, tmp_path: Path):
    build = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation")
    run(*build, "--wheel-dir", tmp_path / "wheels", sources, cwd=tmp_path)
    (wheel,) = (tmp_path / "wheels").glob("clipperf-*.whl")

    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    files = [path.relative_to(sources) for path in (sources / "clipperf").rglob("*") if path.is_file()]
    code = {path.as_posix() for path in files}
    assert names == code | {f"clipperf/profiles/{name}.yaml" for name in SHIPPED}
    assert any(name.endswith("/LICENSE") for name in zipfile.ZipFile(wheel).namelist())

    install(bin_folder, wheel)
    works(bin_folder, bin_folder.parent, tmp_path)


def test_an_editable_install_works_on_the_checkout_itself(sources: Path, bin_folder: Path, tmp_path: Path):
    install(bin_folder, "--editable", sources)
    works(bin_folder, sources, tmp_path)
    profile = sources / "profiles" / "mine.yaml"
    profile.write_text("runner: 'null'\n")
    run(bin_folder / "clipperf", "sweep", "--profile", "mine", "--list", cwd=tmp_path)


def test_every_dependency_has_a_lower_bound():
    setup = ConfigParser()
    setup.read(ROOT / "setup.cfg")
    dependencies = setup["options"]["install_requires"].split("\n")[1:]
    assert dependencies
    assert [line for line in dependencies if " >= " not in line] == []
