"""The pictures to read: uploads, pasted pictures, or a work of a collection; several make a table."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from artextract import settings
from artextract.attributes.labels import LABELLED
from artextract.attributes.reading import Reading, either
from artextract.errors import LimitError
from artextract.ui import gallery_picker, layout, work_text
from artextract.ui.galleries import Gallery
from artextract.ui.reading import cached
from artextract.ui.reading.panels import CANNOT_TELL, NAMES, interval
from artextract.ui.search.picture import keep_picture, show_kept_picture
from artextract.ui.server import public_limits
from artextract.ui.server.request_costs import content_of
from artextract.vision.images import read_picture


def pictures_to_read(gallery: Gallery | None) -> tuple[dict[str, bytes], bool]:
    """The pictures to read by name, and whether it is the work in the address, under its id.

    Raises ArtExtractError on a public server, if there are too many pictures, or one is too large.
    """
    uploads = st.file_uploader(
        "Pictures: drop, choose, or paste (Ctrl+V)",
        key="_read_uploads",
        accept_multiple_files=True,
        on_change=lambda: keep_picture(next(iter(st.session_state["_read_uploads"]), None)),
    )
    if uploads:
        return _named(uploads), False
    if (kept := show_kept_picture()) is not None:
        return _named([kept]), False
    row = None if gallery is None else gallery_picker.chosen_row(gallery)
    if gallery is None or row is None:
        return {}, False
    work = gallery.works.iloc[row]
    st.caption(f"From {gallery.collection.name}: {work_text.escaped(gallery.labels[row], 'Untitled')}")
    return {str(work["id"]): read_picture(gallery.collection.image_path(str(work["image"])))}, True


def _named(uploads: Sequence[UploadedFile]) -> dict[str, bytes]:
    """The uploads by name; pasted pictures share one name, so a number is added."""
    limit = public_limits.LIMITER.limits.upload_count
    if settings.public() and len(uploads) > limit:
        raise LimitError(f"This server reads up to {limit} pictures at a time. Remove some of them.")
    pictures: dict[str, bytes] = {}
    for number, upload in enumerate(uploads, start=1):
        name = f"{number}-{upload.name}" if upload.name in pictures else upload.name
        pictures[name] = content_of(upload)
    return pictures


def show_table(pictures: Mapping[str, bytes]) -> str:
    """The predictions for several pictures; returns the name of the picture to show below, or ""."""
    readings: dict[str, Reading] = {}
    for name, content in pictures.items():
        with layout.errors_as_sentences():
            readings[name] = cached.read_picture(content, name).reading
    if not readings:
        return ""
    table = table_of(readings)
    share = st.column_config.TextColumn(alignment="right", help="Probability of the most probable label, in per cent.")
    st.dataframe(table, hide_index=True, column_config={f"{NAMES[name]}, %": share for name in LABELLED})
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Picture", list(readings), key="_look_at")
        layout.csv_button("readings.csv", lambda: table)
    return str(chosen)


def table_of(readings: Mapping[str, Reading]) -> pd.DataFrame:
    """Readings as rows: the file, the answers with the probability of their first label in per cent, the date."""
    rows = []
    for name, reading in readings.items():
        row: dict[str, object] = {"File": name}
        for attribute in LABELLED:
            answer = reading.answer(attribute)
            unknown = f"none of the {answer.classes}" if answer.none_of_these else CANNOT_TELL
            row[NAMES[attribute]] = either(answer.names()) or unknown
            row[f"{NAMES[attribute]}, %"] = "" if answer.none_of_these else f"{100 * answer.labels[0].probability:.0f}"
        rows.append(row | {"Date": interval(reading.date) if reading.date else CANNOT_TELL})
    return pd.DataFrame(rows)
