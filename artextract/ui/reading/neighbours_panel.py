"""The training paintings, and the works of the open collection, that are most similar to the picture."""

from collections.abc import Mapping, Sequence
from functools import partial

import pandas as pd
import streamlit as st

from artextract.attributes.certainty.ood_score import NearPainting
from artextract.collection import survey
from artextract.similarity.filters import NO_FILTERS
from artextract.similarity.ranking import Ranking
from artextract.ui import address, layout, navigation
from artextract.ui.components.grid.component import Card, Score, picture_grid
from artextract.ui.galleries import Gallery
from artextract.ui.model_paintings import label_of, pictures_in, wikiart_page
from artextract.ui.ranking_panel import picture_ranking, show_ranking, work_ranking
from artextract.ui.reading import cached
from artextract.ui.reading.cached import ReadPicture

_MEANING = "Cosine similarity of the features from the tuned backbone: −1 to 1, higher is closer."


def show_training_paintings(picture: ReadPicture) -> None:
    """The training paintings nearest to the picture: as pictures if a collection has them all, or as a table."""
    st.subheader("Nearest training paintings")
    st.caption("Training paintings whose features are most similar to those of this picture.")
    nearest = cached.nearest_training(picture)
    pictures = pictures_in(survey().collections)
    if pictures is None or not all(row["file"] in pictures.works for _, row in nearest):
        _show_table(nearest)
        return
    name, works = pictures.collection, pictures.works
    picture_grid(
        key="near",
        cards=[
            Card(
                id=works[str(row["file"])][0],
                picture_url=works[str(row["file"])][1],
                title=label_of(row),
                subtitle=str(row["style"]),
                scores=(f"{near.cosine:.3f}",),
                work=(name, works[str(row["file"])][0]),
            )
            for near, row in nearest
        ],
        scores=[Score("Cosine", True, _MEANING)],
        on_open=partial(navigation.open_in_explore, collection=name),
    )


def _show_table(nearest: Sequence[tuple[NearPainting, Mapping[str, object]]]) -> None:
    rows = [
        {
            "Painting": label_of(row),
            "Style": row["style"],
            "Genre": "" if pd.isna(row["genre"]) else row["genre"],  # type: ignore[call-overload]
            "Cosine ↑": near.cosine,
            "WikiArt": wikiart_page(str(row["file"])),
        }
        for near, row in nearest
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config={
            "Cosine ↑": st.column_config.NumberColumn(format="%.3f", help=_MEANING),
            "WikiArt": st.column_config.LinkColumn(display_text="Open"),
        },
    )


def show_similar_works(gallery: Gallery, name: str, content: bytes, is_work: bool) -> None:
    """The works of the open collection that are most similar to the picture, which may be one of them."""
    st.subheader(f"Similar works in {gallery.collection.name}")
    with layout.errors_as_sentences():
        if is_work:
            ranking: Ranking | None = work_ranking(gallery, gallery.searcher.row_of(name))
        else:  # the picture itself comes first if the collection has it
            ranking = picture_ranking(gallery, content, name)
        show_ranking(gallery, ranking, 10, NO_FILTERS, key="read_similar", on_open=lambda work: address.put(work=work))
