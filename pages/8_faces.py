"""Faces and poses: a face like this one, all faces of a collection, the same pose."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from artextract.detection.detectors import DETECTORS
from artextract.ui import gallery_picker, layout, navigation
from artextract.ui.faces.choices import choose_look, offer_job
from artextract.ui.faces.faces_panel import show_alike, show_all
from artextract.ui.faces.opened import open_index
from artextract.ui.faces.poses_panel import show_poses
from artextract.ui.galleries import Gallery
from artextract.ui.jobs.panel import show_jobs

PANELS: dict[str, Callable[[Gallery, Any], None]] = {"alike": show_alike, "wall": show_all, "poses": show_poses}

survey = layout.page(navigation.FACES)
gallery = gallery_picker.pick_gallery(survey)
if gallery is None:
    st.stop()
st.title("Faces and poses")
look = choose_look()
name = "poses" if look == "poses" else "faces"
with layout.errors_as_sentences():
    index = open_index(gallery.collection, name)
    offer_job(index, gallery.collection, DETECTORS[name])
    show_jobs()
    if index.searched:
        PANELS[look](gallery, index)
