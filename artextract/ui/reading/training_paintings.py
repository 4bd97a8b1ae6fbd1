"""The training paintings nearest to a picture."""

import pandas as pd
import streamlit as st

from artextract.collection import survey
from artextract.ui import navigation
from artextract.ui.grid.component import Card, Score, picture_grid
from artextract.ui.model_paintings import label_of, pictures_in, wikiart_page

_MEANING = "Between what the tuned backbone sees in both: -1 to 1, higher is closer."


def show_paintings(rows: pd.DataFrame) -> None:
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
            )
            for painting in rows.to_dict("records")
        ]
        name = pictures.collection
        picture_grid(
            key="near", cards=cards, scores=[Score("Cosine", True, _MEANING)],
            on_open=lambda work: navigation.switch_to(
                navigation.EXPLORE, collection=name, work=work
            ),
        )  # fmt: skip
        return
    table = pd.DataFrame(
        {
            "Painting": [
                label_of({str(key): value for key, value in painting.items()})
                for painting in rows.to_dict("records")
            ],
            "Style": rows["style"],
            "Genre": rows["genre"].fillna(""),
            "Cosine ↑": rows["cosine"],
            "WikiArt": rows["file"].map(wikiart_page),
        }
    )
    st.dataframe(
        table, hide_index=True,
        column_config={
            "Cosine ↑": st.column_config.NumberColumn(format="%.3f", help=_MEANING),
            "WikiArt": st.column_config.LinkColumn(display_text="Look at it"),
        },
    )  # fmt: skip
