"""A link in the browser, to be copied by one press."""

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st


def show_link(link: str, name: str, key: str) -> None:
    """The link with a button that copies it.

    Args:
        link: the address.
        name: what it is, such as "Reading link".
        key: the component's key.
    """
    _component()(key=key, data={"link": link, "name": name})


@cache
def _component() -> Any:
    here = Path(__file__).parent
    return st.components.v2.component(
        "link_to_copy",
        html='<div class="ax-link"><input type="text" readonly><button type="button"></button>'
        '<p role="status"></p></div>',
        css=(here / "link.css").read_text(encoding="utf-8"),
        js=(here / "link.js").read_text(encoding="utf-8"),
        isolate_styles=False,
    )
