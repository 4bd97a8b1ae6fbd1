"""Faces and poses: similar faces, all faces of a collection, similar poses."""

import streamlit as st

from artextract.ui import gallery_picker, layout, navigation
from artextract.ui.faces import panels
from artextract.ui.faces.detections import DETECTION_VIEWS, open_index
from artextract.ui.jobs.panel import show_jobs

survey = layout.page(navigation.FACES)
gallery = gallery_picker.pick_gallery(survey)
if gallery is None:
    st.stop()
st.title("Faces and poses")
chosen = panels.choose_view()
view = DETECTION_VIEWS["poses" if chosen == "poses" else "faces"]
with layout.errors_as_sentences():
    index = open_index(gallery.collection, view.detector)
    panels.offer_job(gallery, view, index)
    show_jobs()
    if index.searched:
        show = panels.show_all_faces if chosen == "all" else panels.show_similar
        show(gallery, view, index)
