"""Explore: walk a gallery on its map."""

import json

import pandas as pd
import streamlit as st

from artextract.manifest import has_manifest, make_manifest
from artextract.maps import METHODS, GalleryMap
from artextract.similarity.filters import CATEGORIES, Filters
from artextract.sources.nga.source import Choice
from artextract.ui import address, explore, frame, galleries, tasks, walk
from artextract.ui.cards import COMPARE, ON_MAP, neighbour_cards, work_cards
from artextract.ui.galleries import Gallery
from artextract.ui.gallery_map import gallery_map
from artextract.ui.picture_grid import picture_grid
from artextract.ui.progress import show_jobs
from artextract.ui.server import base_url, server_url, view_url

MAP_HEIGHT = 580
PAGE = 60  # pictures of a selection shown at a time


def choose_colour(gallery: Gallery) -> str:
    there = explore.useful_colours(gallery.works) or ["style"]
    asked = address.get("colour")
    colour = asked if asked in there else there[0]
    address.mirror("_colour", colour)
    st.selectbox(
        "Colour by", there, key="_colour", format_func=lambda c: explore.COLOURS[c],
        on_change=lambda: address.put(colour=st.session_state["_colour"]),
    )  # fmt: skip
    return colour


def choose_method() -> str:
    asked = address.get("map")
    method = asked if asked in METHODS else "tsne"
    address.mirror("_method", method)
    st.segmented_control(
        "Map", list(METHODS), key="_method", required=True,
        format_func=lambda m: METHODS[m].label,
        on_change=lambda: address.put(map=st.session_state["_method"]),
    )  # fmt: skip
    return method


def choose_filters(works: pd.DataFrame) -> Filters:
    address.mirror("_text", address.get("q"))
    st.text_input(
        "Title or artist", key="_text", icon=":material/search:", placeholder="monet lilies",
        on_change=lambda: address.put(q=st.session_state["_text"].strip()),
    )  # fmt: skip
    for column in CATEGORIES:
        if len(counted := explore.choices(works, column)) > 1:
            choose_values(column, counted)
    choose_years(works)
    if any(address.get(name) for name in ("q", *CATEGORIES, "from", "to")):
        st.button("Clear the filters", icon=":material/filter_alt_off:", on_click=clear_filters)
    return Filters(
        **{column: tuple(address.get_all(column)) for column in CATEGORIES},
        year_from=address.get_year("from"),
        year_to=address.get_year("to"),
        text=address.get("q"),
    )


def choose_values(column: str, counted: dict[str, int]) -> None:
    key = f"_{column}"
    address.mirror(key, [value for value in address.get_all(column) if value in counted])
    st.multiselect(
        explore.COLOURS[column], list(counted), key=key, placeholder="All",
        format_func=lambda value: f"{value} ({counted[value]:,})",
        on_change=lambda: address.put(**{column: st.session_state[key]}),
    )  # fmt: skip


def choose_years(works: pd.DataFrame) -> None:
    bounds = explore.year_bounds(works)
    if bounds is None:
        return
    first, last = address.get_year("from"), address.get_year("to")
    shown = (max(first or bounds[0], bounds[0]), min(last or bounds[1], bounds[1]))
    address.mirror("_years", shown if shown[0] <= shown[1] else bounds)
    st.slider("Years", *bounds, key="_years", on_change=years_chosen, args=bounds)


def years_chosen(first: int, last: int) -> None:
    low, high = st.session_state["_years"]
    address.put(**{"from": None if low == first else low, "to": None if high == last else high})


def clear_filters() -> None:
    address.put(**dict.fromkeys(("q", *CATEGORIES, "from", "to")))


@st.fragment
def gallery_and_work(
    gallery: Gallery, drawn: GalleryMap, colour: str, filters: Filters, k: int
) -> None:
    walk.go_on()
    left, right = st.columns([1.8, 1], gap="medium")
    with left:
        the_map(gallery, drawn, colour, filters, k)
    with right:
        chosen_work(gallery)
    neighbours(gallery, filters, k)
    selection(gallery)


def the_map(gallery: Gallery, drawn: GalleryMap, colour: str, filters: Filters, k: int) -> None:
    passing = filters.allowed(gallery.works)
    view = walk.map_view(
        gallery, drawn, colour, passing,
        chosen=walk.chosen_row(gallery),
        neighbours=walk.neighbour_rows(gallery, k, filters),
        selection=walk.selected(gallery),
    )  # fmt: skip
    works = gallery.works["id"]
    gallery_map(
        view,
        key="gallery_map",
        height=MAP_HEIGHT,
        base_url=base_url(),
        recentre=walk.recentred(),
        on_click=lambda row: walk.go_to(str(works.iloc[row])),
        on_select=lambda rows: walk.select(gallery, rows),
        on_legend=lambda code: walk.filter_by_legend(view.colouring, colour, code),
    )


