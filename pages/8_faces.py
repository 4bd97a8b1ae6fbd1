"""Faces and poses: similar faces, all faces of a collection, similar poses."""

import streamlit as st

from artextract.ui import address, gallery_picker, layout, navigation
from artextract.ui.faces import panels
from artextract.ui.faces.detections import DETECTION_VIEWS, open_index
from artextract.ui.jobs.panel import show_jobs

VIEWS = {"faces": "Similar faces", "all": "All faces", "poses": "Similar poses"}

gallery = gallery_picker.pick_gallery(layout.page(navigation.FACES)) or st.stop()
st.title("Faces and poses")
chosen = address.switch("View", VIEWS, name="view", clears=("nth", "page"), label_visibility="collapsed")
view = DETECTION_VIEWS["poses" if chosen == "poses" else "faces"]
with layout.errors_as_sentences():
    index = open_index(gallery.collection, view.detector)
    panels.offer_job(gallery, view, index)
    show_jobs()
    if index.searched:
        show = panels.show_all_faces if chosen == "all" else panels.show_similar
        show(gallery, view, index)
