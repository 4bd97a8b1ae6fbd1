"""The chosen work: its picture, its facts, and what can be done with it."""

import pandas as pd
import streamlit as st

from artextract.ui import layout, navigation, work_text
from artextract.ui.components.grid.tray import tray_control
from artextract.ui.explore import actions
from artextract.ui.explore.path_panel import offer_path, tell_of_path
from artextract.ui.galleries import Gallery
from artextract.ui.server.urls import view_url


def tell_how_to_choose() -> None:
    """What to do where no work is chosen."""
    st.markdown("#### Choose a painting")
    st.caption(
        "Click a point to see the work and what is most like it. Drag to move, scroll to "
        "zoom; with the lasso you gather works to look at and download."
    )


def show_work(gallery: Gallery, row: int) -> None:
    """The open work."""
    work = gallery.works.iloc[row]
    tell_of_path(gallery)
    with st.container(key="work_tools", horizontal=True):
        st.button(
            "Back",
            icon=":material/arrow_back:",
            on_click=actions.go_back,
            disabled=not actions.can_go_back(),
        )
        st.button("Show on map", icon=":material/my_location:", on_click=actions.centre_map)
        st.button("Close", icon=":material/close:", on_click=actions.close_work)
    url = view_url(gallery.collection.name, work["image_sha256"])
    layout.show_picture(url, gallery.alternatives[row])
    st.markdown(f"#### {work_text.plain(work['title'], 'Untitled')}")
    st.markdown(work_text.plain(work["artist"], "Artist not recorded"))
    st.html(work_text.facts_html(work))
    with st.container(horizontal=True):
        name = gallery.collection.name
        tray_control(name, [str(work["id"])], gallery.labels[row], key="_tray_of_work")
        st.button(
            "Read this painting",
            icon=navigation.READ.icon,
            on_click=lambda: navigation.switch_to(navigation.READ, work=str(work["id"])),
        )
        st.button(
            "Like this, but …",
            icon=navigation.SIMILAR.icon,
            help="Say in words how what you look for differs from it.",
            on_click=lambda: navigation.switch_to(navigation.SIMILAR, work=str(work["id"])),
        )
        st.button(
            "Faces and poses",
            icon=navigation.FACES.icon,
            on_click=lambda: navigation.switch_to(navigation.FACES, work=str(work["id"])),
        )
        offer_path(str(work["id"]))
        if not pd.isna(work["source_url"]):
            st.link_button("Source page", work["source_url"], icon=":material/open_in_new:")
