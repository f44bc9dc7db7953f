from hypothesis import given
from hypothesis import strategies as st

from clipperf.results.formulas import defused, restored

_TEXTS = st.text(alphabet="'=+-@\t\r a1")


@given(_TEXTS)
def test_every_text_is_read_back(text):
    assert restored(defused(text)) == text


@given(_TEXTS)
def test_nothing_written_begins_as_a_formula_does(text):
    assert not defused(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_other_texts_stay_as_they_are():
    for text in ("", "vision", "'quoted'", "a=b", "1-2"):
        assert defused(text) == restored(text) == text
