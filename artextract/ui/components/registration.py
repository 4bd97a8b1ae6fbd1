"""Components of our own in the browser: how they are registered."""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

ELEMENT = Path(__file__).parent / "element.js"
"""A script to stand before those that make elements."""


@cache
def component(name: str, html: str, *files: Path) -> Any:
    """A component, registered once: what `st.components.v2.component` gives.

    Its styles stand in the page like all others, since what is shared between components, as the
    theme and what hangs on the document's body, is styled once.

    Args:
        name: it is known by.
        html: what it begins with.
        files: of scripts (`.js`) and styles (`.css`); those of a kind become one, in this order.
    """

    def text(kind: str) -> str | None:
        texts = [one.read_text(encoding="utf-8") for one in files if one.suffix == kind]
        return "".join(texts) or None

    return st.components.v2.component(name, html=html, css=text(".css"), js=text(".js"), isolate_styles=False)
