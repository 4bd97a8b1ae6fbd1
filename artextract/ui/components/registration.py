"""Registration of the components that have scripts and styles of their own."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

ELEMENT = Path(__file__).parent / "element.js"
"""A script for components whose scripts make elements: put it first."""


@cache
def component(name: str, html: str, *files: Path) -> Any:
    """A component, registered once: what `st.components.v2.component` returns.

    Its styles are not isolated: the theme and what hangs on the document's body are styled once.

    Args:
        name: the component's name.
        html: its content at the start.
        files: scripts (`.js`) and styles (`.css`); files of a kind are joined in this order.
    """
    return st.components.v2.component(
        name, html=html, css=bundle(".css", files), js=bundle(".js", files), isolate_styles=False
    )


def bundle(suffix: str, files: Iterable[Path]) -> str | None:
    """The texts of the files with a suffix, joined; None without any."""
    return "".join(file.read_text(encoding="utf-8") for file in files if file.suffix == suffix) or None
