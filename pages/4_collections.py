"""Collections: their embeddings and maps, and adding one."""

import streamlit as st

from artextract import settings
from artextract.sources.registry import SOURCES
from artextract.ui import address, layout, navigation
from artextract.ui.collections.add_forms import add_form
from artextract.ui.collections.collection_card import show_collection
from artextract.ui.jobs.panel import job_button, show_jobs
from artextract.ui.jobs.start import start_collecting
from artextract.ui.redaction import redact

survey = layout.page(navigation.COLLECTIONS)
st.title("Collections")
stays = "" if settings.public() else " All data stays on this computer."
st.caption(f"Works from one source, with their embeddings, maps and predictions.{stays}")
show_jobs()
for collection in survey.collections:
    show_collection(collection)
for name, why in survey.damaged.items():
    st.error(f"**{name}**: {redact(why)}", icon=":material/broken_image:")
if settings.public():
    if not survey.collections:
        st.info("No collection yet.", icon=navigation.COLLECTIONS.icon)
    st.stop()
has_demo = any(collection.about.source == "demo" for collection in survey.collections)
if not has_demo:
    job_button("Create the demo collection", lambda: start_collecting(SOURCES["demo"]), icon=":material/brush:")

st.subheader("Add a collection")
entries = [entry for entry in SOURCES.values() if entry.options]
for entry, tab in zip(entries, st.tabs([entry.label for entry in entries]), strict=True):
    with tab:
        add_form(entry)
address.put(work=None)
