"""Faces and poses: a face like this one, all faces of a collection, the same pose."""

import streamlit as st

from artextract.errors import NotReadyError
from artextract.ui import gallery_picker, layout, navigation
from artextract.ui.faces import opened
from artextract.ui.faces.choices import choose_look, offer_job, say_unfinished
from artextract.ui.faces.faces_panel import show_alike, show_all
from artextract.ui.faces.poses_panel import show_poses
from artextract.ui.galleries import Gallery
from artextract.ui.jobs.start import start_faces, start_poses


def look_at_faces(gallery: Gallery, look: str) -> None:
    collection = gallery.collection
    try:
        index = opened.faces(collection)
    except NotReadyError as error:
        if offer_job(collection, error, "faces"):
            start_faces(collection)
            st.rerun()
        return
    if say_unfinished(index.looked_at, index.works, "faces") and offer_job(
        collection, None, "faces"
    ):
        start_faces(collection)
        st.rerun()
    if not index.faces:
        st.info("No face is found in this collection.", icon=":material/face_retouching_off:")
    elif look == "wall":
        show_all(gallery, index)
    else:
        show_alike(gallery, index)


def look_at_poses(gallery: Gallery) -> None:
    collection = gallery.collection
    try:
        index = opened.poses(collection)
    except NotReadyError as error:
        if offer_job(collection, error, "poses"):
            start_poses(collection)
            st.rerun()
        return
    if say_unfinished(index.looked_at, index.works, "poses") and offer_job(
        collection, None, "poses"
    ):
        start_poses(collection)
        st.rerun()
    if not index.poses:
        st.info("No pose is found in this collection.", icon=":material/accessibility_new:")
    else:
        show_poses(gallery, index)


survey = layout.page(navigation.FACES)
gallery = gallery_picker.pick_gallery(survey)
if gallery is None:
    st.stop()
st.title("Faces and poses")
look = choose_look()
with layout.errors_as_sentences():
    if look == "poses":
        look_at_poses(gallery)
    else:
        look_at_faces(gallery, look)
