"""Texts of museums without their markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artextract.sources.plain_text import plain_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("<i>Study</i> for &quot;Dawn&quot; &amp; dusk", 'Study for "Dawn" & dusk'),
        ("&lt;em&gt;Study&lt;/em&gt; &amp;amp; more", "Study & more"),
        ("one<br/>two<p>three</p>", "one two three"),
        ('<a href="https://example.org">PtrQs</a>', "PtrQs"),
        ("a _real_ title, file_of_names", "a real title, file_of_names"),
        ("<Untitled>, 3 < 4", "<Untitled>, 3 < 4"),
        (" Oil  on\ncanvas ", "Oil on canvas"),
    ],
)
def test_markup_is_removed_and_other_signs_stay(text: str, plain: str) -> None:
    assert plain_text(text) == plain


def test_letters_that_nobody_sees_make_no_second_value() -> None:
    assert plain_text("\u200bOil on\u00a0can\u00advas\ufeff") == "Oil on canvas"


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"))))
def test_plain_text_is_on_one_line_and_at_rest(text: str) -> None:
    once = plain_text(text)
    assert "\n" not in once
    assert once == " ".join(once.split())
