"""A search box and a list that pick one work of a gallery."""

import numpy as np
import streamlit as st

from artextract.similarity.filters import Filters
from artextract.ui import address
from artextract.ui.galleries import Gallery
from artextract.ui.gallery_picker import chosen_row

MATCHES = 50  # Most works that the list offers


def choose_work(gallery: Gallery, parameter: str, label: str) -> str | None:
    """A search box and a list of the matching works; the id of the chosen work, kept as `parameter` of the address."""
    works = gallery.works
    asked = address.get(parameter)
    text = st.text_input(f"{label}: search title or artist", key=f"_find_{parameter}", icon=":material/search:")
    matching = np.flatnonzero(gallery.searcher.allowed(Filters(text=text)))[:MATCHES].tolist()
    ids = [str(works["id"].iloc[row]) for row in matching]
    labels = {work: gallery.labels[row] for work, row in zip(ids, matching, strict=True)}
    known = gallery.find(asked) if parameter != "work" else chosen_row(gallery)
    if known is not None and asked not in labels:
        ids.insert(0, asked)
        labels[asked] = gallery.labels[known]
    if not matching:
        st.info("No work matches.")
    if not ids:
        return None
    address.control(
        st.selectbox,
        label,
        ids,
        name=parameter,
        clears=("box",),
        value=asked if asked in ids else None,
        index=None,
        format_func=labels.__getitem__,
        placeholder="Choose a work",
    )
    return asked if known is not None else None
