"""Pasting pictures: Streamlit's uploader takes files that are dropped or chosen, not pasted."""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st


def accept_pasted(key: str) -> None:
    """Give pictures pasted on this screen to its file uploader."""
    _component()(key=key, height=0)


@cache
def _component() -> Any:
    script = Path(__file__).parent / "paste.js"
    return st.components.v2.component(
        "paste_pictures", html="<span></span>", js=script.read_text(encoding="utf-8")
    )
