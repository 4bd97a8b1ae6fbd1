"""The model's own paintings: which collection here has their pictures, and what they are called."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import pandas as pd
import streamlit as st

from artextract.collection import Collection
from artextract.errors import CollectionError
from artextract.sources.names_and_years import person_from_slug, repair_letters
from artextract.sources.wikiart import title_of
from artextract.ui import galleries
from artextract.ui.server.urls import thumbnails_url

_COPY = re.compile(r"\(\d+\)$")


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


def label_of(painting: Mapping[str, object]) -> str:
    """ "Title — Artist, year" of a row of `Bundle.training`."""
    title = "Untitled" if pd.isna(painting["title"]) else str(painting["title"])  # type: ignore[call-overload]
    known = [painting[name] for name in ("painter", "year") if not pd.isna(painting[name])]  # type: ignore[call-overload]
    made = ", ".join(person_from_slug(one) if isinstance(one, str) else str(one) for one in known)
    return f"{title} — {made}" if made else title
