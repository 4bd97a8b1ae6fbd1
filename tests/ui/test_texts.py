"""Texts that are not ours: no screen reads them as Markdown."""

import html
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from artextract.collection import Collection
from artextract.ui.navigation import SCREENS
from artextract.ui.work_text import escaped, said
from tests.ui.test_screens import as_read, markdown_of, screen

HOSTILE = (
    "![](http://evil.example/p.png) **Your session has ended:** [sign in](http://evil.example/) <b>now</b> :red[x]"
)
PARAMETERS = (
    *("collection", "backbone", "work", "words", "q", "colour", "map", "criterion", "view", "from_work", "to_work"),
    *("shared", "by", "attribute", "is", "called", "report", "relevance", "style", "from", "page", "nth", "other"),
)
AUTOLINKS = re.compile(r"(https?://|www\.)[-.\w]+|[-.\w+]+@[-\w]+(\.[-\w]+)+", re.IGNORECASE)
"""What Streamlit makes links of (mdast-util-gfm-autolink-literal), after it has removed backslashes."""
MARKDOWN = st.text("*_`#[]()!<>&;:/\\\\~$|-+=.1 \n\t@wWahttpsx\u2060", max_size=30)


@given(MARKDOWN | st.text(max_size=30))
@example("# a")
@example("1. a")
@example("a\n===")
@example("    code")
@example("&lt;b&gt;")
@example("<script>alert(1)</script>")
def test_markdown_shows_a_text_as_it_is(text: str) -> None:
    text = text.replace("\u2060", "")
    if shown := " ".join(text.replace("\0", "\ufffd").split()):
        drawn = MarkdownIt().render(escaped(text, "")).replace("\u2060", "")
        assert html.unescape(drawn) == f"<p>{shown}</p>\n"


@given(MARKDOWN)
@example("see http://evil.example/ or www.evil.example, HTTPS://EVIL.EXAMPLE, a@evil.example")
@example("http://http://a.b www.www.a")
def test_no_address_becomes_a_link(text: str) -> None:
    assert not AUTOLINKS.search(re.sub(r"\\(.)", r"\1", escaped(text, "")))


@pytest.mark.parametrize("name", [Path(line.path).stem.partition("_")[2] for line in SCREENS])
def test_an_address_says_nothing_in_our_name(ready: Collection, name: str) -> None:
    for parameters in (PARAMETERS[:1], PARAMETERS[1:]):
        for sent in markdown_of(screen(name, **dict.fromkeys(parameters, HOSTILE))):
            plain = re.sub(r"\\.", "", sent)
            assert not re.search(r"!\[|\]\(http|\*\*Your|<b>|:red", plain), sent
            assert not AUTOLINKS.search(re.sub(r"\\(.)", r"\1", sent)), sent


def test_a_person_reads_what_was_written(ready: Collection) -> None:
    assert as_read(said("No work is called a_b*c (http://x.org): check it.")) == (
        "No work is called a_b*c (http://x.org): check it."
    )
    assert f"The collection {HOSTILE} does not exist." in "\n".join(
        map(as_read, markdown_of(screen("explore", collection=HOSTILE)))
    )


def test_a_sentence_gets_on_a_screen_in_one_way() -> None:
    root = Path(__file__).parents[2]
    files = [*(root / "artextract" / "ui").rglob("*.py"), *(root / "pages").glob("*.py")]
    using = {file.name for file in files if "redact(" in file.read_text(encoding="utf-8")}
    # Where answers are no Markdown, and where a sentence is kept that is escaped later.
    assert using == {"work_text.py", "tray_routes.py", "cached_search.py"}
