"""The training paintings, and the works of the open collection, that are most similar to the picture."""

from functools import partial

import streamlit as st

from artextract.collection import survey
from artextract.similarity.filters import NO_FILTERS
from artextract.similarity.ranking import Ranking
from artextract.ui import address, layout, navigation
from artextract.ui.components.grid.component import Card, picture_grid
from artextract.ui.galleries import Gallery
from artextract.ui.model_paintings import label_of, pictures_in
from artextract.ui.ranking_panel import picture_ranking, show_ranking, work_ranking
from artextract.ui.reading import cached
from artextract.ui.reading.cached import ReadPicture
from artextract.ui.search.results import say_if_in_collection


def show_training_paintings(picture: ReadPicture, gallery: Gallery | None) -> None:
    """The nearest training paintings that a collection has pictures of; nothing if that is the open one.

    Its similar works are shown then: nearly the same paintings.
    """
    pictures = pictures_in(survey().collections)
    if pictures is None or (gallery is not None and gallery.collection.name == pictures.collection):
        return
    rows = cached.nearest_training(picture, pictures.works)
    if not rows:
        return
    st.subheader("Nearest training paintings")
    st.caption("Paintings that the model has learned from, those that look most like this picture to it first.")
    name, works = pictures.collection, pictures.works
    picture_grid(
        key="near",
        cards=[
            Card(
                id=works[str(row["file"])][0],
                picture_url=works[str(row["file"])][1],
                title=label_of(row),
                subtitle=str(row["style"]),
                work=(name, works[str(row["file"])][0]),
            )
            for row in rows
        ],
        on_open=partial(navigation.open_in_explore, collection=name),
    )


def show_similar_works(gallery: Gallery, name: str, content: bytes, is_work: bool) -> None:
    """The works of the open collection that are most similar to the picture, which may be one of them."""
    st.subheader(f"Similar works in {gallery.collection.name}")
    with layout.errors_as_sentences():
        row = gallery.searcher.row_of(name) if is_work else None
        if row is not None:
            ranking: Ranking | None = work_ranking(gallery, row)
        else:
            say_if_in_collection(gallery, content)
            ranking = picture_ranking(gallery, content, name)
        show_ranking(
            gallery,
            ranking,
            10,
            NO_FILTERS,
            key="read_similar",
            on_open=lambda work: address.put(work=work),
            query_row=row,
        )
