"""Help is read by people: every page of it is kept as it is printed, so that a change of it is seen and meant."""

from __future__ import annotations

import pytest
from commands import clipperf
from help_pages import FOLDER, WIDTH, names, page, path_of

AGAIN = "run python tests/docs/regenerate.py and look at what changes"


@pytest.mark.parametrize("name", list(names()), ids=lambda name: " ".join(name) or "clipperf")
def test_help_is_printed_as_it_is_kept(name: tuple[str, ...]):
    assert page(name) == path_of(name).read_text(encoding="utf-8"), AGAIN


def test_no_page_is_kept_of_a_verb_that_is_gone():
    assert {path_of(name) for name in names()} == set(FOLDER.iterdir()), AGAIN


def test_a_page_is_what_the_program_prints():
    assert clipperf("--help", env={"COLUMNS": str(WIDTH)}).stdout == page(())


@pytest.mark.parametrize("name", list(names()), ids=lambda name: " ".join(name) or "clipperf")
def test_a_page_fits_its_width_and_begins_with_its_usage(name: tuple[str, ...]):
    lines = page(name).splitlines()
    assert max(map(len, lines)) <= WIDTH
    assert lines[0].startswith(" ".join(("Usage: clipperf", *name)))
