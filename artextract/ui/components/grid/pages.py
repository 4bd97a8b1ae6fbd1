"""Pages of many works."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from artextract.ui import address

PAGE = 60  # Pictures per page


def choose_page(rows: np.ndarray | Sequence[int], name: str = "page") -> list[int]:
    """The rows of the page in the address (parameter `name`); draws the choice if there are several pages."""
    pages = -(-len(rows) // PAGE)
    page = address.get_number(name, pages)
    if pages > 1:
        key = f"_{name}_{pages}"  # another number of pages needs another widget
        address.set_widget(key, page)
        st.number_input(
            f"Page of {pages}",
            1,
            pages,
            key=key,
            width=140,
            on_change=lambda: address.put(**{name: int(st.session_state[key])}),
        )
    return [int(row) for row in rows[(page - 1) * PAGE : page * PAGE]]
