"""Faces and poses: a face like this one, all faces of a collection, the same pose."""

from functools import partial

import streamlit as st

from artextract.ui import gallery_picker, layout, navigation
from artextract.ui.faces import opened
from artextract.ui.faces.choices import choose_finder, choose_look, offer_job
from artextract.ui.faces.faces_panel import show_alike, show_all
from artextract.ui.faces.poses_panel import show_poses
from artextract.ui.jobs.panel import show_jobs
from artextract.ui.jobs.start import start_faces, start_poses

survey = layout.page(navigation.FACES)
gallery = gallery_picker.pick_gallery(survey)
if gallery is None:
    st.stop()
st.title("Faces and poses")
look = choose_look()
collection = gallery.collection
with layout.errors_as_sentences():
    if look == "poses":
        finder = choose_finder(collection)
        poses = opened.poses(collection, finder)
        offer_job(poses, collection, "poses", partial(start_poses, finder=finder))
        show_jobs()
        if poses.looked_at:
            show_poses(gallery, poses, finder)
    else:
        faces = opened.faces(collection)
        offer_job(faces, collection, "faces", start_faces)
        show_jobs()
        if faces.looked_at:
            show_all(gallery, faces) if look == "wall" else show_alike(gallery, faces)
