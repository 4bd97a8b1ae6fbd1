"""What the picture is like: training paintings, and works of the open collection."""

import pandas as pd
import streamlit as st

from artextract.collection import survey
from artextract.similarity.filters import Filters
from artextract.ui import address, cached_search, layout, navigation
from artextract.ui.components.grid.cards import NEIGHBOUR_SCORES, neighbour_cards
from artextract.ui.components.grid.component import Card, Score, picture_grid
from artextract.ui.galleries import Gallery
from artextract.ui.model_paintings import label_of, pictures_in, wikiart_page
from artextract.ui.reading import cached
from artextract.ui.reading.cached import Read

_MEANING = "Between what the tuned backbone sees in both: -1 to 1, higher is closer."


def show_training_paintings(read: Read) -> None:
    """The training paintings nearest to the picture."""
    st.subheader("Nearest training paintings")
    st.caption("What the model learnt from that looks most like this to it, by cosine.")
    nearest = cached.nearest_training(read)
    _show_paintings(pd.DataFrame([row | {"cosine": near.cosine} for near, row in nearest]))


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


def _show_paintings(rows: pd.DataFrame) -> None:
    """Training paintings with their likeness.

    Args:
        rows: of `Bundle.training`, with a column `cosine`.
    """
    pictures = pictures_in(survey().collections)
    if pictures is not None and rows["file"].isin(list(pictures.works)).all():
        cards = [
            Card(
                id=pictures.works[str(painting["file"])][0],
                picture_url=pictures.works[str(painting["file"])][1],
                title=label_of({str(key): value for key, value in painting.items()}),
                subtitle=str(painting["style"]),
                scores=(f"{painting['cosine']:.3f}",),
                work=(pictures.collection, pictures.works[str(painting["file"])][0]),
            )
            for painting in rows.to_dict("records")
        ]
        name = pictures.collection
        picture_grid(
            key="near",
            cards=cards,
            scores=[Score("Cosine", True, _MEANING)],
            on_open=lambda work: navigation.switch_to(navigation.EXPLORE, collection=name, work=work),
        )
        return
    table = pd.DataFrame({
        "Painting": [
            label_of({str(key): value for key, value in painting.items()}) for painting in rows.to_dict("records")
        ],
        "Style": rows["style"],
        "Genre": rows["genre"].fillna(""),
        "Cosine ↑": rows["cosine"],
        "WikiArt": rows["file"].map(wikiart_page),
    })
    st.dataframe(
        table,
        hide_index=True,
        column_config={
            "Cosine ↑": st.column_config.NumberColumn(format="%.3f", help=_MEANING),
            "WikiArt": st.column_config.LinkColumn(display_text="Look at it"),
        },
    )
