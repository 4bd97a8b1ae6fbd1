"""Collections: what there is, adding one, embedding and mapping."""

import streamlit as st

from artextract import settings
from artextract.ui import address, layout, navigation
from artextract.ui.collections.add_forms import add_folder, add_nga, add_wikiart
from artextract.ui.collections.collection_card import show_collection
from artextract.ui.jobs.collect import start_demo
from artextract.ui.jobs.panel import job_button, show_jobs
from artextract.ui.public import redact

survey = layout.page(navigation.COLLECTIONS)
st.title("Collections")
stays = "" if settings.public() else " Everything stays here."
st.caption(f"Works of one origin, with all that was computed from them.{stays}")
show_jobs()
for collection in survey.collections:
    show_collection(collection)
for name, why in survey.damaged.items():
    st.error(f"**{name}**: {redact(why)}", icon=":material/broken_image:")
if settings.public():
    if not survey.collections:
        st.info("There is no collection here yet.", icon=navigation.COLLECTIONS.icon)
    st.stop()
has_demo = any(one.about.source == "demo" for one in survey.collections)
if not has_demo and job_button("Make the demo collection", icon=":material/brush:"):
    start_demo()
    st.rerun()

st.subheader("Add a collection")
nga_tab, folder_tab, wikiart_tab = st.tabs(["National Gallery of Art", "A folder of pictures", "WikiArt (ArtGAN)"])
with nga_tab:
    add_nga()
with folder_tab:
    add_folder()
with wikiart_tab:
    st.caption("The ArtGAN “WikiArt refined” data set: for non-commercial research only.")
    add_wikiart()
address.put(work=None)
