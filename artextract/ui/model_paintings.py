"""The paintings of the model: their pictures, if a collection has them, and their labels."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import pandas as pd
import streamlit as st

from artextract.collection import Collection
from artextract.errors import CollectionError
from artextract.sources.names import person_from_slug, repair_letters
from artextract.sources.wikiart import title_of
from artextract.ui import galleries
from artextract.ui.server.urls import thumbnails_url

_COPY = re.compile(r"\(\d+\)$")


def wikiart_page(file: str) -> str | None:
    """The address of a painting at WikiArt, from its file name; None if the file name has no title."""
    painter, _, title = PurePosixPath(file).stem.partition("_")
    if not title or title_of(file) is None:
        return None
    return f"https://www.wikiart.org/en/{painter}/{_COPY.sub('', title)}"


@dataclass(frozen=True)
class PaintingPictures:
    """The pictures of the model's paintings in a collection."""

    collection: str
    works: dict[str, tuple[str, str]]  # `file` of a painting → its work's id and thumbnail address


def pictures_in(collections: Iterable[Collection]) -> PaintingPictures | None:
    """The pictures of the collection with most of the model's paintings; None if no collection has any."""
    every = [_pictures(collection.name, collection.version(), str(collection.root)) for collection in collections]
    most = max(every, key=lambda pictures: len(pictures.works), default=None)
    return most if most is not None and most.works else None


@st.cache_resource(show_spinner=False, max_entries=16)
def _pictures(name: str, version: str, root: str) -> PaintingPictures:
    """`version` and `root` are in the key because the works, or the cache folder, may change."""
    try:
        works = Collection.open(name).works()
    except CollectionError:  # Collections shows the error
        return PaintingPictures(name, {})
    bundle = galleries.bundle()
    files = {*bundle.validation["file"], *bundle.training["file"]}
    by_file = {
        repair_letters(work): (work, f"{thumbnails_url(name)}{sha256}.jpg")
        for work, sha256 in zip(works["id"], works["image_sha256"], strict=True)
    }
    return PaintingPictures(name, {file: by_file[file] for file in files & by_file.keys()})


def label_of(painting: Mapping[str, object]) -> str:
    """ "Title — Artist, year" of a row of `Bundle.training`."""
    title = "Untitled" if pd.isna(painting["title"]) else str(painting["title"])  # type: ignore[call-overload]
    known = [painting[name] for name in ("painter", "year") if not pd.isna(painting[name])]  # type: ignore[call-overload]
    made = ", ".join(person_from_slug(value) if isinstance(value, str) else str(value) for value in known)
    return f"{title} — {made}" if made else title
