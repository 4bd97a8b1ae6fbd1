"""Registration of components with their own scripts and styles."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

ELEMENT = Path(__file__).parent / "element.js"  # A script with functions that create elements. List it first.


@cache
def component(name: str, html: str, *files: Path) -> Any:
    """A component, registered once: the return value of `st.components.v2.component`.

    `html` is its initial content. Scripts (`.js`) and styles (`.css`) are joined in the order of `files`. The styles
    are not isolated, because they also style tooltips on the document's body.
    """
    return st.components.v2.component(
        name, html=html, css=bundle(".css", files), js=bundle(".js", files), isolate_styles=False
    )


def bundle(suffix: str, files: Iterable[Path]) -> str | None:
    """The texts of the files with a suffix, joined; None if no file has it."""
    return "".join(file.read_text(encoding="utf-8") for file in files if file.suffix == suffix) or None
