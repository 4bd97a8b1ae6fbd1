"""Forms that add a collection: the National Gallery, a folder, WikiArt."""

import streamlit as st

from artextract.sources.nga.source import NGA_NAME, Choice
from artextract.ui import layout
from artextract.ui.jobs import collect

# As the gallery classifies its objects.
CLASSIFICATIONS = ["Painting", "Drawing", "Print", "Photograph", "Sculpture", "Decorative Art"]


def add_folder() -> None:
    """The form for a folder of pictures."""
    with st.form("folder", border=False):
        folder = st.text_input(
            "Folder",
            placeholder="/home/me/pictures/gallery",
            help="On the computer that runs this app. Subfolders are searched too.",
        )
        name = st.text_input("Name of the collection", placeholder="my-gallery", key="_folder_name")
        metadata = st.text_input(
            "Metadata table (optional)",
            placeholder="/home/me/pictures/gallery.csv",
            help="A CSV with a column `file` and any of title, artist, date, year, medium, "
            "classification, style, genre, school, theme, source_url, licence, credit.",
        )
        if st.form_submit_button("Add the folder", icon=":material/create_new_folder:"):
            with layout.errors_as_sentences():
                collect.start_folder(folder.strip(), name.strip(), metadata)
                st.rerun()


def add_nga() -> None:
    """The starter set, and the form for a choice of the National Gallery's works."""
    st.caption(
        "From the gallery’s open data and image server. Its tables are CC0; of its some 4,050 "
        "paintings with a picture about 2,890 are open access."
    )
    if st.button(
        "Get the starter set: 200 paintings",
        icon=":material/download:",
        type="primary",
        help="Open access, chosen by rule across periods, schools and subjects. A few minutes.",
    ):
        collect.start_nga(Choice(starter=True))
        st.rerun()
    with st.form("nga", border=False):
        st.markdown("**Or choose**")
        one, two, three = st.columns(3)
        classification = one.selectbox("Classification", CLASSIFICATIONS, accept_new_options=True)
        limit = two.number_input("At most", 1, None, None, placeholder="all", help="The lowest object ids first.")
        size = three.select_slider("Long side, px", [320, 640, 1024, 2048], 640)
        all_rights = st.checkbox(
            "Not open access alone, for my private study",
            help="Takes works too whose pictures are not open access, or of which it isn’t known.",
        )
        opendata = st.text_input(
            "Tables (optional)",
            placeholder="the gallery’s own",
            help="A folder of the gallery’s CSV files on the computer that runs this app, or their address.",
        )
        name = st.text_input("Name of the collection", value=NGA_NAME, key="_nga_name")
        if st.form_submit_button("Get the works", icon=":material/account_balance:"):
            with layout.errors_as_sentences():
                choice = Choice(
                    classification=classification or "Painting",
                    limit=None if limit is None else int(limit),
                    size=size,
                    opendata=opendata.strip() or None,
                    all_rights=all_rights,
                )
                collect.start_nga(choice, name.strip())
                st.rerun()


def add_wikiart() -> None:
    """The form for a copy of the ArtGAN data set."""
    with st.form("wikiart", border=False):
        images = st.text_input(
            "Images",
            placeholder="/data/wikiart/images",
            help="The folder with <Style>/<artist>_<title>.jpg, whole or in part.",
        )
        labels = st.text_input(
            "Label lists",
            placeholder="/data/wikiart/labels",
            help="The folder with the folders Style, Genre and Artist of the ArtGAN data set.",
        )
        name = st.text_input("Name of the collection", value="wikiart", key="_wikiart_name")
        if st.form_submit_button("Add the paintings", icon=":material/palette:"):
            with layout.errors_as_sentences():
                collect.start_wikiart(images.strip(), labels.strip(), name.strip())
                st.rerun()
