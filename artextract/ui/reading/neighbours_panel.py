"""What the picture is like: training paintings, and works of the open collection."""

import pandas as pd
import streamlit as st

from artextract.similarity.filters import Filters
from artextract.ui import address, cached_search, layout
from artextract.ui.grid.cards import NEIGHBOUR_SCORES, neighbour_cards
from artextract.ui.grid.component import picture_grid
from artextract.ui.opened import Gallery
from artextract.ui.reading import cached
from artextract.ui.reading.cached import Read
from artextract.ui.reading.training_paintings import show_paintings


def show_training_paintings(read: Read) -> None:
    """The training paintings nearest to the picture."""
    st.subheader("Nearest training paintings")
    st.caption("What the model learnt from that looks most like this to it, by cosine.")
    nearest = cached.nearest_training(read)
    show_paintings(pd.DataFrame([row | {"cosine": near.cosine} for near, row in nearest]))


def show_similar_works(gallery: Gallery, name: str, content: bytes, is_work: bool) -> None:
    """The works of the open collection nearest to the picture, which may be one of them."""
    st.subheader(f"Most like it in {gallery.collection.name}")
    with layout.errors_as_sentences():
        if is_work:
            neighbours = cached_search.neighbours_of(gallery, name, 10, Filters())
        else:  # the picture itself comes first where the collection has it
            neighbours = cached_search.neighbours_of_picture(gallery, content, 10, name)
        picture_grid(
            key="read_similar",
            cards=neighbour_cards(gallery, neighbours),
            scores=NEIGHBOUR_SCORES,
            on_open=lambda work: address.put(work=work),
        )
