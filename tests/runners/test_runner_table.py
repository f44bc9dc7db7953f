"""Finding a runner by its name, or by the dotted path of a class outside the package."""

from __future__ import annotations

import subprocess
import sys

import pytest

from clipperf.errors import RunnerUnavailable, UsageError
from clipperf.runners import TABLE, load_runner


@pytest.fixture(autouse=True)
def standins_here(monkeypatch: pytest.MonkeyPatch, standins):
    """In this process too."""
    from tests.conftest import STANDINS

    monkeypatch.syspath_prepend(str(STANDINS))


@pytest.mark.parametrize("name", TABLE)
def test_every_name_of_the_table_leads_to_its_class(name: str):
    assert f"{type(load_runner(name)).__module__}:{type(load_runner(name)).__name__}" == TABLE[name]


def test_a_class_outside_the_package_is_reached_by_its_dotted_path():
    assert type(load_runner("stand_in_runners:Quiet")).__name__ == "Quiet"


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(UsageError, match=f"--runner onyx: there is no such runner; take one of {', '.join(TABLE)}, or"):
        load_runner("onyx")


@pytest.mark.parametrize("name", ["no_such_module:Class", "stand_in_runners:NoSuchClass", "stand_in_runners:"])
def test_a_dotted_path_that_leads_nowhere_is_refused_with_what_to_check(name: str):
    with pytest.raises(RunnerUnavailable, match=rf"--runner {name}: .*PYTHONPATH"):
        load_runner(name)


def test_asking_for_one_runner_imports_no_other():
    code = "import sys; from clipperf.runners import load_runner; load_runner('null'); print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", code], text=True).split()
    assert "clipperf.runners.null" in loaded
    assert not {"clipperf.runners.onnxruntime", "clipperf.runners.simulated"} & set(loaded)
