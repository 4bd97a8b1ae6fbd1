"""The map that two sides share, each in its colour."""

import json

import numpy as np
import streamlit as st

from artextract.comparison.compare_subsets import Mapped
from artextract.comparison.subsets import Sides
from artextract.maps.gallery_map import GalleryMap
from artextract.maps.layouts import METHODS
from artextract.ui import navigation
from artextract.ui.compare.differences_cached import METHOD, mapped_of, shared_map
from artextract.ui.compare.differences_choices import COLOURS, Choice
from artextract.ui.components.map.colouring import NOT_RECORDED, Categorical
from artextract.ui.components.map.component import gallery_map
from artextract.ui.components.map.events import MapEvents
from artextract.ui.components.map.view import MapView, steps_of
from artextract.ui.jobs.panel import job_button, show_jobs
from artextract.ui.jobs.start import start_map, start_shared_map
from artextract.ui.server.arrays import publish
from artextract.ui.server.urls import (
    all_thumbnails_url,
    texts_of_two_url,
    texts_url,
    thumbnails_url,
)

HEIGHT = 520
"""Of the map, pixels."""


def show_map(one: Choice, other: Choice, sides: Sides) -> Mapped | None:
    """The shared map; where on it each side lies, None if that can't be had."""
    drawn = shared_map(one, other, sides)
    if drawn is None:
        _offer_map(one, sides)
        return None
    mapped = mapped_of(one, other, drawn)
    view = sides_view(one, other, sides, drawn, mapped)
    gallery_map(view, MapEvents(on_click=lambda row: open_work(sides, row)), key="sides_map", height=HEIGHT)
    return mapped


def open_work(sides: Sides, row: int) -> None:
    """Open the work in a row of the ground in Explore."""
    collection, work = sides.work(row)
    navigation.switch_to(navigation.EXPLORE, collection=collection, work=work)


def sides_view(one: Choice, other: Choice, sides: Sides, drawn: GalleryMap, mapped: Mapped | None) -> MapView:
    """What the map shows: the works of both sides, all others greyed."""
    codes = np.full(len(sides.works), NOT_RECORDED, dtype=np.uint8)
    for code, rows in enumerate(sides.sides):
        codes[rows] = code
    on_a_side = codes != NOT_RECORDED
    counts = [len(rows) for rows in sides.sides]
    galleries = {choice.gallery.collection.name: choice.gallery for choice in (one, other)}
    of_ground = [galleries[part.collection.name] for part in sides.parts]
    first, last = of_ground[0], of_ground[-1]
    revisions = " ".join(f"{of.collection.root} {of.revision}" for of in of_ground)
    of_sides = f"{revisions} {one.filters} {other.filters} {sides.one.collection.name}"
    told = " and ".join(f"{count:,} works of {name}" for count, name in zip(counts, sides.names, strict=True))
    return MapView(
        positions_url=publish(f"positions {revisions} {drawn.key}", lambda: steps_of(drawn.positions)),
        colours_url=publish(f"sides {of_sides}", lambda: codes),
        mask_url=""
        if on_a_side.all()
        else publish(f"on a side {of_sides}", lambda: np.packbits(on_a_side, bitorder="little")),
        selection_url="",
        texts_url=texts_url(first.collection.name, first.backbone, first.revision)
        if first is last
        else texts_of_two_url(
            (first.collection.name, first.revision),
            (last.collection.name, last.revision),
            first.backbone,
        ),
        pictures_url=thumbnails_url(first.collection.name) if first is last else all_thumbnails_url(),
        colouring=Categorical(sides.names, COLOURS, counts, 0),
        revision=f"sides-{drawn.key}",
        title=f"{METHODS[drawn.method].label} map of both sides: {told}",
        status=told,
        regions_url="" if mapped is None else publish(f"places {of_sides} {drawn.key}", lambda: _names(mapped)),
    )


def _names(mapped: Mapped) -> np.ndarray:
    """The regions that hold more of one side as the map takes them: JSON, as bytes.

    All are of one level: they are shown however far one is away.
    """
    content = [
        {
            "level": 0,
            "x": place.region.x,
            "y": place.region.y,
            "size": len(place.rows),
            "name": place.name,
            "figures": place.figures.text,
            "more": [],
        }
        for places in mapped.places
        for place in places
    ]
    return np.frombuffer(json.dumps(content).encode(), np.uint8)


def _offer_map(one: Choice, sides: Sides) -> None:
    if len(sides.parts) == 1:
        st.info("The map of these works has not been laid out yet.", icon=":material/map:")
        if job_button("Lay out the map", icon=":material/scatter_plot:"):
            start_map(one.gallery.collection, one.gallery.backbone, METHOD, anew=False)
    else:
        st.info("The two collections have not been laid out on one map yet.", icon=":material/map:")
        if job_button("Lay out both on one map", icon=":material/scatter_plot:"):
            start_shared_map(sides.parts)
    show_jobs()
