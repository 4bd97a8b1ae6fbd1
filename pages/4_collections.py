"""Collections: their embeddings and maps, and adding one."""

import streamlit as st

from artextract import settings
from artextract.sources.recognise import PLACES
from artextract.sources.registry import SOURCES
from artextract.ui import address, layout, navigation
from artextract.ui.collections.add_forms import add_form, show_shortcuts
from artextract.ui.collections.adding import adding
from artextract.ui.collections.bring_form import show_bring_form
from artextract.ui.collections.collection_card import show_collection
from artextract.ui.jobs.panel import job_button, show_jobs
from artextract.ui.jobs.start import start_collecting
from artextract.ui.work_text import escaped, said

survey = layout.page(navigation.COLLECTIONS)
st.title("Collections")
stays = "" if settings.public() else " All data stays on this computer."
st.caption(f"Works from one source, with their embeddings, maps and predictions.{stays}")
now = adding()
show_jobs([now.job.key] if now is not None and now.job is not None else [])
for collection in survey.collections:
    show_collection(collection)
for name, why in survey.damaged.items():
    st.error(f"**{escaped(name, '')}**: {said(why)}", icon=":material/broken_image:")
if settings.public():
    if not survey.collections:
        st.info("No collection yet.", icon=navigation.COLLECTIONS.icon)
    st.stop()

st.subheader("Add a collection")
show_bring_form()
others = [entry for entry in SOURCES.values() if entry.options and entry.name not in PLACES]
with st.container(horizontal=True):
    if not any(collection.about.source == "demo" for collection in survey.collections):
        job_button("Create the demo collection", lambda: start_collecting(SOURCES["demo"]), icon=":material/brush:")
    for entry in others:
        show_shortcuts(entry)
with st.expander("Other sources", icon=":material/museum:"):
    for entry, tab in zip(others, st.tabs([entry.label for entry in others]), strict=True):
        with tab:
            add_form(entry)
address.put(work=None)
