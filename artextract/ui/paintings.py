"""The model's own paintings: as cards where a collection here has them, else as a table."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import pandas as pd
import streamlit as st

from artextract.collection import Collection, survey
from artextract.errors import CollectionError
from artextract.sources.names_and_years import person_from_slug, repair_letters
from artextract.sources.wikiart import title_of
from artextract.ui import frame, galleries
from artextract.ui.picture_grid import Card, ScoreCell, picture_grid
from artextract.ui.server import thumbnails_url

_COPY = re.compile(r"\(\d+\)$")


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


def wikiart_page(file: str) -> str | None:
    """A painting's page at WikiArt, which forms addresses as its files are named.

    None for an untitled painting: its file's name is not WikiArt's.
    """
    painter, _, title = PurePosixPath(file).stem.partition("_")
    if not title or title_of(file) is None:
        return None
    return f"https://www.wikiart.org/en/{painter}/{_COPY.sub('', title)}"


@dataclass(frozen=True)
class Pictures:
    """The collection that holds paintings of the model's."""

    collection: str
    works: dict[str, tuple[str, str]]
    """`file` of a painting → the id of its work, and its thumbnail's address."""


def pictures_in(collections: Iterable[Collection]) -> Pictures | None:
    """The collection that holds most of the model's paintings; None if none holds any."""
    found = [_pictures(one.name, one.version(), str(one.root)) for one in collections]
    most = max(found, key=lambda pictures: len(pictures.works), default=None)
    return most if most is not None and most.works else None


@st.cache_resource(show_spinner=False, max_entries=16)
def _pictures(name: str, version: str, root: str) -> Pictures:
    """`version` and `root` are in the key since the works, or the cache folder, may change."""
    try:
        works = Collection.open(name).works()
    except CollectionError:  # the screens of the collection itself say so
        return Pictures(name, {})
    bundle = galleries.bundle()
    ours = {*bundle.validation["file"], *bundle.training["file"]}
    held = {
        repair_letters(work): (work, f"{thumbnails_url(name)}{sha256}.jpg")
        for work, sha256 in zip(works["id"], works["image_sha256"], strict=True)
    }
    return Pictures(name, {file: held[file] for file in ours & held.keys()})


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
