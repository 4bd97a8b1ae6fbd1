"""The views of the Faces screen: similar faces or poses, and all faces."""

import base64
from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from artextract import settings
from artextract.detection.detect import DETECTORS
from artextract.detection.detection_store import Detection
from artextract.detection.face_similarity import FaceIndex
from artextract.ui import address, gallery_picker, layout, navigation, work_text
from artextract.ui.components.grid.component import Card, picture_grid
from artextract.ui.faces.detections import DetectionView, Index, Similar, detect_in_upload
from artextract.ui.galleries import VIEW_SIDE, Gallery
from artextract.ui.jobs.panel import job_button
from artextract.ui.jobs.start import start_detection
from artextract.ui.search.picture import choose_picture
from artextract.ui.server.request_costs import content_of
from artextract.ui.server.urls import crop_url
from artextract.vision.images import encode_jpeg, open_picture

ORDERS = {"similarity": "By similarity", "year": "By year"}
NEAREST = 24  # Similar faces, or poses, shown
EXAMPLES = 48  # Detections offered while none is chosen
PAGE = 60  # Faces per page


def offer_job(gallery: Gallery, view: DetectionView, index: Index) -> None:
    """Say how many works are not searched yet or cannot be searched, with a button that starts the job."""
    name, detector = gallery.collection.name, DETECTORS[view.detector]
    left, unreadable = index.works - index.searched - len(index.unreadable), index.unreadable
    if left:
        sentence = f"{detector.label} have not been detected in {left:,} works of {name} yet."
        if not settings.public():
            sentence += " The job takes about half a second per work. You can stop and resume it."
        st.info(sentence, icon=":material/hourglass_empty:")
    if unreadable:
        work, why = next(iter(unreadable.items()))
        works = "1 work" if len(unreadable) == 1 else f"{len(unreadable):,} works"
        st.caption(f"{works} of {name} cannot be searched. The first is {work_text.said(f'{work}: {why}')}")
    if not left and not unreadable:
        return
    label, icon = (f"Find {detector.name}", "search") if left else ("Try again", "refresh")
    kind = "primary" if left else "secondary"
    start = partial(start_detection, gallery.collection, detector)
    job_button(label, start, key=f"_find_{detector.name}", icon=f":material/{icon}:", type=kind)


def show_similar(gallery: Gallery, view: DetectionView, index: Index) -> None:
    """A face (or pose) of the open work or of an uploaded picture, and similar faces."""
    if not index.detections:
        st.info(f"No {view.detector} were found in the works searched so far.", icon=view.icon)
        return
    left, right = st.columns([1, 2.2], gap="medium")
    with left:
        upload = choose_picture("A picture of your own (not stored)")
        similar = _similar_to_upload(view, index, upload) if upload else _similar_to_work(gallery, view, index)
    with right:
        if similar is None:
            st.markdown(f"#### Choose a {view.noun}")
            hint = "Click one, upload a picture, or open a work in Explore and click “Faces and poses”."
            st.caption(f"{_count(view, index)} {hint}")
            certainty = index.arrays["score"][[detection.row for detection in index.detections]]
            _show_all(gallery, view, index, np.argsort(-certainty, kind="stable")[:EXAMPLES].tolist())
        elif similar:
            st.markdown(f"#### Similar {view.detector}")
            st.caption(view.about)
            _show_cards(gallery, view, similar)


