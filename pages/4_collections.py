"""Collections: what there is, adding one, embedding and mapping."""

import streamlit as st

from artextract.collection import Collection
from artextract.maps import METHODS, stored_maps
from artextract.sources.nga.source import NGA_NAME, Choice
from artextract.ui import address, frame, galleries, tasks
from artextract.ui.progress import show_jobs
from artextract.vision.backbones import BACKBONES, DEFAULT_BACKBONE

CLASSIFICATIONS = ["Painting", "Drawing", "Print", "Photograph", "Sculpture", "Decorative Art"]


def show_collection(collection: Collection) -> None:
    there = galleries.backbones_of(collection)
    maps = stored_maps(collection)
    with st.container(border=True):
        st.markdown(f"### {collection.name}")
        st.caption(
            " · ".join(part for part in (collection.about.title, collection.about.note) if part)
        )
        counts = st.columns([1, 3])
        counts[0].metric("Works", f"{collection.count():,}")
        with counts[1]:
            st.markdown(
                "**Embeddings:** " + (", ".join(f"`{name}`" for name in there) or "none yet")
            )
            drawn = [f"{METHODS[m].label} ({k.split('-')[0]})" for m, _, k in split_maps(maps)]
            st.markdown("**Maps:** " + (", ".join(drawn) or "none yet"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.page_link(
                frame.EXPLORE.path, label="Explore", icon=frame.EXPLORE.icon,
                query_params={"collection": collection.name}, disabled=not there,
            )  # fmt: skip
            backbone = st.selectbox(
                "Backbone", list(BACKBONES), key=f"_with_{collection.name}", width=230,
                help="Only efficientnet_lite2 needs no download.",
            )  # fmt: skip
            if st.button(
                "Embed and map", key=f"_embed_{collection.name}", icon=":material/play_arrow:",
                help="Computes only what is missing.",
            ):  # fmt: skip
                tasks.start_embedding(collection, backbone or DEFAULT_BACKBONE)
                st.rerun()
            method = st.selectbox(
                "Map", list(METHODS), key=f"_method_{collection.name}", width=130,
                format_func=lambda m: METHODS[m].label,
            )  # fmt: skip
            if st.button(
                "Lay out", key=f"_map_{collection.name}", icon=":material/scatter_plot:",
                disabled=not there, help="Needs an embedding by the chosen backbone.",
            ):  # fmt: skip
                tasks.start_map(
                    collection, backbone or DEFAULT_BACKBONE, method or "tsne", anew=True
                )
                st.rerun()

            if st.button(
                "Read the works", key=f"_read_{collection.name}", icon=frame.READ.icon,
                help="Style, genre, artist and date of each by the model, to colour and filter by.",
            ):  # fmt: skip
                tasks.start_reading(collection)
                st.rerun()


def split_maps(names: list[str]) -> list[tuple[str, str, str]]:
    return [name.partition("-") for name in names]


def add_folder() -> None:
    with st.form("folder", border=False):
        folder = st.text_input(
            "Folder", placeholder="/home/me/pictures/gallery",
            help="On the computer that runs this app. Subfolders are searched too.",
        )  # fmt: skip
        name = st.text_input("Name of the collection", placeholder="my-gallery", key="_folder_name")
        metadata = st.text_input(
            "Metadata table (optional)", placeholder="/home/me/pictures/gallery.csv",
            help="A CSV with a column `file` and any of title, artist, date, year, medium, "
            "classification, style, genre, school, theme, source_url, licence, credit.",
        )  # fmt: skip
        if st.form_submit_button("Add the folder", icon=":material/create_new_folder:"):
            with frame.spoken_errors():
                tasks.start_folder(folder.strip(), name.strip(), metadata)
                st.rerun()


def add_nga() -> None:
    st.caption(
        "From the gallery’s open data and image server. Its tables are CC0; of its some 4,050 "
        "paintings with a picture about 2,890 are open access."
    )
    if st.button(
        "Get the starter set: 200 paintings", icon=":material/download:", type="primary",
        help="Open access, chosen by rule across periods, schools and subjects. A few minutes.",
    ):  # fmt: skip
        tasks.start_nga(Choice(starter=True))
        st.rerun()
    with st.form("nga", border=False):
        st.markdown("**Or choose**")
        one, two, three = st.columns(3)
        classification = one.selectbox("Classification", CLASSIFICATIONS, accept_new_options=True)
        limit = two.number_input(
            "At most", 1, None, None, placeholder="all", help="The lowest object ids first."
        )
        size = three.select_slider("Long side, px", [320, 640, 1024, 2048], 640)
        all_rights = st.checkbox(
            "Not open access alone, for my private study",
            help="Takes works too whose pictures are not open access, or of which it isn’t known.",
        )
        opendata = st.text_input(
            "Tables (optional)", placeholder="the gallery’s own",
            help="A folder of the gallery’s CSV files on the computer that runs this app, or their "
            "address.",
        )  # fmt: skip
        name = st.text_input("Name of the collection", value=NGA_NAME, key="_nga_name")
        if st.form_submit_button("Get the works", icon=":material/account_balance:"):
            with frame.spoken_errors():
                choice = Choice(
                    classification=classification or "Painting",
                    limit=None if limit is None else int(limit),
                    size=size,
                    opendata=opendata.strip() or None,
                    all_rights=all_rights,
                )
                tasks.start_nga(choice, name.strip())
                st.rerun()


def add_wikiart() -> None:
    with st.form("wikiart", border=False):
        images = st.text_input(
            "Images", placeholder="/data/wikiart/images",
            help="The folder with <Style>/<artist>_<title>.jpg, whole or in part.",
        )  # fmt: skip
        labels = st.text_input(
            "Label lists", placeholder="/data/wikiart/labels",
            help="The folder with the folders Style, Genre and Artist of the ArtGAN data set.",
        )  # fmt: skip
        name = st.text_input("Name of the collection", value="wikiart", key="_wikiart_name")
        if st.form_submit_button("Add the paintings", icon=":material/palette:"):
            with frame.spoken_errors():
                tasks.start_wikiart(images.strip(), labels.strip(), name.strip())
                st.rerun()


found = frame.frame(frame.COLLECTIONS)
st.title("Collections")
st.caption("Works of one origin, with all that was computed from them. Everything stays here.")
show_jobs()
for open_one in found.collections:
    show_collection(open_one)
for name, why in found.damaged.items():
    st.error(f"**{name}**: {why}", icon=":material/broken_image:")
has_demo = any(collection.about.source == "demo" for collection in found.collections)
if not has_demo and st.button("Make the demo collection", icon=":material/brush:"):
    tasks.start_demo()
    st.rerun()

st.subheader("Add a collection")
nga_tab, folder_tab, wikiart_tab = st.tabs(
    ["National Gallery of Art", "A folder of pictures", "WikiArt (ArtGAN)"]
)
with nga_tab:
    add_nga()
with folder_tab:
    add_folder()
with wikiart_tab:
    st.caption("The ArtGAN “WikiArt refined” data set: for non-commercial research only.")
    add_wikiart()
address.put(work=None)