def chosen_work(gallery: Gallery) -> None:
    row = walk.chosen_row(gallery)
    if row is None:
        st.markdown("#### Choose a painting")
        st.caption(
            "Click a point to see the work and what is most like it. Drag to move, scroll to "
            "zoom; with the lasso you gather works to look at and download."
        )
        return
    work = gallery.works.iloc[row]
    with st.container(horizontal=True):
        st.button(
            "Back",
            icon=":material/arrow_back:",
            on_click=walk.back,
            disabled=not walk.can_go_back(),
        )
        st.button("Show on map", icon=":material/my_location:", on_click=walk.recentre)
        st.button("Close", icon=":material/close:", on_click=walk.leave)
    frame.show_picture(view_url(gallery.collection.name, work["image_sha256"]), gallery.labels[row])
    st.markdown(f"#### {walk.plain(work['title'], 'Untitled')}")
    st.markdown(walk.plain(work["artist"], "Artist not recorded"))
    st.html(walk.facts_html(work))
    with st.container(horizontal=True):
        st.button(
            "Read this painting", icon=frame.READ.icon, on_click=walk.read, args=(work["id"],)
        )
        if not pd.isna(work["source_url"]):
            st.link_button("Source page", work["source_url"], icon=":material/open_in_new:")


def neighbours(gallery: Gallery, filters: Filters, k: int) -> None:
    row = walk.chosen_row(gallery)
    if row is None:
        return
    work = str(gallery.works["id"].iloc[row])
    st.markdown(f"#### Most like {walk.plain(gallery.works['title'].iloc[row], 'it')}")
    st.caption("Nearest in the embedding, not on the map. ↑ higher is closer, ↓ lower is closer.")
    with frame.spoken_errors():
        found = galleries.neighbours_of(gallery, work, k, filters)
        if not found:
            st.info("No other work passes the filters.")
            return
        picture_grid(
            key="neighbours",
            cards=neighbour_cards(gallery, found),
            on_open=walk.go_to,
            actions=(COMPARE, ON_MAP),
            on_action=lambda other, action: walk.follow(action, work, other),
        )


def manifest_of(gallery: Gallery, rows: list[int], app: str) -> str:
    made = make_manifest(gallery.collection, gallery.works.iloc[rows], app)
    return json.dumps(made, ensure_ascii=False, indent=1)


def selection(gallery: Gallery) -> None:
    rows = walk.selected(gallery)
    if not rows:
        return
    table = explore.selection_table(gallery.works, rows)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"#### {len(rows):,} works selected", width="stretch")
        st.download_button(
            "Download CSV", table.to_csv(index=False).encode("utf-8-sig"), mime="text/csv",
            file_name=explore.csv_name(gallery.collection, len(rows)), icon=":material/download:",
            on_click="ignore",
        )  # fmt: skip
        if has_manifest(gallery.works.iloc[rows]):
            app = server_url()  # asked now: the download is made where no visitor is known
            st.download_button(
                "IIIF manifest", lambda: manifest_of(gallery, rows, app), mime="application/json",
                file_name=f"{gallery.collection.name}-{len(rows)}.json",
                icon=":material/collections:", on_click="ignore",
                help="For any IIIF viewer (Mirador, Universal Viewer …): the pictures in full.",
            )  # fmt: skip
        st.button("Clear", icon=":material/close:", on_click=walk.select, args=(gallery, []))
    pictures, rows_tab = st.tabs(["Pictures", "Table"])
    with pictures:
        pages = -(-len(rows) // PAGE)
        page = 1
        if pages > 1:
            page = int(
                st.number_input(f"Page of {pages}", 1, pages, key=f"_page_of_{pages}", width=140)
            )
        shown = rows[(page - 1) * PAGE : page * PAGE]
        cards = work_cards(gallery, shown)
        picture_grid(
            key="selection", cards=cards, on_open=walk.go_to, actions=(ON_MAP,),
            on_action=lambda other, action: walk.follow(action, "", other), column_width=120,
        )  # fmt: skip
    with rows_tab:
        st.dataframe(table, hide_index=True, height=420)


def get_starter_set(label: str) -> None:
    if st.button(
        label, icon=":material/download:",
        help="The starter set of the National Gallery of Art: open access, a few minutes.",
    ):  # fmt: skip
        tasks.start_nga(Choice(starter=True))
        st.switch_page(frame.COLLECTIONS.path)


found = frame.frame(frame.EXPLORE)
if not found.collections and not found.damaged:
    tasks.start_demo()
    st.title("Welcome to ArtExtract")
    st.markdown("The demo collection is being made: pictures, embeddings and a map. One minute.")
    get_starter_set("Get 200 real paintings beside it")
    show_jobs()
    st.stop()
opened = frame.open_gallery(found)
if opened is None:
    show_jobs()
    st.stop()
with st.sidebar:
    method = choose_method()
    colour = choose_colour(opened)
    k = st.select_slider("Similar works", [6, 10, 20, 50], value=10, key="_k")
    st.markdown("**Filter**")
    filters = choose_filters(opened.works)
st.title(opened.collection.about.title)
if opened.collection.about.source == "demo":
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/info: {opened.collection.about.note}", width="stretch")
        get_starter_set("Get 200 real paintings")
elif opened.collection.about.note:
    st.caption(f":material/info: {opened.collection.about.note}")
drawn = galleries.open_map(opened, method)
if drawn is None:
    label = METHODS[method].label
    st.info(f"The {label} map of these works has not been laid out yet.", icon=":material/map:")
    if st.button(f"Lay out the {label} map", icon=":material/scatter_plot:", type="primary"):
        tasks.start_map(opened.collection, opened.backbone, method, anew=False)
    show_jobs()
    st.stop()
gallery_and_work(opened, drawn, colour, filters, k)
