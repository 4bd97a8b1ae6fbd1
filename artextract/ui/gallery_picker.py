"""The open collection, embedding and work, chosen in the sidebar and the address."""

from functools import partial

import streamlit as st

from artextract import settings
from artextract.collection import Collection, Survey
from artextract.errors import ArtExtractError
from artextract.sources.demo import DEMO_NAME
from artextract.ui import address, galleries
from artextract.ui.galleries import Gallery
from artextract.ui.jobs.panel import job_button
from artextract.ui.jobs.start import start_index, start_preparing, start_scores
from artextract.ui.navigation import COLLECTIONS, link_to
from artextract.ui.work_text import said
from artextract.vision.backbones import DEFAULT_BACKBONE, find_backbone
from artextract.vision.embedding import embedded_by


def pick_gallery(survey: Survey) -> Gallery | None:
    """Open the chosen gallery. None, after a message, if it can't be opened."""
    collection = choose_collection(survey)
    if collection is None:
        st.info("No collection yet.", icon=":material/collections_bookmark:")
        if not settings.public():
            st.page_link(COLLECTIONS.path, label="Create or add a collection", icon=COLLECTIONS.icon)
        return None
    backbone = choose_backbone(collection)
    try:
        gallery = galleries.open_gallery(collection.name, backbone)
    except ArtExtractError as error:
        st.warning(said(error), icon=":material/warning:")
        if not settings.public():
            link_to(COLLECTIONS, "Go to Collections", COLLECTIONS.icon)
        return None
    start_index(gallery)
    start_scores(gallery)
    return gallery


def choose_collection(survey: Survey) -> Collection | None:
    """A choice of the collection, in the sidebar; None without collections."""
    names = [collection.name for collection in survey.collections]
    if not names:
        return None
    asked = address.get("collection")
    if asked and asked not in names:
        reason = survey.damaged.get(asked, f"The collection {asked} does not exist.")
        st.warning(f"{said(reason)} Another collection is shown.", icon=":material/warning:")
    default = DEMO_NAME if DEMO_NAME in names else names[0]
    titles = {collection.name: collection.about.title for collection in survey.collections}
    with st.sidebar:
        name = address.choice(
            st.selectbox,
            "Collection",
            names,
            name="collection",
            default=default,
            clears=[parameter for parameter in st.query_params if parameter != "collection"],
            format_func=lambda n: titles[n] if titles[n] == n else f"{n} · {titles[n]}",
        )
    address.put(collection=name)
    return next(collection for collection in survey.collections if collection.name == name)


def choose_backbone(collection: Collection) -> str:
    """A choice of the embedding, in the sidebar."""
    names = embedded_by(collection)
    if not names:
        return DEFAULT_BACKBONE
    chosen = names[0]
    with st.sidebar:
        if len(names) > 1:
            asked = address.get("backbone")
            chosen = address.choice(
                st.selectbox,
                "Embedding",
                names,
                name="backbone",
                default=names[0],
                help=about_backbone(asked if asked in names else names[0]),
            )
        if DEFAULT_BACKBONE not in names:
            offer_better_embedding(collection)
    address.put(backbone=None if chosen == names[0] else chosen)
    return chosen


def about_backbone(name: str) -> str:
    """What a backbone describes, and the licence of its weights."""
    backbone = find_backbone(name)
    sentence = f"`{name}` describes {backbone.describes}. Licence of its weights: {backbone.licence}."
    if backbone.repository and backbone.package is None:
        sentence += " They are downloaded when they are first used."
    return sentence


def offer_better_embedding(collection: Collection) -> None:
    """Offer to compute the default embedding; not on a public server."""
    if settings.public():
        return
    st.caption(f"A better embedding for paintings is available. {about_backbone(DEFAULT_BACKBONE)}")
    start, key = partial(start_preparing, collection, DEFAULT_BACKBONE), f"_better_{collection.name}"
    job_button("Compute this embedding and its map", start, key=key, icon=":material/upgrade:")


def chosen_row(gallery: Gallery) -> int | None:
    """The row of the work that the address names, which Compare begins with; None without one."""
    if (row := gallery.find(address.get("work"))) is not None:
        st.session_state["_opened"] = address.get("work")
    return row
