"""The faces of the screen: those like one, and all of a collection."""

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from artextract.detection.face_detector import faces_of
from artextract.detection.face_similarity import FaceIndex, NearFace, WorkFace
from artextract.ui import address, work_text
from artextract.ui.components.grid.component import Card, Score, picture_grid
from artextract.ui.faces import choices, opened
from artextract.ui.galleries import Gallery
from artextract.ui.server.picture_crops import box_text, show_face
from artextract.ui.server.request_costs import content_of
from artextract.ui.server.urls import crop_url
from artextract.vision.images import open_picture

NEAREST = 24
"""Faces shown as alike."""
DISTANCE = Score(
    "Distance",
    False,
    "Between the two faces as a network that learnt on photographs sees them, from 0. There one "
    "person is mostly below 0.6; in paintings other people are, too: trust the order.",
)
ORDERS = {"likeness": "By likeness", "year": "By year"}


def show_alike(gallery: Gallery, index: FaceIndex) -> None:
    """A face of the open work or of an uploaded picture, and the faces nearest to it."""
    if not index.faces:
        st.info("No face is found in this collection.", icon=":material/face_retouching_off:")
        return
    left, right = st.columns([1, 2.2], gap="medium")
    with left:
        upload = choices.uploaded_picture()
        near = _near_upload(index, upload) if upload else _near_work(gallery, index)
    with right:
        if near is None:
            st.markdown("#### Choose a face")
            st.caption(
                "Press one of these, give a picture of your own, or press “Faces and poses” beside a work in Explore."
            )
            surest = sorted(range(len(index.faces)), key=lambda i: -index.faces[i].face.score)
            _wall(gallery, index, surest[: 2 * NEAREST], "some_faces")
        elif near:
            st.markdown("#### The faces most like it")
            st.caption("Beside the work that each is in. ↓ lower is closer. Press one to open it.")
            _show_near(gallery, near)


def show_all(gallery: Gallery, index: FaceIndex) -> None:
    """All faces of the collection, by likeness or by year, a page at a time."""
    asked = address.get("by")
    by = asked if asked in ORDERS else "likeness"
    address.mirror("_faces_by", by)
    st.segmented_control(
        "Order",
        list(ORDERS),
        key="_faces_by",
        format_func=ORDERS.__getitem__,
        required=True,
        label_visibility="collapsed",
        on_change=lambda: address.put(by=st.session_state["_faces_by"]),
    )
    order = index.by_similarity if by == "likeness" else _by_year(gallery, index)
    st.caption(f"{len(index.faces):,} faces in {index.searched:,} works. Press one to see those most like it.")
    _wall(gallery, index, choices.choose_page(order), "wall")


def _by_year(gallery: Gallery, index: FaceIndex) -> list[int]:
    """All faces, those of the earliest works first, those without a year last."""
    years = dict(zip(gallery.works["id"], gallery.works["year_begin"].fillna(9999), strict=True))
    keys = [float(years.get(face.work, 9999)) for face in index.faces]
    return np.argsort(keys, kind="stable").tolist()


def _near_work(gallery: Gallery, index: FaceIndex) -> list[NearFace] | None:
    """The faces near to one of the open work's; None without an open work."""
    work = choices.chosen_work(gallery)
    if work is None:
        return None
    places = index.of_work(work)
    row = gallery.searcher.row_of(work)
    st.markdown(f"#### {work_text.plain(gallery.works['title'].iloc[row], 'Untitled')}")
    if not places:
        st.info("No face is found in this work.", icon=":material/face_retouching_off:")
        return []
    chosen = choices.nth(len(places))
    faces = [index.faces[place] for place in places]
    choices.show_query("face", "faces", [_url(gallery, face) for face in faces], chosen, 110)
    return index.near_face(places[chosen], NEAREST)


def _near_upload(index: FaceIndex, upload: UploadedFile) -> list[NearFace]:
    """The faces near to one of an uploaded picture's; none if it shows none."""
    content = content_of(upload)
    arrays = opened.detect_in(content, upload.name, "faces")
    faces = faces_of(arrays)
    if not faces:
        st.info("No face is found in this picture.", icon=":material/face_retouching_off:")
        return []
    picture = open_picture(content, upload.name).image
    chosen = choices.nth(len(faces))
    choices.show_query("face", "faces", [choices.data_url(show_face(picture, face)) for face in faces], chosen, 110)
    return index.near(arrays["vector"][chosen], NEAREST)


def _show_near(gallery: Gallery, near: list[NearFace]) -> None:
    cards = [
        Card(
            id=one.face.work,
            picture_url=crop_url("beside", gallery.collection.name, one.face.sha256, box_text(one.face.face)),
            title=gallery.labels[gallery.searcher.row_of(one.face.work)],
            subtitle="",
            scores=(f"{one.distance:.3f}",),
            badge=str(rank),
            work=(gallery.collection.name, one.face.work),
        )
        for rank, one in enumerate(near, start=1)
        if gallery.find(one.face.work) is not None
    ]
    picture_grid(
        key="near_faces",
        cards=cards,
        scores=[DISTANCE],
        on_open=choices.open_work,
        column_width=250,
        aspect=2.0,
    )


def _wall(gallery: Gallery, index: FaceIndex, places: list[int], key: str) -> None:
    cards = [
        Card(
            id=str(place),
            picture_url=_url(gallery, index.faces[place]),
            title=gallery.labels[row],
            subtitle="",
            work=(gallery.collection.name, index.faces[place].work),
        )
        for place in places
        if (row := gallery.find(index.faces[place].work)) is not None
    ]

    def asked(card: str) -> None:
        face = index.faces[int(card)]
        choices.ask(face.work, face.number, "alike")

    picture_grid(key=key, cards=cards, on_open=asked, column_width=110)


def _url(gallery: Gallery, face: WorkFace) -> str:
    return crop_url("face", gallery.collection.name, face.sha256, box_text(face.face))