def show_all_faces(gallery: Gallery, view: DetectionView, index: FaceIndex) -> None:
    """All faces of the collection, by similarity or by year, a page at a time."""
    order = address.switch("Order", ORDERS, name="by", label_visibility="collapsed")
    st.caption(f"{_count(view, index)} Click one to see similar faces.")
    positions = index.by_similarity
    if order == "year":  # works without a year come last
        years = dict(zip(gallery.works["id"], gallery.works["year_begin"].fillna(9999), strict=True))
        positions = np.argsort([float(years.get(face.work, 9999)) for face in index.detections], kind="stable").tolist()
    pages = -(-len(positions) // PAGE)
    page = address.get_number("page", pages)
    if pages > 1:
        address.control(st.number_input, f"Page of {pages}", 1, pages, name="page", value=page, default=1, width=140)
    _show_all(gallery, view, index, positions[(page - 1) * PAGE : page * PAGE])


def _count(view: DetectionView, index: Index) -> str:
    return f"{len(index.detections):,} {view.detector} in {index.searched:,} works."


def _similar_to_work(gallery: Gallery, view: DetectionView, index: Index) -> list[Similar] | None:
    """The detections similar to a detection in the open work; None without an open work."""
    if (row := gallery_picker.chosen_row(gallery)) is None:
        return None
    st.markdown(f"#### {work_text.escaped(gallery.works['title'].iloc[row], 'Untitled')}")
    positions = index.of_work(str(gallery.works["id"].iloc[row]))
    chosen = _choose_query(view, [_crop_url(gallery, view, index.detections[at]) for at in positions], "work")
    return [] if chosen is None else index.near_stored(positions[chosen], NEAREST)


def _similar_to_upload(view: DetectionView, index: Index, upload: UploadedFile) -> list[Similar]:
    content = content_of(upload)
    arrays = detect_in_upload(content, upload.name, view.detector)
    picture = open_picture(content, upload.name, VIEW_SIDE)
    layout.show_remark(picture.remark)
    crops = [view.crop(picture.image, found) for found in DETECTORS[view.detector].read(arrays)]
    urls = ["data:image/jpeg;base64," + base64.b64encode(encode_jpeg(crop)).decode() for crop in crops]
    chosen, aspect = _choose_query(view, urls, "picture"), picture.image.width / picture.image.height
    return [] if chosen is None else index.near_found(arrays, chosen, aspect, NEAREST)


def _choose_query(view: DetectionView, urls: Sequence[str], where: str) -> int | None:
    """The number of the chosen detection in a picture (`where`: a work or an upload); None if it has none."""
    if not urls:
        st.info(f"No {view.noun} found in this {where}.", icon=view.icon)
        return None
    chosen = address.get_number("nth", len(urls)) - 1
    st.caption(
        f"1 {view.noun} found."
        if len(urls) == 1
        else f"Using {view.noun} {chosen + 1} of {len(urls)}. Click another {view.noun} to search with it."
    )
    cards = [
        Card(str(number), url, f"{view.noun.capitalize()} {number}{' · in use' * (number == chosen + 1)}", "")
        for number, url in enumerate(urls, start=1)
    ]
    key = f"query_{view.detector}"
    picture_grid(key=key, cards=cards, on_open=lambda number: address.put(nth=number), column_width=view.widths[0])
    return chosen


def _show_all(gallery: Gallery, view: DetectionView, index: Index, positions: Sequence[int]) -> None:
    """Detections as cards; a click makes one the query."""
    detections = index.detections

    def choose(position: str) -> None:
        chosen = detections[int(position)]
        name = None if view.detector == "faces" else view.detector
        address.put(work=chosen.work, nth=chosen.number + 1, page=None, view=name)

    cards = [
        Card(
            id=str(position),
            picture_url=_crop_url(gallery, view, detections[position]),
            title=gallery.labels[row],
            subtitle="",
            work=(gallery.collection.name, detections[position].work),
        )
        for position in positions
        if (row := gallery.find(detections[position].work)) is not None
    ]
    picture_grid(key=f"all_{view.detector}", cards=cards, on_open=choose, column_width=view.widths[1], look=False)


def _show_cards(gallery: Gallery, view: DetectionView, similar: Sequence[Similar]) -> None:
    cards = [
        Card(
            id=detection.work,
            picture_url=_crop_url(gallery, view, detection, 1),
            title=gallery.labels[row],
            subtitle="mirrored" if mirrored else "",
            scores=(f"{score:.3f}",),
            badge=str(rank),
            work=(gallery.collection.name, detection.work),
        )
        for rank, (detection, score, mirrored) in enumerate(similar, start=1)
        if (row := gallery.find(detection.work)) is not None
    ]
    picture_grid(
        key=f"similar_{view.detector}",
        cards=cards,
        scores=[view.score],
        on_open=navigation.open_in_explore,
        column_width=view.widths[2],
        aspect=view.aspect,
    )


def _crop_url(gallery: Gallery, view: DetectionView, detection: Detection, kind: int = 0) -> str:
    return crop_url(view.crops[kind], gallery.collection.name, detection.sha256, view.place(detection.found))
