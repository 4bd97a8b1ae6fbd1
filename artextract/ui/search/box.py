"""The search box: words, or a picture."""

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from artextract.text.query_words import LONGEST_QUERY
from artextract.ui import address
from artextract.ui.search.picture import choose_picture

HINT = "Title, artist, number, or what to look for"


def search_box() -> tuple[str, UploadedFile | None]:
    """The words, which the address keeps, and the picture that a person searches with; "" and None without."""
    with st.container(key="search", horizontal=True, vertical_alignment="center"):
        address.control(
            st.text_input,
            "Search",
            name="words",
            value=address.get("words"),
            max_chars=LONGEST_QUERY,
            icon=":material/search:",
            placeholder=HINT,
            label_visibility="collapsed",
        )
        picture = choose_picture("Search by a picture", label_visibility="collapsed")
    return address.get("words"), picture
