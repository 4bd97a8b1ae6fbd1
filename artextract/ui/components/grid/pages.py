"""Many works, a page at a time."""

import numpy as np
import streamlit as st

PAGE = 60
"""Pictures shown at a time."""


def choose_page(rows: np.ndarray, key: str) -> list[int]:
    """The rows of the chosen page; where there is more than one, draws the choice."""
    pages = -(-len(rows) // PAGE)
    page = 1
    if pages > 1:  # the key names the count: a page of a larger choice may be beyond a smaller's
        page = int(st.number_input(f"Page of {pages}", 1, pages, key=f"{key}_{pages}", width=140))
    return rows[(page - 1) * PAGE : page * PAGE].tolist()
