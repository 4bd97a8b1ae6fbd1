"""Collections: what there is, adding one, embedding and mapping."""

import streamlit as st

from artextract.ui import address, layout, navigation
from artextract.ui.collections.add_forms import add_folder, add_nga, add_wikiart
from artextract.ui.collections.collection_card import show_collection
from artextract.ui.jobs.panel import show_jobs
from artextract.ui.jobs.start import start_demo

survey = layout.page(navigation.COLLECTIONS)
st.title("Collections")
st.caption("Works of one origin, with all that was computed from them. Everything stays here.")
show_jobs()
for collection in survey.collections:
    show_collection(collection)
for name, why in survey.damaged.items():
    st.error(f"**{name}**: {why}", icon=":material/broken_image:")
has_demo = any(one.about.source == "demo" for one in survey.collections)
if not has_demo and st.button("Make the demo collection", icon=":material/brush:"):
    start_demo()
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
