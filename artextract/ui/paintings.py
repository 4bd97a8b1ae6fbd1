"""Training paintings on a screen: as cards where a collection here has them, else as a table."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from artextract.collection import survey
from artextract.sources.words import person_from_slug
from artextract.ui import frame
from artextract.ui.picture_grid import Card, ScoreCell, picture_grid
from artextract.ui.report_paintings import pictures_in, wikiart_page


def show(rows: pd.DataFrame) -> None:
    """Training paintings with their likeness.

    Args:
        rows: of `Bundle.training`, with a column `cosine`.
    """
    pictures = pictures_in(survey().collections)
    if pictures is not None and rows["file"].isin(list(pictures.works)).all():
        cards = [
            Card(
                id=pictures.works[str(told["file"])][0],
                picture_url=pictures.works[str(told["file"])][1],
                title=label_of({str(key): value for key, value in told.items()}),
                subtitle=str(told["style"]),
                scores=(ScoreCell("Cosine", f"{told['cosine']:.3f}", True, _MEANING),),
            )
            for told in rows.to_dict("records")
        ]
        name = pictures.collection
        picture_grid(key="near", cards=cards, on_open=lambda work: _open(name, work))
        return
    table = pd.DataFrame(
        {
            "Painting": [
                label_of({str(key): value for key, value in told.items()})
                for told in rows.to_dict("records")
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


_MEANING = "Between what the tuned backbone sees in both: -1 to 1, higher is closer."


def label_of(told: Mapping[str, object]) -> str:
    """ "Title — Artist, year" of a row of `Bundle.training`."""
    title = "Untitled" if pd.isna(told["title"]) else str(told["title"])  # type: ignore[call-overload]
    year = "" if pd.isna(told["year"]) else f", {told['year']}"  # type: ignore[call-overload]
    return f"{title} — {person_from_slug(str(told['painter']))}{year}"


def _open(collection: str, work: str) -> None:
    st.session_state["_open_in_explore"] = (collection, work)


def go_on() -> None:
    """Open the painting that was pressed. Call it before anything is drawn."""
    if pressed := st.session_state.pop("_open_in_explore", None):
        collection, work = pressed
        st.switch_page(frame.EXPLORE.path, query_params={"collection": collection, "work": work})
